"""The errors a person may meet: what was found, what was expected, what to do, in Portuguese and in English."""

from __future__ import annotations

from typing import Any


class AacError(Exception):
    """Anything that Prancha can explain. Only `aac/ui` and `aac/cli.py` turn it into what a person sees."""

    exit_code = 1

    def __init__(self, pt: str, en: str) -> None:
        super().__init__(en)
        self.pt = pt
        self.en = en

    def __reduce__(self) -> tuple[type[AacError], tuple[str, str]]:
        return type(self), (self.pt, self.en)

    def text(self, language: str) -> str:
        """The message in `language`, "pt" or "en"."""
        return self.pt if language == "pt" else self.en


class WrongCall(AacError):
    """What was asked for does not exist or is out of range; asking differently helps."""

    exit_code = 2


class WrongField(WrongCall):
    """A wrong call of which one field is the cause. field: its name in the record that was asked with."""

    def __init__(self, pt: str, en: str, *, field: str = "") -> None:
        super().__init__(pt, en)
        self.field = field

    def __reduce__(self) -> tuple[Any, ...]:
        return _wrong_field, (self.pt, self.en, self.field)


def _wrong_field(pt: str, en: str, field: str) -> WrongField:
    return WrongField(pt, en, field=field)


class WrongSetting(WrongCall):
    """A variable of the environment that the app does not take. expected: what it takes, without what was found."""

    def __init__(self, pt: str, en: str, *, expected: tuple[str, str] = ("", "")) -> None:
        super().__init__(pt, en)
        self.expected = expected

    def __reduce__(self) -> tuple[Any, ...]:
        return _wrong_setting, (self.pt, self.en, self.expected)


def _wrong_setting(pt: str, en: str, expected: tuple[str, str]) -> WrongSetting:
    return WrongSetting(pt, en, expected=expected)


def wrong_setting(name: str, given: str, pt: str, en: str) -> WrongSetting:
    """Of a variable's name, its value and what was expected."""
    return WrongSetting(f"{name} é {given!r}; {pt}.", f"{name} is {given!r}; {en}.", expected=(pt, en))


class Refused(AacError):
    """What was asked for is against a rule that the message names."""


class DataError(AacError):
    """A file of cards cannot be read as such."""


class MissingError(AacError):
    """Something that has to be there (a file, a package, the network) is not."""


class CorruptError(AacError):
    """A file is there, but is not what it should be."""


class NoRoomError(AacError):
    """Too little memory or disk."""


class Stopped(AacError):
    """Work that was asked to stop has stopped, and can be resumed."""

    exit_code = 75  # EX_TEMPFAIL of sysexits.h: try again later


class StoreError(AacError):
    """The database cannot be read or written now. Nothing was half-stored: keep what was sent and send it again."""


class HubError(AacError):
    """The Hub refused, failed or did not answer. is_retryable: asking again later may help, with nothing changed."""

    def __init__(self, pt: str, en: str, *, is_retryable: bool = False) -> None:
        super().__init__(pt, en)
        self.is_retryable = is_retryable

    def __reduce__(self) -> tuple[Any, ...]:
        return _hub_error, (self.pt, self.en, self.is_retryable)


def _hub_error(pt: str, en: str, is_retryable: bool) -> HubError:
    return HubError(pt, en, is_retryable=is_retryable)
