"""The words of the design as frozen values: what passes between the rooms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from aac.cards import Card, cards_to_csv


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing in a model's text that is not a card as it should be.

    kind: a name of `aac.parsing.PROBLEM_KINDS`; line: from 1; text: the words concerned, verbatim.
    """

    kind: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the raw text, verbatim, with the card it holds, if any, and what is wrong with it."""

    text: str
    line: int
    card: Card | None = None
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parsed:
    """The pieces of one answer, in order."""

    pieces: tuple[Piece, ...]

    @property
    def cards(self) -> tuple[Card, ...]:
        """The valid cards, repeated ones included, in the order written."""
        return tuple(piece.card for piece in self.pieces if piece.card)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that is not as it should be, in the order written."""
        return tuple(Problem(kind, piece.line, piece.text.strip()) for piece in self.pieces for kind in piece.kinds)

    @property
    def attempts(self) -> int:
        """How many stretches a reader would count as a try at a card, valid or not."""
        return sum(piece.card is not None or bool(piece.kinds) for piece in self.pieces)

    @property
    def repeats(self) -> int:
        """How many cards have the written text of an earlier one."""
        return sum("repeated_card" in piece.kinds for piece in self.pieces)


Level = Literal["", "palavras", "frases"]
LEVELS: tuple[Level, ...] = get_args(Level)
LEVEL_WORDS_MAX = {"palavras": 2}  # of a tile


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """What a person asks for.

    cards_wanted: 1 to 12; temperature: 0 is greedy, at most 2; well_formed: decode under the card grammar.
    max_new_tokens: None leaves it to the number of cards.
    context: where or at what hour; follows: the tile that was just pressed; level: single words or short sentences;
    given: the written texts of cards that want only speech and picture, as many as cards_wanted. Empty: not asked for.
    """

    prompt: str
    cards_wanted: int = 5
    temperature: float = 0.0
    seed: int = 0
    well_formed: bool = True
    max_new_tokens: int | None = None
    context: str = ""
    follows: str = ""
    level: Level = ""
    given: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> GenerationRequest:
        """The request that `dataclasses.asdict` and JSON made these values of; older ones say less."""
        return cls(**{**values, "given": tuple(values.get("given", ()))})


@dataclass(frozen=True, slots=True)
class CardSet:
    """The cards that answer one request, by one author (`reference`, from 1).

    context, follows, level: what the request said beside its prompt (`GenerationRequest`). given: its cards' written
    texts were given, and only speech and picture are the author's. theme says what it is about, and is not asked.
    """

    prompt: str
    cards: tuple[Card, ...]
    reference: int = 1
    context: str = ""
    follows: str = ""
    level: Level = ""
    given: bool = False
    theme: str = ""

    @property
    def text(self) -> str:
        """The set as the model should write it."""
        return cards_to_csv(self.cards)

    @property
    def request(self) -> GenerationRequest:
        """The request that this set answers."""
        written = tuple(card.written_text for card in self.cards)
        return GenerationRequest(
            self.prompt,
            len(self.cards),
            context=self.context,
            follows=self.follows,
            level=self.level,
            given=written if self.given else (),
        )


@dataclass(frozen=True, slots=True)
class Generation:
    """One model's raw text for one prompt, verbatim, with everything needed to make it again.

    adapter: its name or folder, None without LoRA. tokens counts the new tokens, the end token included.
    finish: "end" (the model ended), "length" (token limit), "stopped" (by the person), "time" (cut by the
    server's time limit) or "running".
    """

    request: GenerationRequest
    model: str
    revision: str
    adapter: str | None
    raw_text: str
    tokens: int
    duration_s: float
    finish: str

    @property
    def tokens_per_s(self) -> float:
        """New tokens a second of wall time; 0 before the first."""
        return self.tokens / self.duration_s if self.duration_s > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Score:
    """A corpus score with the signature that says how it was computed."""

    score: float
    signature: str


@dataclass(frozen=True, slots=True)
class AlignedScores:
    """Scores over cards matched one to one by chrF; BLEU, TER and chrF 0–100 (TER may pass 100), card_f1 0–1.

    signatures: sacrebleu's own by score, and how cards came into it.
    """

    bleu: float
    ter: float
    chrf: float
    card_f1: float
    signatures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One adapter (or none) on one file of card sets. Shares lie between 0 and 1."""

    bleu: Score
    ter: Score
    chrf: Score
    aligned: AlignedScores
    valid_answers: float
    valid_cards: float
    repeated_cards: float
    prompts: int
    duration_s: float


@dataclass(frozen=True, slots=True)
class Compared:
    """One score of two systems on the same prompts, and the p of their difference, whichever is the higher."""

    baseline: float
    system: float
    p: float
    signature: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two adapters (or none) on the same prompts. Shares of valid answers lie between 0 and 1."""

    aligned_chrf: Compared
    bleu: Compared
    ter: Compared
    chrf: Compared
    baseline_valid_answers: float
    system_valid_answers: float
    prompts: int


Precision = Literal["fp32", "bf16", "fp16", "nf4", "int8"]
PRECISIONS: tuple[Precision, ...] = get_args(Precision)
QUANTIZED: tuple[Precision, ...] = ("nf4", "int8")  # by bitsandbytes; no weights can be merged into these

Verdict = Literal["keep", "fix", "wrong"]
VERDICTS: tuple[Verdict, ...] = ("keep", "fix", "wrong")
REASONS = ("wrong_picture", "not_natural", "not_useful", "not_portuguese", "unsafe")

Choice = Literal["left", "right", "tie", "both_bad"]
CHOICES: tuple[Choice, ...] = ("left", "right", "tie", "both_bad")

REQUEST_COLUMNS = ("reference", "theme", "level", "context", "follows", "cards_wanted", "given")
GIVEN = "written_text"  # what the column `given` says where the tiles were given


@dataclass(frozen=True, slots=True)
class SetRow:
    """One row of a dataset version: a card set with its id.

    columns: which of `REQUEST_COLUMNS` it carries, with their values as written, in the design's order.
    author: who wrote it: "person", "import" or "shipped". source: where it came from, in the importer's words.
    """

    id: str
    prompt: str
    cards: tuple[Card, ...]
    columns: tuple[tuple[str, str], ...] = ()
    author: str = "person"
    source: str = ""


@dataclass(frozen=True, slots=True)
class Rating:
    """A person's judgement of one card (`verdict`, with reasons) or, with card_index None, of a set (`usefulness` 1–5).

    It replaces the same person's earlier one; with neither verdict nor usefulness it takes that back.
    """

    id: str
    annotator_id: str
    generation_id: str
    card_index: int | None = None
    verdict: Verdict | None = None
    reasons: tuple[str, ...] = ()
    usefulness: int | None = None
    item_id: str | None = None


@dataclass(frozen=True, slots=True)
class Vote:
    """A person's choice between two generations of one queue item; choice None takes it back."""

    id: str
    annotator_id: str
    item_id: str
    left_generation_id: str
    right_generation_id: str
    choice: Choice | None


@dataclass(frozen=True, slots=True)
class CorrectedCard:
    """A card as a person would have it. origin: the index of the model's card it came from, None when added."""

    card: Card
    origin: int | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """The card set as a person would have it; cards None takes an earlier correction back."""

    id: str
    annotator_id: str
    generation_id: str
    cards: tuple[CorrectedCard, ...] | None
    item_id: str | None = None


@dataclass(frozen=True, slots=True)
class StoredGeneration:
    """A generation as the store holds it. adapter_sha256: of the adapter's weights, None without LoRA."""

    id: str
    generation: Generation
    adapter_sha256: str | None = None

    @property
    def contestant(self) -> str:
        """Who wrote it: the base model, with the adapter's name and the first digits of its weights' hash."""
        if self.generation.adapter is None:
            return self.generation.model
        digits = f"@{self.adapter_sha256[:8]}" if self.adapter_sha256 else ""
        return f"{self.generation.model} + {self.generation.adapter}{digits}"
