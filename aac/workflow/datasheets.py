"""What a dataset version says of itself: who wrote it, when, with which models, under which licence and consent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def datasheet(manifest: Mapping[str, Any]) -> str:
    """The version's DATASHEET.md, in Portuguese and English."""
    counts, provenance, shipped = manifest["counts"], manifest["provenance"], manifest["shipped"]
    by_split = ", ".join(f"{split}: {n}" for split, n in counts["by_split"].items())
    by_author = ", ".join(f"{author}: {n}" for author, n in counts["by_author"].items())
    models = ", ".join(f"{name} ({n})" for name, n in provenance["corrected_models"].items()) or "-"
    when = f"{provenance['first_day'] or '-'} – {provenance['last_day'] or '-'}"
    facts = [
        ("Versão · Version", f"`{manifest['id']}`"),
        ("sha256 das linhas · of the rows", f"`{manifest['rows_sha256']}`"),
        ("Criada · Made", f"{manifest['created_utc']}, Prancha {manifest['prancha']}"),
        ("Conjuntos · Sets", f"{counts['sets']} ({by_split})"),
        ("Cartões · Cards", str(counts["cards"])),
        ("Pedidos · Prompts", str(counts["prompts"])),
        ("Por autoria · By author", by_author),
        ("Quando · When", when),
        ("Modelos corrigidos · Models corrected", models),
        ("Origem dos importados · Sources of imports", ", ".join(map(_cell, provenance["sources"])) or "-"),
        ("Termo de consentimento · Consent text", ", ".join(provenance["consent_versions"]) or "-"),
        ("Licença · Licence", manifest["licence"]),
    ]
    table = "\n".join(f"| {name} | {value} |" for name, value in facts)
    return f"""# {manifest["name"]}

| | |
| --- | --- |
{table}

## Quem escreveu e quem reviu

{_who_pt(provenance, shipped)}

A divisão é por pedido; pedidos quase iguais ficam do mesmo lado, e um pedido nunca muda de lado entre versões. Ficaram
de fora {manifest["left_out_prompts"]} pedidos, por serem quase iguais a pedidos de dois lados.

## Who wrote it and who reviewed it

{_who_en(provenance, shipped)}

Split by prompt; near-duplicate prompts are on one side, and a prompt never changes sides between versions.
{manifest["left_out_prompts"]} prompts were left out because they are near-duplicates of prompts on two sides.
"""


def _who_pt(provenance: Mapping[str, Any], shipped: Mapping[str, Any]) -> str:
    lines = [
        f"- Correções de {provenance['people']} pessoas, com pseudônimo; a Prancha não sabe quem são nem que "
        "formação têm.",
        "- Conjuntos importados: quem os trouxe diz a origem; a Prancha não a confere.",
    ]
    if shipped["sets"] or shipped["replaced_by_corrections"]:
        lines.append(
            f"- Dos {_all(shipped)} conjuntos que vêm com a Prancha, escritos por um modelo de linguagem, pessoas "
            f"reviram {shipped['reviewed_sets']}, ao menos em parte ({shipped['reviewed_cards']} de "
            f"{shipped['cards_in_all']} cartões avaliados, {shipped['reviewed_sets_corrected']} conjuntos corrigidos); "
            f"{shipped['replaced_by_corrections']} deram lugar a correções. Os outros, nenhuma pessoa reviu."
        )
    return "\n".join(lines)


def _who_en(provenance: Mapping[str, Any], shipped: Mapping[str, Any]) -> str:
    lines = [
        f"- Corrections by {provenance['people']} people under pseudonyms; Prancha does not know who they are or what "
        "training they have.",
        "- Imported sets: whoever brought them says where they are from; Prancha does not check it.",
    ]
    if shipped["sets"] or shipped["replaced_by_corrections"]:
        lines.append(
            f"- Of the {_all(shipped)} sets that come with Prancha, written by a language model, people reviewed "
            f"{shipped['reviewed_sets']}, in part at least ({shipped['reviewed_cards']} of {shipped['cards_in_all']} "
            f"cards rated, {shipped['reviewed_sets_corrected']} sets corrected); "
            f"{shipped['replaced_by_corrections']} gave way to corrections. The others were reviewed by nobody."
        )
    return "\n".join(lines)


def _all(shipped: Mapping[str, Any]) -> int:
    return int(shipped["sets"] + shipped["replaced_by_corrections"])


def _cell(text: str) -> str:
    """Anybody's words in a cell of a Markdown table."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
