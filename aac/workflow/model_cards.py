"""What an adapter says of itself on the Hub: where it is from, what it scored, its limits, and how to use it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aac.hub.model_card_data import CardFacts, Score, front_matter
from aac.models.registry import BaseModel

_METRICS = ("bleu", "ter", "chrf")
_WITH_GLOSSES = """
`gloss`: depois de cada texto vem o inglês das suas palavras, do léxico da Prancha (`aac/words`); sem ele o adaptador
escreve pior. · after each text comes the English of its words, from Prancha's lexicon (`aac/words`); without it the
adapter writes worse.
"""


@dataclass(frozen=True, slots=True)
class AdapterFacts:
    """What stands beside an adapter's weights, and where it goes.

    dataset: the repository of the dataset version that it was trained on, and version: that version's id and hash.
    scored_on: that version's id where the scores are of its test split; empty where they are of other data.
    """

    repository: str
    base: BaseModel
    training: Mapping[str, Any]
    provenance: Mapping[str, Any]
    scores: Mapping[str, Any]
    template: Mapping[str, Any]
    dataset: str = ""
    version: tuple[str, str] = ("", "")
    weights_sha256: str = ""
    scored_on: str = ""
    name: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.repository.partition("/")[2] or self.repository)


def model_card(facts: AdapterFacts) -> str:
    """The README.md of the adapter's repository, in Portuguese and English."""
    return f"""{front_matter(_for_the_hub(facts))}
# {facts.name}

Adaptador LoRA da Prancha para [{facts.base.repository}](https://huggingface.co/{facts.base.repository}): escreve
cartões de comunicação aumentativa e alternativa (CAA) em português do Brasil, um por linha, `texto,fala,emoji`.

A LoRA adapter of Prancha's for the same base model: it writes cards of augmentative and alternative communication
(AAC) in Brazilian Portuguese, one a line, `text,speech,emoji`.

## Limites · Limits

- **Confira os cartões antes que alguém dependa deles.** O modelo é pequeno, inventa palavras e se repete. Ele não dá
  conselho médico e não substitui quem acompanha a pessoa.
- **Check the cards before anybody depends on them.** The model is small, invents words and repeats itself. It gives no
  medical advice and replaces nobody who knows the person.
- Quem escreveu e quem reviu os dados está na ficha do conjunto. · Who wrote and who reviewed the data is in the
  dataset's datasheet.

## Dados e treino · Data and training

{_table(_data_rows(facts))}

```json
{json.dumps(dict(facts.training), ensure_ascii=False, indent=2)}
```

## Resultados · Scores

{_scores(facts)}

## Como usar · How to use

```python
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

base = "{facts.base.repository}"
tokenizer = AutoTokenizer.from_pretrained(base)
model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), "{facts.repository}")
```

Na Prancha · in Prancha: `python -m aac pull {facts.repository}`. O pedido se escreve com `template.json` · a request is
put in the words of `template.json`:

```json
{json.dumps(dict(facts.template), ensure_ascii=False, indent=2)}
```
{_WITH_GLOSSES if facts.template.get("gloss") else ""}
## Licença · Licence

{facts.base.licence}, a do modelo de base · as the base model.
"""


def _for_the_hub(facts: AdapterFacts) -> CardFacts:
    measured = facts.scores.get("with_lora", {})
    scores = tuple(
        Score(name, float(measured[name]["score"]), str(measured[name].get("signature", "")))
        for name in _METRICS
        if isinstance(measured.get(name), Mapping)
    )
    return CardFacts(
        facts.name,
        facts.base.repository,
        facts.base.licence.lower(),
        facts.dataset,
        facts.scored_on or "Prancha",
        str(facts.scores.get("data_sha256", "")),
        scores,
        facts.dataset if facts.scored_on else "",
    )


def _data_rows(facts: AdapterFacts) -> list[tuple[str, str]]:
    version, sha256 = facts.version
    rows = [
        ("Modelo de base · Base model", f"`{facts.base.repository}`"),
        ("Revisão · Revision", f"`{facts.provenance.get('base_revision', facts.base.revision)}`"),
        ("Versão dos dados · Dataset version", f"`{version}`" if version else ""),
        ("sha256 das linhas · of its rows", f"`{sha256}`" if sha256 else ""),
        ("No Hub · On the Hub", f"[{facts.dataset}](https://huggingface.co/datasets/{facts.dataset})"),
        ("sha256 do treino · of the training sets", f"`{facts.provenance.get('train_sha256', '')}`"),
        ("sha256 da validação · of the validation sets", f"`{facts.provenance.get('validation_sha256', '')}`"),
        ("Pedidos no treino · Prompts trained on", str(facts.provenance.get("train_prompts", ""))),
        ("sha256 dos pesos · of the weights", f"`{facts.weights_sha256}`"),
        ("Prancha", str(facts.provenance.get("prancha", ""))),
    ]
    return [(name, value) for name, value in rows if value.strip("`") and (name[:6] != "No Hub" or facts.dataset)]


def _scores(facts: AdapterFacts) -> str:
    columns = {"sem LoRA · without": "without_lora", "com LoRA · with": "with_lora"}
    measured = {
        title: facts.scores[name] for title, name in columns.items() if isinstance(facts.scores.get(name), dict)
    }
    if not measured:
        return "Ainda não foi avaliado. · Not scored yet."
    lines = ["| | " + " | ".join(measured) + " |", "| --- |" + " --- |" * len(measured)]
    for metric in _METRICS:
        values = [one.get(metric, {}) for one in measured.values()]
        lines.append(f"| {metric.upper()} | " + " | ".join(f"{v['score']:.2f}" if v else "" for v in values) + " |")
    signatures = [
        f"- {metric}: `{one[metric]['signature']}`"
        for one in list(measured.values())[-1:]
        for metric in _METRICS
        if one.get(metric)
    ]
    test = f"sha256 do teste · of the test sets: `{facts.scores.get('data_sha256', '')}`"
    return "\n".join([*lines, "", *signatures, f"- {test}"])


def _table(rows: list[tuple[str, str]]) -> str:
    return "\n".join(["| | |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows)])
