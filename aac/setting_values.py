"""What a setting may say: yes or no, one of a few words, an address. Anything else is refused, never guessed at."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import urlsplit

from aac.errors import WrongSetting, wrong_setting

# All that `Settings` and `AccessSettings` read under our own name.
NAMES = (
    *("PRANCHA_DATA_DIR", "PRANCHA_LANGUAGE", "PRANCHA_EMBEDDED_FROM", "PRANCHA_DATABASE_URL", "PRANCHA_SALT"),
    *("PRANCHA_WORKER", "PRANCHA_SYNC_REPO", "PRANCHA_FILTER", "PRANCHA_GENERATION_LIMIT_S", "PRANCHA_DAY_LIMIT_S"),
    *("PRANCHA_MCP", "PRANCHA_LOGIN", "PRANCHA_MAINTAINERS", "PRANCHA_OPEN_TO_ALL", "PRANCHA_URL"),
    *("PRANCHA_EMBEDDERS", "PRANCHA_PROXIES", "PRANCHA_LOGIN_HEADER", "PRANCHA_PROXY_SECRET", "PRANCHA_METRICS_TOKEN"),
)
_YES = ("1", "yes", "true", "on", "sim")
_NO = ("", "0", "no", "false", "off", "não", "nao")
_OF_ADDRESSES = re.compile(r"[A-Za-z0-9:/._\[\]-]+")  # no quote, blank, semicolon or line end; no login, no question
_LOGIN = re.compile(r"//.*@")
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_ORIGIN = re.compile(rf"https?://(?:\*\.)?{_LABEL}(?:\.{_LABEL})*(?::(?P<port>[0-9]{{1,5}}))?")


def misspelt(names: Iterable[str]) -> Iterator[WrongSetting]:
    """Of each name that is like ours and that nothing reads: that it does nothing, and what is near."""
    for name in names:
        if name.upper().startswith("PRANCHA_") and name not in NAMES:
            near = difflib.get_close_matches(name.upper(), NAMES, n=1, cutoff=0.8)
            pt, en = (f" {said} {near[0]}?" if near else "" for said in ("Seria", "Is it"))
            yield WrongSetting(f"{name}: nada lê esta variável.{pt}", f"{name}: nothing reads this variable.{en}")


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


def address(name: str, given: str) -> str:
    """The http or https address of a page, without its last slash; empty where nothing is said. Raises `WrongSetting`.

    It becomes part of addresses that people are sent to, and the page is served at no path but the first.
    """
    text = given.strip()
    if text and not _is_address(text):
        pt = "esperava-se o endereço de uma página, com https:// (ou http://) e um servidor, e nada depois: https://escola.example"
        en = "the address of a page was expected, https:// (or http://) and a host, nothing after: https://school.example"
        raise _wrong_address(name, given, pt, en)
    return text.rstrip("/")


def origins(name: str, given: str) -> tuple[str, ...]:
    """Where pages come from, parted by blanks or commas; nothing else may come into a header.

    Raises `WrongSetting`.
    """
    found = tuple(text.removesuffix("/") for text in re.split("[ ,]+", given.strip(" ,")) if text)
    if not all(_is_origin(text) for text in found):
        pt = (
            "esperavam-se origens, separadas por espaços ou vírgulas: https://escola.example, com :porta se for outra, "
            "ou https://*.escola.example; nada depois disso"
        )
        en = (
            "origins were expected, parted by blanks or commas: https://school.example, with :port where it is "
            "another, or https://*.school.example; nothing after that"
        )
        raise _wrong_address(name, given, pt, en)
    return found


def _wrong_address(name: str, given: str, pt: str, en: str) -> WrongSetting:
    """A password in it is not repeated."""
    return wrong_setting(name, _LOGIN.sub("//…@", given), pt, en)


def _is_address(text: str) -> bool:
    if not _OF_ADDRESSES.fullmatch(text):
        return False
    try:
        parts = urlsplit(text)
        is_bare = parts.path in ("", "/") and parts.port != 0
        return parts.scheme in ("http", "https") and bool(parts.hostname) and is_bare
    except ValueError:  # a port that is no number, half an IPv6 address
        return False


def _is_origin(text: str) -> bool:
    found = _ORIGIN.fullmatch(text)
    return found is not None and 0 < int(found["port"] or 1) < 65536
