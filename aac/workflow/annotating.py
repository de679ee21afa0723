"""What an annotator does: agree, judge, correct, vote, look back, and take everything away again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, field
from typing import Any

from aac.agreement import Agreement, agreement
from aac.cards import Card
from aac.corrections import CardChange, changes, set_faults
from aac.errors import AacError, WrongCall
from aac.parsing import PARSER_VERSION, parse
from aac.preferences import Strength, WinRate, strengths, win_rates
from aac.privacy import PrivacyWarning, privacy_warnings
from aac.records import REASONS, CorrectedCard, Correction, Parsed, Rating, StoredGeneration, Vote
from aac.safety import stopped
from aac.store import annotations as judgements
from aac.store import erasures, generations, history, people, queue, results
from aac.store.outgoing import change_of, only_here
from aac.store.versions import find_version
from aac.workflow.archive import Archive, from_document
from aac.workflow.collecting import check_collecting
from aac.workflow.generating import Speakers
from aac.workflow.queueing import Preparer
from aac.workflow.syncing import AnnotationSync
from aac.workflow.withdrawing import remove_withdrawn


@dataclass
class Desk:
    """Where one server's annotators work: the archive, and a thread that writes the queue's answers.

    after_erasure: called after each, to remove what else may hold the words. sync: what sends rows to the Hub, if any.
    """

    archive: Archive
    speakers: Speakers
    after_erasure: list[Callable[[], None]] = field(default_factory=list)
    sync: AnnotationSync | None = None
    preparer: Preparer = field(init=False)

    def __post_init__(self) -> None:
        self.preparer = Preparer(self.archive, self.speakers)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One answer as its annotator sees it: the text, what was read out of it, and what they said of it so far."""

    stored: StoredGeneration
    parsed: Parsed
    own: judgements.OwnWork


@dataclass(frozen=True, slots=True)
class Work:
    """One thing to judge. error: why its answers could not be written, when they could not.

    is_blind: nothing may say who wrote the answers.
    """

    item_id: str | None
    kind: str
    prompt: str
    sheets: tuple[Sheet, ...]
    is_ready: bool = True
    error: AacError | None = None
    is_blind: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an annotator stands: what they agreed to, what they did, what is left for them."""

    consent_version: str | None
    counts: dict[str, int]
    left: dict[str, int]
    overlap: int


def check_open(desk: Desk, *, writes: bool) -> None:
    """Raise `Restoring` or `NotDurable` where people must not be asked now."""
    check_collecting(desk.archive, desk.sync, writes=writes)


def change_number(desk: Desk, table: str, row_id: str) -> int:
    """The number under which a row goes to the Hub; 0 where it is there already."""
    return change_of(desk.archive.database, table, row_id)


def place_on_hub(desk: Desk) -> tuple[str | None, int | None]:
    """The name of this database in the log on the Hub, and the number of the last change that is there; None, None
    where nothing goes to the Hub.
    """
    return desk.sync.place() if desk.sync else (None, None)


def standing(desk: Desk, annotator_id: str) -> Standing:
    """Where this annotator stands."""
    with desk.archive.database.read() as connection:
        return Standing(
            people.consent_version(connection, annotator_id),
            history.counts(connection, annotator_id),
            queue.left(connection, annotator_id),
            queue.overlap(connection),
        )


def left(desk: Desk, annotator_id: str, kind: str) -> int:
    """How many items of the kind this person could still get."""
    with desk.archive.database.read() as connection:
        return queue.left(connection, annotator_id, (kind,))[kind]


def agree(desk: Desk, annotator_id: str, consent_id: str, version: str, language: str) -> None:
    """The annotator agrees to the consent text of this version."""
    people.add_consent(desk.archive.database, consent_id, annotator_id, version, language)


def open_generation(desk: Desk, annotator_id: str, document: str, signature: str) -> Work:
    """Take in what the person just generated, for them to judge."""
    stored = from_document(desk.archive, document, signature)
    database = desk.archive.database
    with database.read() as connection:
        people.check_consent(connection, annotator_id)
    generations.add_fresh_generation(database, stored, annotator_id, PARSER_VERSION)
    return _work(desk, annotator_id, None, "fresh", stored.generation.request.prompt, [stored.id])


def next_work(desk: Desk, annotator_id: str, kind: str) -> Work | None:
    """What this person should judge now; None when nothing is left for them."""
    item = queue.next_item(desk.archive.database, annotator_id, kind)
    if item is None:
        return None
    work = _open(desk, annotator_id, item)
    desk.preparer.look_ahead(kind)
    return work


def reopen(desk: Desk, annotator_id: str, item_id: str) -> Work:
    """A queue item again: to see whether its answers are there, or to look back."""
    with desk.archive.database.read() as connection:
        people.check_consent(connection, annotator_id)
        item = queue.read_item(connection, item_id)
    return _open(desk, annotator_id, item)


def reopen_generation(desk: Desk, annotator_id: str, generation_id: str) -> Work:
    """An answer that this person judged before, to look back at it."""
    with desk.archive.database.read() as connection:
        people.check_consent(connection, annotator_id)
        judgements.check_judgeable(connection, generation_id, annotator_id)
        if queue.awaits_vote(connection, generation_id, annotator_id):
            raise WrongCall(
                "Esta resposta espera o seu voto às cegas. Vote antes na aba “Comparar”.",
                "This answer awaits your blind vote. Vote first, in the “Compare” tab.",
            )
        (stored,) = generations.read_generations(connection, [generation_id])
    return _work(desk, annotator_id, None, "fresh", stored.generation.request.prompt, [generation_id])


def _open(desk: Desk, annotator_id: str, item: queue.QueueItem) -> Work:
    if not item.is_ready:
        return Work(item.id, item.kind, item.prompt, (), False, desk.preparer.ask(item.id))
    ids = list(item.generation_ids)
    if item.kind == "compare" and _is_swapped(annotator_id, item.id):
        ids.reverse()
    return _work(desk, annotator_id, item.id, item.kind, item.prompt, ids)


def _is_swapped(annotator_id: str, item_id: str) -> bool:
    """A coin for each person and item that falls the same way after a reload."""
    return hashlib.sha256(f"{annotator_id}:{item_id}".encode()).digest()[0] % 2 == 1


def _work(desk: Desk, annotator_id: str, item_id: str | None, kind: str, prompt: str, ids: Sequence[str]) -> Work:
    with desk.archive.database.read() as connection:
        sheets = tuple(
            Sheet(stored, parse(stored.generation.raw_text), judgements.own_work(connection, annotator_id, stored.id))
            for stored in generations.read_generations(connection, ids)
        )
        # A queued answer may come again in a comparison of the same prompt.
        is_blind = kind == "compare" or (kind == "rate" and queue.awaits_comparison(connection, prompt, annotator_id))
    return Work(item_id, kind, prompt, sheets, is_blind=is_blind)


def rate(desk: Desk, rating: Rating) -> bool:
    """Store a rating; False where this very one is there already."""
    unknown = [reason for reason in rating.reasons if reason not in REASONS]
    if unknown:
        raise WrongCall(
            f"Não há motivo {unknown[0]!r}; há {', '.join(REASONS)}.",
            f"There is no reason {unknown[0]!r}; there are {', '.join(REASONS)}.",
        )
    _check_aim(rating)
    _check_item(desk, rating.item_id, rating.generation_id)
    if rating.verdict and rating.card_index is not None:
        cards = len(_model_cards(desk, rating.annotator_id, rating.generation_id))
        if not 0 <= rating.card_index < cards:
            raise WrongCall(
                f"Esta resposta tem {cards} cartões; não há o cartão {rating.card_index + 1}.",
                f"This answer has {cards} cards; there is no card {rating.card_index + 1}.",
            )
    return judgements.add_rating(desk.archive.database, rating, PARSER_VERSION)


def _check_aim(rating: Rating) -> None:
    """A verdict is of a card, usefulness of a set, and a reason stands beside a verdict."""
    is_of_card = rating.card_index is not None
    if (
        (rating.verdict and not is_of_card)
        or (rating.usefulness and is_of_card)
        or (rating.reasons and not rating.verdict)
    ):
        raise WrongCall(
            "Um parecer, com ou sem motivos, é de um cartão; a utilidade (1 a 5) é do conjunto. Recarregue a página.",
            "A verdict, with or without reasons, is of one card; usefulness, 1 to 5, is of the set. Reload the page.",
        )


def _check_item(desk: Desk, item_id: str | None, generation_id: str) -> None:
    """An answer is judged in the queue item that it stands in, or in none."""
    if item_id is None:
        return
    with desk.archive.database.read() as connection:
        item = queue.read_item(connection, item_id)
    if generation_id not in item.generation_ids:
        raise WrongCall(
            "Esta resposta não é deste item da fila. Recarregue a página.",
            "This answer does not belong to this queue item. Reload the page.",
        )


def vote(desk: Desk, ballot: Vote) -> bool:
    """Store a vote on the two answers of a queue item; False where this very one is there already."""
    with desk.archive.database.read() as connection:
        item = queue.read_item(connection, ballot.item_id)
    if sorted(item.generation_ids) != sorted((ballot.left_generation_id, ballot.right_generation_id)):
        raise WrongCall(
            "Estas não são as duas respostas deste item. Recarregue a página.",
            "These are not the two answers of this item. Reload the page.",
        )
    return judgements.add_vote(desk.archive.database, ballot)


def contestants(desk: Desk, generation_ids: Sequence[str]) -> list[str]:
    """Who wrote these answers, to be shown once the vote is in."""
    with desk.archive.database.read() as connection:
        return [stored.contestant for stored in generations.read_generations(connection, generation_ids)]


@dataclass(frozen=True, slots=True)
class Check:
    """What the rules say of a card set that a person is editing, and how it differs from the model's."""

    faults: tuple[tuple[str, ...], ...]
    changes: tuple[CardChange, ...]
    warnings: tuple[PrivacyWarning, ...]

    @property
    def is_valid(self) -> bool:
        """Whether it may be saved."""
        return not any(self.faults)


def check(desk: Desk, annotator_id: str, generation_id: str, cards: Sequence[CorrectedCard]) -> Check:
    """Look at a card set without storing anything."""
    before = _model_cards(desk, annotator_id, generation_id)
    texts = [text for c in cards for text in (c.card.written_text, c.card.spoken_text)]
    found = dict.fromkeys(warning for text in texts for warning in privacy_warnings(text))  # each said once
    faults = _faults([corrected.card for corrected in cards], filters=desk.archive.settings.filters)
    return Check(faults, changes(before, cards), tuple(found))


def _faults(cards: Sequence[Card], *, filters: bool) -> tuple[tuple[str, ...], ...]:
    """For each card what keeps it from being saved: what `set_faults` says, and what the content filter stops."""
    faults = set_faults(cards)
    if not filters:
        return faults
    findings = [stopped(astuple(card)) for card in cards]
    return tuple((*own, *([found.category] if found else [])) for own, found in zip(faults, findings, strict=True))


def correct(desk: Desk, correction: Correction) -> tuple[bool, Check | None]:
    """Store a correction if it keeps the rules; whether it was new (False also when refused), and what was found."""
    _check_item(desk, correction.item_id, correction.generation_id)
    if correction.cards is None:
        return judgements.add_correction(desk.archive.database, correction), None
    found = check(desk, correction.annotator_id, correction.generation_id, correction.cards)
    if not correction.cards:
        raise WrongCall(
            "Uma correção precisa de ao menos um cartão. Acrescente um, ou avalie os cartões como errados.",
            "A correction needs at least one card. Add one, or rate the cards as wrong.",
        )
    if not found.is_valid:
        return False, found
    return judgements.add_correction(desk.archive.database, correction), found


def _model_cards(desk: Desk, annotator_id: str, generation_id: str) -> tuple[Card, ...]:
    with desk.archive.database.read() as connection:
        judgements.check_judgeable(connection, generation_id, annotator_id)
        (stored,) = generations.read_generations(connection, [generation_id])
    return parse(stored.generation.raw_text).cards


def finish(desk: Desk, annotator_id: str, progress_id: str, item_id: str, outcome: str) -> None:
    """The person is through with an item."""
    queue.finish(desk.archive.database, progress_id, item_id, annotator_id, outcome)


def look_back(desk: Desk, annotator_id: str, offset: int, limit: int) -> tuple[int, list[dict[str, Any]]]:
    """What this person did, the latest first. on_hub: whether it is known to be there; None: nothing goes there."""
    _, reached = place_on_hub(desk)
    with desk.archive.database.read() as connection:
        total, entries = history.history(connection, annotator_id, offset, limit)
        here = only_here(connection, reached, [entry["id"] for entry in entries]) if reached is not None else ()
    return total, [{**entry, "on_hub": None if reached is None else entry["id"] not in here} for entry in entries]


def own_data(desk: Desk, annotator_id: str) -> dict[str, Any]:
    """Everything that is stored of this person."""
    with desk.archive.database.read() as connection:
        return people.export(connection, annotator_id)


def places(desk: Desk, version_ids: Sequence[str]) -> dict[str, str]:
    """Where these published versions lie, as far as their owner said it."""
    with desk.archive.database.read() as connection:
        return {version_id: find_version(connection, version_id).published_at for version_id in version_ids}


def erase(desk: Desk, annotator_id: str, erasure_id: str) -> erasures.Erasure:
    """Take this person's rows away for good, and the files of unpublished versions that hold them."""
    try:
        return erasures.erase(desk.archive.database, annotator_id, erasure_id)
    finally:  # also where the rows are gone and only the cleaning up behind them has to be asked for again
        for clean in (lambda: remove_withdrawn(desk.archive), *desk.after_erasure, desk.archive.keep_erased):
            clean()


@dataclass(frozen=True, slots=True)
class Results:
    """What all votes and ratings say together."""

    votes: int
    win_rates: tuple[WinRate, ...]
    strengths: tuple[Strength, ...]
    card_agreement: Agreement
    set_agreement: Agreement


def all_results(desk: Desk) -> Results:
    """Win rates, strengths, and how far people agree."""
    with desk.archive.database.read() as connection:
        ballots = results.ballots(connection)
        verdicts = results.overlapping_verdicts(connection)
        usefulness = results.overlapping_usefulness(connection)
    return Results(
        len(ballots),
        win_rates(ballots),
        strengths(ballots),
        agreement(verdicts, "nominal"),
        agreement(usefulness, "ordinal"),
    )
