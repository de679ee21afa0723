"""Well-formed cards by construction, and sampling that does not depend on the batch: two logits processors."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import llguidance.hf
import llguidance.numpy
import numpy as np
import torch
from llguidance import LLMatcher, LLTokenizer
from transformers import LogitsProcessor

from aac.cards import TILE_MAX_CHARS, csv_field, plain_emoji
from aac.errors import CorruptError
from aac.parsing import parse
from aac.records import LEVEL_WORDS_MAX, GenerationRequest

# Tighter than what a valid card may hold, as the tile's bound is: half as much again as the longest speech written so
# far. A base model that rambles then ends sooner.
SPOKEN_MAX_CHARS = 90
# A base model out of words goes on with marks ("não!()’’’’"): each has its place in or behind a word. Letters are those
# of Portuguese and its neighbours; neither comma nor quote, which CSV keeps for itself.
_LETTERS = r"[A-Za-zÀ-ÖØ-öø-ÿªº0-9]{1,24}"
_WORD = rf"{_LETTERS}([-–'’\/]{_LETTERS}|[.:][0-9]{{1,9}})*[%$]?\)?([.:;]|[.!?]{{1,3}})?\)?"
_MARKS_BEHIND = "[%$.:;!?)]*"


class CardConstraint(LogitsProcessor):
    """Masks, row by row, every token that would leave the card grammar or repeat a card of the same answer.

    Each row writes exactly as many lines as it was asked for, then its end token. Every line has its own grammar, in
    which the written texts of the earlier lines are excluded (5 ms to build; a step's mask costs about 1 ms).
    """

    def __init__(self, tokenizer: LLTokenizer, eos_token_id: int, requests: Sequence[GenerationRequest | None]) -> None:
        """requests: for each row of the batch, what its lines must answer; None leaves the row free."""
        self._tokenizer = tokenizer
        self._eos_token_id = eos_token_id
        self._rows = [_RowConstraint(tokenizer, request) if request else None for request in requests]
        self._mask = llguidance.numpy.allocate_token_bitmask(len(self._rows), tokenizer.vocab_size)
        self._started = False

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        """Consume the last token of each row ([B, T]) and mask its next scores ([B, V])."""
        for i, row in enumerate(self._rows):
            if row is None:
                self._mask[i] = -1
                continue
            if self._started and not row.is_done:
                row.consume(int(input_ids[i, -1]))
            if row.is_done:
                self._mask[i] = 0
                self._mask[i, self._eos_token_id // 32] = np.int32(1 << (self._eos_token_id % 32))
            else:
                llguidance.numpy.fill_next_token_bitmask(row.matcher, self._mask, i)
                _check(row.matcher)
        self._started = True
        allowed = np.unpackbits(self._mask.view(np.uint8), axis=1, bitorder="little").astype(bool)
        allowed = np.pad(allowed, ((0, 0), (0, max(0, scores.shape[1] - allowed.shape[1]))))[:, : scores.shape[1]]
        return scores.masked_fill(~torch.from_numpy(allowed).to(scores.device), -torch.inf)  # type: ignore[return-value]


class _RowConstraint:
    """Where one row stands in its answer."""

    def __init__(self, tokenizer: LLTokenizer, request: GenerationRequest) -> None:
        self._tokenizer = tokenizer
        self._request = request
        self._cards_left = request.cards_wanted
        self._seen: list[str] = []
        self._line: list[int] = []
        self.is_done = False
        self.matcher = self._next_matcher()

    def consume(self, token: int) -> None:
        """Take one token of the model's; the next line's grammar begins where a line has ended."""
        self._line.append(token)
        self.matcher.consume_token(token)
        _check(self.matcher)
        if self.matcher.is_stopped():
            self._end_line()

    def _end_line(self) -> None:
        self._cards_left -= 1
        if self._cards_left == 0:
            self.is_done = True
            return
        line = self._tokenizer.decode_bytes(self._line).decode("utf-8")
        self._seen += [card.key for card in parse(line).cards]
        self._line = []
        self.matcher = self._next_matcher()

    def _next_matcher(self) -> LLMatcher:
        grammar = card_grammar(
            self._seen,
            is_last=self._cards_left == 1,
            written=self._request.given[-self._cards_left] if self._request.given else None,
            words_max=LEVEL_WORDS_MAX.get(self._request.level),
        )
        matcher = LLMatcher(self._tokenizer, grammar)
        _check(matcher)
        return matcher


def _check(matcher: LLMatcher) -> None:
    """llguidance does not raise: after an error it silently allows the end token alone."""
    if matcher.is_error():
        detail = matcher.get_error()[:300]
        raise CorruptError(
            f"A gramática dos cartões falhou ({detail}). Desligue “cartões bem formados” ou confira o tokenizador.",
            f"The card grammar failed ({detail}). Turn “well-formed cards” off or check the tokenizer.",
        )


def card_grammar(
    seen: Sequence[str], *, is_last: bool, written: str | None = None, words_max: int | None = None
) -> str:
    """The grammar of one card line, in llguidance's Lark dialect.

    seen: keys (`Card.key`) of the cards that may not come again, with other marks behind them neither. A line ends with
    `\\n`, the last one without.
    written: the tile, where it is given; words_max: how many words another tile may have.
    No terminal can hold what ends it, so that the lexer has nothing to choose.
    """
    seen = () if written else seen
    tile = f"WORDS & /[^,]{{2,{TILE_MAX_CHARS}}}/{' & ~SEEN' if seen else ''}"
    if words_max:
        tile += f" & /[^ ]+( [^ ]+){{0,{words_max - 1}}}/"
    if written:
        tile = json.dumps(csv_field(written), ensure_ascii=False)
    lark = (
        f'start: WRITTEN "," (SPOKEN | QUOTED) "," EMOJI{"" if is_last else " END"}\n'
        f"WRITTEN: {tile}\n"
        f"SPOKEN: WORDS & /[^,]{{2,{SPOKEN_MAX_CHARS}}}/\n"
        f'QUOTED: /"{_words(f"{_WORD},?")}"/ & /.{{4,{SPOKEN_MAX_CHARS}}}/\n'
        f"WORDS: /{_words(_WORD)}/\n"
        f"EMOJI: /{_emoji_alternatives()}/\n"
        "END: /\\n/\n"
    )
    if seen:
        words = (re.escape(re.sub(r"\W+$", "", one)) for one in seen)
        lark += f"SEEN: /(?i:({_escaped('|'.join(words))}){_MARKS_BEHIND})/\n"
    return LLMatcher.grammar_from_lark(lark)


def _words(word: str) -> str:
    """Words with one space between; but the first may stand behind a bracket, or be a dash."""
    return rf"{word}( (\(?{word}|[–-]))*"


def _escaped(pattern: str) -> str:
    """Lark ends a regular expression at a bare slash; Python escapes some characters that others do not know."""
    return re.sub(r"\\([ #&~-])", r"\1", pattern).replace("/", r"\/")


@cache
def _emoji_alternatives() -> str:
    return _escaped("|".join(re.escape(text) for text in sorted(plain_emoji(), key=len, reverse=True)))


class SeededSampling(LogitsProcessor):
    """Temperature sampling as the greatest of logits plus Gumbel noise (Gumbel 1954), one generator a row.

    Drawing so, a row depends on its own seed and not on the rows beside it: a column says the same alone and in a
    comparison, and no global random state is touched. Decoding stays greedy outside.
    """

    def __init__(self, seeds: Sequence[int], temperatures: Sequence[float]) -> None:
        self._generators = [torch.Generator().manual_seed(seed) for seed in seeds]
        self._temperatures = temperatures

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        """Perturb [B, V] scores; rows with temperature 0 stay as they are."""
        scores = scores.clone()  # type: ignore[assignment]
        for i, (generator, temperature) in enumerate(zip(self._generators, self._temperatures, strict=True)):
            if temperature > 0:
                uniform = torch.rand(scores.shape[1], generator=generator).clamp_(min=1e-20)
                scores[i] = scores[i] / temperature - torch.log(-torch.log(uniform)).to(scores.device)
        return scores


def grammar_tokenizer(tokenizer: Any) -> LLTokenizer:
    """The grammar's view of a Hugging Face tokenizer (0.3 s); also turns single tokens into bytes."""
    return llguidance.hf.from_tokenizer(tokenizer)
