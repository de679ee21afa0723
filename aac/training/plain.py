"""Plain Portuguese beside the card sets: a small base model knows little of the language.

Where a sentence or a word has its English beside it, both stand in one line, as `aac.prompts.GLOSS` puts them.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aac.errors import MissingError
from aac.prompts import GLOSS
from aac.training.examples import Example
from aac.words.glosses import read_pairs

TOKENS = 96  # of one example: about as long as a set, so that both share batches


def read_plain(folder: str) -> tuple[str, ...]:
    """The lines of every .txt in a folder, empty ones left out, and the pairs of every .tsv; none without a folder.

    Raises `MissingError` where the folder holds no text.
    """
    if not folder:
        return ()
    texts = [path.read_text(encoding="utf-8") for path in sorted(Path(folder).glob("*.txt"))]
    lines = [line.strip() for text in texts for line in text.splitlines() if line.strip()]
    found = (*lines, *(line for path in sorted(Path(folder).glob("*.tsv")) for line in pair_lines(read_pairs(path))))
    if not found:
        raise MissingError(
            f"Não há frases em {folder}. Esperava-se uma pasta com arquivos .txt, uma frase por linha, ou .tsv, com as "
            "colunas pt e en.",
            f"There are no sentences in {folder}. A folder of .txt files, one sentence a line, or of .tsv files, with "
            "the columns pt and en, was expected.",
        )
    return found


def pair_lines(pairs: Mapping[str, str]) -> tuple[str, ...]:
    """A line for each pair, every second one the other way round: a model has to read both and to write both."""
    both = enumerate(pairs.items())
    return tuple(GLOSS.format(text=en, gloss=pt) if i % 2 else GLOSS.format(text=pt, gloss=en) for i, (pt, en) in both)


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
