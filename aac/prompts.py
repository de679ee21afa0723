"""How a request is put to a model. The template is saved beside an adapter's weights: loading never guesses."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aac.cards import WRITTEN_MAX_CHARS
from aac.errors import CorruptError, Refused, WrongField
from aac.records import LEVELS, GenerationRequest
from aac.safety import stopped
from aac.words.emoji_names import emoji_names
from aac.words.glosses import gloss
from aac.words.understanding import understood

CARDS_MAX = 12
PROMPT_MAX_CHARS = 200
ASKED_MAX_CHARS = 60  # of context and of the tile just pressed
TEMPERATURE_MAX = 2
SEED_MAX = 2**32 - 1
GLOSS = "{text} = {gloss}"  # what training with glosses puts into a template
WRAPPERS = ("chat", "tinyllama", "tucano", "plain")

Message = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PromptTemplate:
    """One way of asking.

    wrapper: "chat" (the tokenizer's own chat template), "tinyllama" (`<|user|>` … `<|assistant|>`, as in the source
    paper), "tucano" (`<instruction>` … `</instruction>`) or "plain" (for base models without a template).
    system may be empty. user holds `{prompt}` and `{cards}`. context, follows, level and given are the lines that
    follow the prompt where the request says that much, each with a place of its own name. gloss: how the English of
    its words (`aac.words.glosses`) follows each of a request's texts, with a place for both; empty for none. With
    glosses the prompt, its context and what it follows are put as they are `understood`. Templates of before these
    lines are read with the words below.
    """

    wrapper: str = "chat"
    system: str = "Crie cartões de comunicação em português do Brasil: texto,fala,emoji"
    user: str = "{prompt}\n{cards} cartões"
    context: str = "Onde: {context}"
    follows: str = "Depois de: {follows}"
    level: str = "Nível: {level}"
    given: str = "Complete:\n{given}"
    gloss: str = ""

    def render(self, request: GenerationRequest, chat: Callable[[list[Message]], str]) -> str:
        """The text that a model continues. `chat` turns messages into text with the tokenizer's own template."""
        user = self.user.replace("{cards}", str(request.cards_wanted)).replace("{prompt}", self._asked(request))
        if self.wrapper == "tinyllama":
            return f"<|user|>\n{self._with_system(user)}</s>\n<|assistant|>\n"
        if self.wrapper == "tucano":
            return f"<instruction>{self._with_system(user)}</instruction>"
        if self.wrapper == "plain":
            return f"{self._with_system(user)}\n"
        messages: list[Message] = [{"role": "system", "content": self.system}] if self.system else []
        return chat([*messages, {"role": "user", "content": user}])

    def _asked(self, request: GenerationRequest) -> str:
        said = {
            "context": self._glossed(understood(request.context) if self.gloss else request.context),
            "follows": self._glossed(self.read_as(request.follows)),
            "level": request.level,
            "given": "\n".join(map(self._glossed, request.given)),
        }
        lines = [getattr(self, name).replace(f"{{{name}}}", value) for name, value in said.items() if value]
        return "\n".join([self._glossed(self.read_as(request.prompt.strip())), *lines])

    def read_as(self, text: str) -> str:
        """What a model is given of a prompt that a person typed: with a capital, as all that it learned from."""
        if not self.gloss:
            return text
        read = understood(text)
        return read[:1].upper() + read[1:]

    def _glossed(self, text: str) -> str:
        english = gloss(text) if self.gloss else ""
        return self.gloss.replace("{gloss}", english).replace("{text}", text) if english else text

    def _with_system(self, user: str) -> str:
        return f"{self.system}\n{user}" if self.system else user

    def save(self, path: Path) -> None:
        """Write the template as JSON."""
        path.write_text(json.dumps(dataclasses.asdict(self), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> PromptTemplate:
        """Read a template written by `save`; `CorruptError` where it is not one."""
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise CorruptError(
                f"O modelo de pedido {path} não pôde ser lido ({error}). Esperava-se um JSON com wrapper, system e "
                "user: copie a pasta do adaptador de novo.",
                f"The prompt template {path} cannot be read ({error}). A JSON with wrapper, system and user was "
                "expected: copy the adapter's folder again.",
            ) from error


def check_request(request: GenerationRequest) -> GenerationRequest:
    """`request` with its texts trimmed, empty tiles left out; `WrongField` where a value is out of range."""
    prompt = _trimmed(request.prompt)
    _check_prompt(prompt)
    given = tuple(filter(None, map(_trimmed, request.given)))
    context, follows = _trimmed(request.context), _trimmed(request.follows)
    _check_asked(request.level, {"context": context, "follows": follows})
    _check_given(given)
    cards_wanted = len(given) or request.cards_wanted
    _check_range("cards_wanted", cards_wanted, (1, CARDS_MAX), "O número de cartões", "The number of cards")
    _check_range("temperature", request.temperature, (0, TEMPERATURE_MAX), "A temperatura", "The temperature")
    _check_range("seed", request.seed, (0, SEED_MAX), "A semente", "The seed")
    return dataclasses.replace(
        request, prompt=prompt, cards_wanted=cards_wanted, given=given, context=context, follows=follows
    )


def check_content(request: GenerationRequest) -> GenerationRequest:
    """`request` as it is; `Refused` where its texts, as typed or as they are understood, read as one, are what the
    content filter stops.
    """
    asked = (request.prompt, request.context, request.follows)
    found = stopped((*asked, *request.given)) or stopped((*map(understood, asked), *request.given))
    if found:
        raise Refused(f"{found.pt} {found.advice_pt}", f"{found.en} {found.advice_en}")
    return request


def _trimmed(text: str) -> str:
    return " ".join(text.split())


def _check_prompt(prompt: str) -> None:
    if not prompt:
        raise WrongField(
            "Falta o pedido. Escreva uma palavra ou uma situação, como “Querer” ou “Na farmácia”.",
            "The prompt is empty. Write a word or a situation, such as “Querer” or “Na farmácia”.",
            field="prompt",
        )
    if len(prompt) > PROMPT_MAX_CHARS:
        raise WrongField(
            f"O pedido tem {len(prompt)} letras; o máximo é {PROMPT_MAX_CHARS}. Escreva um pedido mais curto.",
            f"The prompt has {len(prompt)} characters; at most {PROMPT_MAX_CHARS} are read. Write a shorter one.",
            field="prompt",
        )
    if not (any(map(str.isalnum, prompt)) or emoji_names(prompt)):
        raise WrongField(
            f"O pedido “{prompt[:WRITTEN_MAX_CHARS]}” não tem letra, número nem emoji conhecido. Escreva uma palavra "
            "ou uma situação, como “Querer” ou “Na farmácia”.",
            f"The prompt “{prompt[:WRITTEN_MAX_CHARS]}” has no letter, no digit and no known emoji. Write a word or a "
            "situation, such as “Querer” or “Na farmácia”.",
            field="prompt",
        )


def _check_asked(level: str, asked: Mapping[str, str]) -> None:
    for field, text in asked.items():
        if len(text) > ASKED_MAX_CHARS:
            raise WrongField(
                f"“{text[:20]}…” tem {len(text)} letras; o máximo aqui é {ASKED_MAX_CHARS}. Encurte.",
                f"“{text[:20]}…” has {len(text)} characters; at most {ASKED_MAX_CHARS} are read here. Shorten it.",
                field=field,
            )
    if level not in LEVELS:
        raise WrongField(
            f"O nível é {level!r}; escolha “palavras”, “frases” ou nenhum.",
            f"The level is {level!r}; choose “palavras”, “frases” or none.",
            field="level",
        )


def _check_given(given: Sequence[str]) -> None:
    """One tile a text, each a tile of its own, no more than a set may have."""
    if len(given) > CARDS_MAX:
        raise WrongField(
            f"Há {len(given)} textos a completar; o máximo é {CARDS_MAX}. Deixe menos.",
            f"There are {len(given)} texts to complete; at most {CARDS_MAX} are taken. Leave fewer.",
            field="given",
        )
    for text in given:
        if len(text) > WRITTEN_MAX_CHARS or not any(map(str.isalnum, text)):
            raise WrongField(
                f"O texto “{text[:WRITTEN_MAX_CHARS]}” não serve de cartão: esperavam-se letras ou números, no máximo "
                f"{WRITTEN_MAX_CHARS}. Corrija-o.",
                f"The text “{text[:WRITTEN_MAX_CHARS]}” makes no tile: letters or digits were expected, at most "
                f"{WRITTEN_MAX_CHARS}. Mend it.",
                field="given",
            )
    if len({text.casefold() for text in given}) < len(given):
        raise WrongField(
            "Dois textos a completar são iguais. Deixe um só de cada.",
            "Two texts to complete are the same. Leave one of each.",
            field="given",
        )


def _check_range(field: str, value: float, limits: tuple[float, float], pt: str, en: str) -> None:
    low, high = limits
    if not low <= value <= high:
        raise WrongField(
            f"{pt} é {value}; escolha um valor de {low} a {high}.",
            f"{en} is {value}; choose one from {low} to {high}.",
            field=field,
        )
