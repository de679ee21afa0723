"""The guideline's rules that a machine can check, on sets of cards."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from aac.cards import TILE_MAX_CHARS, Card, card_faults
from aac.datasets.near_duplicates import stems
from aac.datasets.spelling import misspelt, words_of
from aac.records import LEVEL_WORDS_MAX, CardSet

WRITTEN_MAX_WORDS = 4
SPOKEN_WORDS = range(3, 15)
PROMPT_MAX_WORDS = 6
FRAME_WORDS = 2  # of a speech's beginning
FRAME_SHARE_MAX = 0.03  # of all speeches
SPEECH_SETS_MAX = 10  # how many sets of one author may say the very same sentence: "Espera um pouco, por favor."
SAME_SET_SHARE = 0.6  # of the tiles of two prompts
VAGUE_IMAGES = frozenset(
    (
        *("✨", "💫", "💯", "❗", "‼️", "❕", "❔", "🔘", "🌀", "🔆", "💥", "💢", "💠", "🌐", "⭐", "🌟"),
        *("▶️", "⏯️", "🔄", "🔁", "➡️", "⬅️", "⬆️", "⬇️", "🆗", "🆒", "🔝", "✅", "❌", "⭕", "🚫", "👌"),
        *("🔵", "🔴", "🟢", "🟡", "⚪", "⚫"),
    )
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing against the guideline: the rule's name, the prompt where it stands (empty: the whole), and the text."""

    rule: str
    prompt: str
    text: str


@dataclass(frozen=True, slots=True)
class LintCounts:
    """What the lint has read. tile_words_spoken: share of the tiles' word stems that their speech holds, 0 to 1."""

    prompts: int
    sets: int
    cards: int
    images: int
    frame: str
    frame_share: float
    tile_words_spoken: float


def lint(sets: Sequence[CardSet], listed_words: Collection[str] = ()) -> list[Finding]:
    """Everything that the rules find, set by set, then across sets; listed_words are spelt right whatever is said."""
    return [
        *(finding for card_set in sets for finding in _in_set(card_set)),
        *_across(sets),
        *_spelling(sets, listed_words),
    ]


def count(sets: Sequence[CardSet]) -> LintCounts:
    """The figures of a datasheet."""
    cards = [card for card_set in sets for card in card_set.cards]
    frame, frame_share = _commonest_frame(cards)
    shares = [_spoken_share(card) for card in cards if stems(card.written_text)]
    return LintCounts(
        prompts=len({card_set.prompt for card_set in sets}),
        sets=len(sets),
        cards=len(cards),
        images=len({card.image_id for card in cards}),
        frame=frame,
        frame_share=frame_share,
        tile_words_spoken=sum(shares) / len(shares),
    )


def _in_set(card_set: CardSet) -> Iterator[Finding]:
    if not 1 <= len(card_set.prompt.split()) <= PROMPT_MAX_WORDS:
        yield Finding("long_prompt", card_set.prompt, card_set.prompt)
    for card in card_set.cards:
        for rule in (*card_faults(card), *_card_rules(card, card_set.level)):
            yield Finding(rule, card_set.prompt, f"{card.written_text} | {card.spoken_text} | {card.image_id}")
    for rule, texts in (
        ("tile_twice", [card.key for card in card_set.cards]),
        ("speech_twice", [card.spoken_text.casefold() for card in card_set.cards]),
        ("image_twice", [card.image_id for card in card_set.cards]),
    ):
        for text in _repeated(texts):
            yield Finding(rule, card_set.prompt, text)


def _card_rules(card: Card, level: str) -> Iterator[str]:
    written, spoken = card.written_text, card.spoken_text
    if len(written) > TILE_MAX_CHARS or len(written.split()) > WRITTEN_MAX_WORDS:
        yield "long_tile"
    if "," in written or written.endswith("."):
        yield "tile_with_comma_or_full_stop"
    if any(text != " ".join(text.split()) for text in (written, spoken)):
        yield "stray_space"
    if not _begins_well(written) or not _begins_well(spoken):
        yield "no_capital"
    if spoken[-1:] not in (".", "?", "!") or len(spoken.split()) not in SPOKEN_WORDS:
        yield "no_sentence"
    if "?" in written and not spoken.endswith("?"):
        yield "tile_asks_speech_does_not"
    if card.image_id in VAGUE_IMAGES:
        yield "vague_image"
    if level in LEVEL_WORDS_MAX and len(written.split()) > LEVEL_WORDS_MAX[level]:
        yield "not_of_the_level"


def _begins_well(text: str) -> bool:
    return text[:1].isupper() or text[:1].isdigit()


def _across(sets: Sequence[CardSet]) -> Iterator[Finding]:
    speeches = Counter((s.reference, card.spoken_text) for s in sets if not s.given for card in s.cards)
    for (_, text), times in speeches.items():
        if times > SPEECH_SETS_MAX:
            yield Finding("speech_in_many_sets", "", f"{times} × {text}")
    if sets:
        frame, share = _commonest_frame([card for card_set in sets for card in card_set.cards])
        if share > FRAME_SHARE_MAX:
            yield Finding("frame_too_common", "", f"{share:.1%} {frame}")
    yield from _same_sets([card_set for card_set in sets if card_set.reference == 1 and not card_set.given])


def _same_sets(sets: Sequence[CardSet]) -> Iterator[Finding]:
    """Sets of two requests that hold much the same tiles."""
    holders: dict[str, list[int]] = {}
    for index, card_set in enumerate(sets):
        for key in {card.key for card in card_set.cards}:
            holders.setdefault(key, []).append(index)
    shared = Counter((i, j) for some in holders.values() for at, i in enumerate(some) for j in some[at + 1 :])
    for (i, j), tiles in shared.items():
        if tiles >= SAME_SET_SHARE * min(len(sets[i].cards), len(sets[j].cards)):
            yield Finding("same_set", sets[i].prompt, f"{tiles} tiles also in {sets[j].prompt}")


def _spelling(sets: Sequence[CardSet], listed: Collection[str]) -> Iterator[Finding]:
    known = {word.casefold() for word in listed}
    texts = [text for s in sets for text in _texts(s)]
    unknown = misspelt(word for word in words_of(texts) if word.casefold() not in known)
    for card_set in sets if unknown else ():
        for word in sorted(words_of(_texts(card_set)) & unknown):
            yield Finding("misspelt", card_set.prompt, word)


def _texts(card_set: CardSet) -> list[str]:
    cards = [text for card in card_set.cards for text in (card.written_text, card.spoken_text)]
    return [card_set.prompt, card_set.context, card_set.follows, *cards]


def _repeated(texts: Iterable[str]) -> list[str]:
    return [text for text, times in Counter(texts).items() if times > 1]


def _commonest_frame(cards: Sequence[Card]) -> tuple[str, float]:
    ((frame, times),) = Counter(map(_frame, cards)).most_common(1)
    return frame, times / len(cards)


def _frame(card: Card) -> str:
    return " ".join(re.findall(r"\w+", card.spoken_text.casefold())[:FRAME_WORDS])


def _spoken_share(card: Card) -> float:
    tile = stems(card.written_text)
    return len(tile & stems(card.spoken_text)) / len(tile)
