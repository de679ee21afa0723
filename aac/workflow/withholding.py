"""Cards that the content filter stops are taken out of a model's text before anybody sees, hears or keeps them."""

from __future__ import annotations

from dataclasses import astuple, dataclass, field, replace

from aac.parsing import parse
from aac.records import Generation, Piece
from aac.safety import READ_MAX_CHARS, WITHHELD, stopped


@dataclass
class Withholder:
    """Looks at the answers to one prompt as they grow; a piece that it has looked at is not looked at again."""

    prompt: str
    _stopped: dict[str, bool] = field(default_factory=dict)

    def withhold(self, generation: Generation) -> Generation:
        """The generation with `WITHHELD` in the place of each card, or other stretch of text, that is stopped."""
        pieces = parse(generation.raw_text).pieces
        if not any(map(self._is_stopped, pieces)):
            return generation
        kept = (_withheld(piece) if self._is_stopped(piece) else piece.text for piece in pieces)
        return replace(generation, raw_text="".join(kept))

    def _is_stopped(self, piece: Piece) -> bool:
        if piece.text not in self._stopped:
            self._stopped[piece.text] = bool(piece.text.strip()) and self._says_what_is_stopped(piece)
        return self._stopped[piece.text]

    def _says_what_is_stopped(self, piece: Piece) -> bool:
        """By itself, or beside what was asked: a prompt that names a child makes another card of the same words."""
        if piece.card:
            texts = astuple(piece.card)
            return bool(stopped(texts) or stopped((self.prompt, *texts)))
        starts = range(0, len(piece.text), READ_MAX_CHARS // 2)  # each end of a stretch is the middle of another
        return any(stopped((piece.text[start : start + READ_MAX_CHARS],)) for start in starts)


def _withheld(piece: Piece) -> str:
    """The place of a piece, its line end kept."""
    return WITHHELD + "\n" * piece.text.endswith("\n")
