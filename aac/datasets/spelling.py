"""Which words no Portuguese dictionary knows, asked of hunspell (Debian: `hunspell hunspell-pt-br`)."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from aac.errors import MissingError

DICTIONARY = "pt_BR"
WORDS_FILE = "words.txt"  # in a folder of card sets: words that the dictionary lacks and that are right, one a line

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def words_of(texts: Iterable[str]) -> set[str]:
    """The words of some texts, as written; hyphens hold a word together, digits and marks do not."""
    return {word for text in texts for word in _WORD.findall(text)}


def listed_words(folder: Path) -> list[str]:
    """The words that a folder of card sets lists as right; none where it has no such file."""
    path = folder / WORDS_FILE
    return path.read_text(encoding="utf-8").split() if path.is_file() else []


def misspelt(words: Iterable[str]) -> set[str]:
    """Those of `words` that the dictionary (VERO, of Brazilian Portuguese) does not know.

    Raises `MissingError` where hunspell or its dictionary is not installed.
    """
    asked = sorted(set(words))
    command = ["hunspell", "-d", DICTIONARY, "-i", "utf-8", "-l"]
    try:
        done = subprocess.run(command, input="\n".join(asked), text=True, capture_output=True, encoding="utf-8")  # noqa: S603
    except FileNotFoundError as error:
        raise _missing("hunspell: not found") from error
    if done.returncode:
        raise _missing(done.stderr.strip()[:200])
    return set(done.stdout.split())


def _missing(found: str) -> MissingError:
    return MissingError(
        f"O corretor ortográfico não respondeu ({found}). Instale: sudo apt-get install hunspell hunspell-pt-br",
        f"The spelling checker did not answer ({found}). Install: sudo apt-get install hunspell hunspell-pt-br",
    )
