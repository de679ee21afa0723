"""What a setting may say: yes or no, one of a few words, an address. Anything else is refused, never guessed at."""

from __future__ import annotations

from collections.abc import Sequence

from aac.errors import wrong_setting

_YES = ("1", "yes", "true", "on", "sim")
_NO = ("", "0", "no", "false", "off", "não", "nao")


def yes_or_no(name: str, given: str) -> bool:
    """Of a variable that is left out or empty: no. Raises `WrongSetting`."""
    word = given.strip().lower()
    if word not in (*_YES, *_NO):
        pt = "esperava-se sim ou não: escreva 1 ou 0 (ou sim/não, yes/no, true/false, on/off)"
        en = "yes or no was expected: write 1 or 0 (or yes/no, true/false, on/off, sim/não)"
        raise wrong_setting(name, given, pt, en)
    return word in _YES


def one_of(name: str, given: str, words: Sequence[str]) -> str:
    """One of the words; the first where nothing is said. Raises `WrongSetting`."""
    word = given.strip().lower() or words[0]
    if word not in words:
        listed = ", ".join(words)
        raise wrong_setting(name, given, f"esperava-se um de {listed}", f"one of {listed} was expected")
    return word
