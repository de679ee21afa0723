"""What a browser sends, read field by field: anything may come, and only what is expected passes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from aac.cards import Card
from aac.errors import AacError, WrongCall
from aac.records import CorrectedCard
from aac.ui.access_texts import ANOTHER_PERSON

T = TypeVar("T")
CARDS_MAX = 60
TEXT_MAX_CHARS = 2_000
DOCUMENT_MAX_CHARS = 200_000
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# Ids that a browser makes are random; those of shipped and imported sets (version 5) are nobody's to take.
_OWN_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_TOKEN = re.compile(r"[0-9a-f]{32}")


class AnotherPerson(AacError):
    """The page belongs to somebody who has logged out since, or to nobody: what it sends is not who asks'."""


class Payload:
    """One request's fields; each reader raises `WrongCall` with what was found and what was expected."""

    def __init__(self, values: Any) -> None:
        if not isinstance(values, Mapping):
            raise _wrong("payload", values, "um objeto JSON", "a JSON object")
        self._values = values

    def text(self, name: str, max_chars: int = TEXT_MAX_CHARS) -> str:
        """A text without NUL and without halves of characters, which no database can hold."""
        value = self._values.get(name)
        if not isinstance(value, str):
            raise _wrong(name, value, "um texto", "a text")
        return _clean(name, value, max_chars)

    def identifier(self, name: str) -> str:
        """A UUID in lower case."""
        return self._matching(name, _UUID, "um UUID", "a UUID")

    def own_id(self) -> str:
        """The id that the browser made for what it sends: a random UUID (version 4) in lower case."""
        return self._matching("id", _OWN_ID, "um UUID de versão 4", "a UUID of version 4")

    def optional_identifier(self, name: str) -> str | None:
        """A UUID, or nothing."""
        return None if self._values.get(name) is None else self.identifier(name)

    def token(self) -> str:
        """The browser's secret: 32 hexadecimal digits."""
        return self._matching("annotator", _TOKEN, "32 dígitos hexadecimais", "32 hexadecimal digits")

    def check_person(self, tag: str) -> None:
        """Raise `AnotherPerson` where the page that sent this was not the person's of `tag` when it was loaded."""
        named = self._values.get("person")
        if named is not None and named != tag:
            raise AnotherPerson(ANOTHER_PERSON.pt, ANOTHER_PERSON.en)

    def _matching(self, name: str, pattern: re.Pattern[str], pt: str, en: str) -> str:
        value = self._values.get(name)
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise _wrong(name, value, pt, en)
        return value

    def optional_integer(self, name: str, low: int, high: int) -> int | None:
        """A whole number in range, or nothing."""
        value = self._values.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise _wrong(name, value, f"um número inteiro de {low} a {high}", f"a whole number from {low} to {high}")
        return value

    def integer(self, name: str, low: int, high: int) -> int:
        """A whole number in range."""
        value = self.optional_integer(name, low, high)
        if value is None:
            raise _wrong(name, value, f"um número inteiro de {low} a {high}", f"a whole number from {low} to {high}")
        return value

    def one_of(self, name: str, choices: Sequence[T]) -> T:
        """One of the choices."""
        value = self._values.get(name)
        for choice in choices:
            if value == choice and type(value) is type(choice):
                return choice
        known = ", ".join(map(str, choices))
        raise _wrong(name, value, f"um de {known}", f"one of {known}")

    def texts(self, name: str, max_items: int = 10) -> tuple[str, ...]:
        """A list of short texts."""
        value = self._values.get(name, [])
        return tuple(_each(name, value, max_items, lambda item: _clean(name, item, 100)))

    def cards(self, name: str = "cards") -> tuple[CorrectedCard, ...] | None:
        """Cards with the index of the card that each came from; None where there is explicitly nothing."""
        if name in self._values and self._values[name] is None:
            return None
        return tuple(_each(name, self._values.get(name), CARDS_MAX, _corrected_card))


def _each(name: str, value: Any, max_items: int, read: Callable[[Any], T]) -> list[T]:
    if not isinstance(value, list) or len(value) > max_items:
        raise _wrong(name, value, f"uma lista de até {max_items}", f"a list of at most {max_items}")
    return [read(item) for item in value]


def _corrected_card(value: Any) -> CorrectedCard:
    payload = Payload(value)
    card = Card(payload.text("written_text"), payload.text("spoken_text"), payload.text("image_id", 100))
    return CorrectedCard(card, payload.optional_integer("origin", 0, 10_000))


# What a person sees of these fields on the page.
_SEEN = {
    "written_text": ("“O cartão mostra”", "“The card shows”"),
    "spoken_text": ("“A voz diz”", "“The voice says”"),
    "image_id": ("A figura", "The picture"),
}


def _clean(name: str, value: Any, max_chars: int) -> str:
    if not isinstance(value, str):
        raise _wrong(name, value, "um texto", "a text")
    pt, en = _SEEN.get(name, (name, name))
    if len(value) > max_chars:
        raise WrongCall(
            f"{pt} tem {len(value)} letras; o máximo é {max_chars}. Encurte o texto.",
            f"{en} has {len(value)} characters; at most {max_chars} are taken. Shorten the text.",
        )
    if "\0" in value or any("\ud800" <= c <= "\udfff" for c in value):
        raise WrongCall(
            f"{pt} tem um caractere que não é texto (nulo ou meio emoji). Apague-o e escreva de novo.",
            f"{en} holds a character that is no text (NUL, or half an emoji). Delete it and write it again.",
        )
    return value


def _wrong(name: str, value: Any, pt: str, en: str) -> WrongCall:
    found = "nada" if value is None else type(value).__name__
    found_en = "nothing" if value is None else type(value).__name__
    return WrongCall(
        f"{name}: veio {found}; esperava-se {pt}. Recarregue a página.",
        f"{name}: {found_en} came; {en} was expected. Reload the page.",
    )
