"""Make `aac/words/words_pt.txt`: the words of the training data that the lexicon lacks, so that what an adapter has
learned is never read as a slip. What stands there in capitals (INSS) is listed so too.

    .venv/bin/python -m scripts.make_word_list
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from aac.datasets.card_files import read_card_sets
from aac.words.glosses import WORD, lexicon
from aac.words.understanding import WORDS_FILE

ANNOTATIONS = Path(__file__).resolve().parent.parent / "annotations"


def main() -> None:
    WORDS_FILE.write_text("\n".join(sorted(words_to_list())) + "\n", encoding="utf-8")


def words_to_list() -> set[str]:
    """The words of the card sets that adapters learn from, but for those of the lexicon."""
    words = {word for text in _texts() for word in WORD.findall(text) if word.isalpha()}
    acronyms = {word for word in words if word.isupper() and len(word) > 1}
    return {*acronyms, *({word.lower() for word in words - acronyms} - lexicon().keys())}


def _texts() -> Iterator[str]:
    for path in sorted(ANNOTATIONS.glob("cards_*/train.csv")):
        for one in read_card_sets(path):
            yield from (one.prompt, one.context, one.follows)
            yield from (text for card in one.cards for text in (card.written_text, card.spoken_text))


if __name__ == "__main__":
    main()
