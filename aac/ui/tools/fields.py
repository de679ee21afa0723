"""What a tool takes, field by field: told to programs as a JSON schema, and read from what they send."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aac.cards import FIELDS
from aac.errors import WrongField
from aac.ui.sent_values import TEXT_MAX_CHARS
from aac.ui.texts import Text

Values = Mapping[str, Any]
Schema = dict[str, Any]
_WHOLE_MAX = 2**63


@dataclass(frozen=True, slots=True)
class Kind:
    """What a field may hold. read: gives the value, or raises `ValueError`. expected: in words."""

    schema: Schema
    read: Callable[[Any], Any]
    expected: Text


@dataclass(frozen=True, slots=True)
class Field:
    """One field. default: what it is where nothing is said; None where it has to be said."""

    name: str
    kind: Kind
    told: Text
    default: Any = None

    @property
    def schema(self) -> Schema:
        """As JSON Schema has it."""
        found = {**self.kind.schema, "description": f"{self.told.en} · {self.told.pt}"}
        return found if self.default is None else {**found, "default": self.default}

    def value(self, given: Values) -> Any:
        """What was said, or the default. Raises `WrongField`."""
        said = given.get(self.name, self.default)
        try:
            return self.kind.read(said)
        except ValueError as error:
            found = type(said).__name__ if said is not None else None
            raise WrongField(
                f"{self.name}: veio {found or 'nada'}; esperava-se {self.kind.expected.pt}. Corrija.",
                f"{self.name}: {found or 'nothing'} came; {self.kind.expected.en} was expected. Correct it.",
                field=self.name,
            ) from error


def schema_of(fields: Sequence[Field]) -> Schema:
    """Of all that a tool takes."""
    return {
        "type": "object",
        "properties": {field.name: field.schema for field in fields},
        "required": [field.name for field in fields if field.default is None],
        "additionalProperties": False,
    }


def read(fields: Sequence[Field], given: Any) -> dict[str, Any]:
    """Every field's value. Raises `WrongField` for what is of another type, or is no field at all."""
    if not isinstance(given, Mapping):
        raise WrongField("Esperava-se um objeto JSON.", "A JSON object was expected.")
    known = [field.name for field in fields]
    if set(given) - set(known):
        raise WrongField(
            f"Veio um campo que não há. Os campos são: {', '.join(known) or 'nenhum'}.",
            f"A field came that there is not. The fields are: {', '.join(known) or 'none'}.",
        )
    return {field.name: field.value(given) for field in fields}


def text(max_chars: int) -> Kind:
    """max_chars: told to programs; what is longer, but no giant, is the tool's to refuse in its own words."""
    return Kind({"type": "string", "maxLength": max_chars}, _text, Text("um texto", "a text"))


def whole(low: int, high: int) -> Kind:
    """A whole number; its range is the tool's to refuse."""
    schema = {"type": "integer", "minimum": low, "maximum": high}
    return Kind(schema, _whole, Text("um número inteiro", "a whole number"))


def number(low: float, high: float) -> Kind:
    """Any number; its range is the tool's to refuse."""
    return Kind({"type": "number", "minimum": low, "maximum": high}, _number, Text("um número", "a number"))


def switch() -> Kind:
    """Yes or no."""
    return Kind({"type": "boolean"}, _switch, Text("true ou false", "true or false"))


def one_of(choices: Sequence[str]) -> Kind:
    """One of a few words."""
    known = ", ".join(repr(choice) for choice in choices)

    def read_choice(value: Any) -> str:
        if not isinstance(value, str) or value not in choices:
            raise ValueError
        return value

    return Kind({"type": "string", "enum": list(choices)}, read_choice, Text(f"um de {known}", f"one of {known}"))


def texts(max_items: int, max_chars: int) -> Kind:
    """A list of texts; how many, and how long, is the tool's to refuse."""
    schema = {"type": "array", "items": {"type": "string", "maxLength": max_chars}, "maxItems": max_items}
    return Kind(schema, lambda value: tuple(_text(one) for one in _list(value)), Text("textos", "a list of texts"))


def cards(max_items: int) -> Kind:
    """A list of cards, each with the three texts of one."""
    card = {
        "type": "object",
        "properties": {name: {"type": "string"} for name in FIELDS},
        "required": list(FIELDS),
        "additionalProperties": False,
    }
    schema = {"type": "array", "items": card, "minItems": 1, "maxItems": max_items}
    words = ", ".join(FIELDS)
    expected = Text(
        f"uma lista de 1 a {max_items} cartões, cada um com {words}",
        f"a list of 1 to {max_items} cards, each with {words}",
    )

    def read_cards(value: Any) -> tuple[tuple[str, ...], ...]:
        found = _list(value)
        if not 1 <= len(found) <= max_items:
            raise ValueError
        return tuple(_card(one) for one in found)

    return Kind(schema, read_cards, expected)


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > TEXT_MAX_CHARS or "\0" in value:
        raise ValueError
    return value


def _whole(value: Any) -> int:
    found = _number(value)
    if found != int(found):
        raise ValueError
    return int(found)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError
    if not math.isfinite(value) or abs(value) >= _WHOLE_MAX:
        raise ValueError
    return value


def _switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _list(value: Any) -> Sequence[Any]:
    if not isinstance(value, list | tuple):  # a default is a tuple
        raise ValueError
    return value


def _card(value: Any) -> tuple[str, ...]:
    if not isinstance(value, Mapping) or set(value) != set(FIELDS):
        raise ValueError
    return tuple(_text(value[name]) for name in FIELDS)
