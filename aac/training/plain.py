"""Plain Portuguese sentences beside the card sets: a small base model knows little of the language."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aac.errors import MissingError
from aac.training.examples import Example

TOKENS = 96  # of one example: about as long as a set, so that both share batches


def read_plain(folder: str) -> tuple[str, ...]:
    """The lines of every .txt in a folder, empty ones left out; none where no folder is named.

    Raises `MissingError` where the folder holds no text.
    """
    if not folder:
        return ()
    texts = [path.read_text(encoding="utf-8") for path in sorted(Path(folder).glob("*.txt"))]
    found = tuple(line.strip() for text in texts for line in text.splitlines() if line.strip())
    if not found:
        raise MissingError(
            f"Não há frases em {folder}. Esperava-se uma pasta com arquivos .txt, uma frase por linha.",
            f"There are no sentences in {folder}. A folder of .txt files was expected, one sentence a line.",
        )
    return found


def plain_sha256(sentences: Sequence[str]) -> str:
    """A hash of the sentences in their order."""
    return hashlib.sha256("\n".join(sentences).encode()).hexdigest()


def plain_examples(sentences: Sequence[str], tokenizer: Any, seed: int) -> list[Example]:
    """Shuffled sentences, a line each, packed into examples of at most `TOKENS` tokens; all of it is learned."""
    order = list(sentences)
    random.Random(seed).shuffle(order)  # noqa: S311 - no secret
    packed: list[Example] = []
    ids: list[int] = []
    for sentence in order:
        line = tokenizer(f"{sentence}\n", add_special_tokens=False)["input_ids"]
        if ids and len(ids) + len(line) > TOKENS:
            packed.append(Example(ids, ids))
            ids = []
        ids = [*ids, *line]
    return [*packed, Example(ids, ids)] if ids else packed
