"""Two adapters' answers to the same ten prompts: what evaluations stored, and the rest as it is written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from aac.datasets.card_files import references_by_request, sets_sha256
from aac.errors import AacError, WrongCall
from aac.evaluation import BATCH_SIZE, MAX_NEW_TOKENS, PROTOCOL
from aac.models.adapters import Adapter
from aac.models.generation import Row
from aac.models.registry import EMBEDDED_ID, find_base_model
from aac.records import CardSet, GenerationRequest
from aac.store.adapters import StoredAdapter, StoredEvaluation, list_evaluations
from aac.workflow import versions
from aac.workflow.active import ACTIVE, NONE, look_up_active, name_of, read_named
from aac.workflow.archive import Archive
from aac.workflow.deciding import find_evaluated
from aac.workflow.generating import Speakers
from aac.workflow.shipped import shipped_sets
from aac.workflow.version_sets import version_sets

FIXED_PROMPTS = 10


@dataclass(frozen=True, slots=True)
class FixedAnswer:
    """What two adapters write for one prompt, verbatim; None: not written yet."""

    prompt: str
    first: str | None
    second: str | None


def fixed_prompts(archive: Archive, version_id: str | None = None) -> tuple[GenerationRequest, ...]:
    """Ten requests, each of another prompt.

    They are those of the version's test split whose sha256 comes first: no run on it trained on them, and its
    evaluations answered them. Where it has fewer (or there is no version), those of the shipped test split follow.
    """
    own: Sequence[CardSet] = ()
    if version_id:
        own = version_sets(archive, versions.find_version(archive, version_id), "test")
    found: dict[str, GenerationRequest] = {}
    for sets in (own, shipped_sets()["test"]):
        for request in sorted(_asked(sets), key=lambda one: hashlib.sha256(one.prompt.encode()).digest()):
            found.setdefault(request.prompt, request)
    return tuple(islice(found.values(), FIXED_PROMPTS))


def _asked(sets: Sequence[CardSet]) -> list[GenerationRequest]:
    """What an evaluation asks, in the order of its answers."""
    return list(references_by_request(sets))


def stored_answers(archive: Archive, first: str, second: str, version_id: str | None = None) -> tuple[FixedAnswer, ...]:
    """The ten prompts with what evaluations stored of two adapters' answers: no model is loaded.

    first, second: "active", "default", "none", a folder's name or path, or an id of the store; "none" is the other's
    base model. Of several evaluations of one adapter the latest counts. Raises `WrongCall` where there is no such
    adapter.
    """
    return _told(*_compared(archive, first, second, version_id))


def written_answers(
    archive: Archive, speakers: Speakers, first: str, second: str, version_id: str | None = None
) -> Iterator[tuple[FixedAnswer, ...]]:
    """The same, and then again whenever missing answers are whole, until all are.

    A missing answer is asked for as an evaluation asks: greedily, without grammar, at most 256 new tokens, in batches
    of the same size. Its neighbours there are others, which changes the last bits of a logit. It is not stored:
    `measure` stores.
    """
    prompts, sides = _compared(archive, first, second, version_id)
    yield _told(prompts, sides)
    # One base model is in memory at a time: the first answers everything before the second is loaded.
    for base_model in dict.fromkeys(side.base_model for side in sides):
        wanted = _wanted(archive, prompts, [side for side in sides if side.base_model == base_model])
        for start in range(0, len(wanted), BATCH_SIZE):
            for _ in _write(speakers, base_model, wanted[start : start + BATCH_SIZE]):
                yield _told(prompts, sides)


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two. stored: as the store knows it, if it does. answers: its raw texts by request, as they come."""

    name: str
    base_model: str
    stored: StoredAdapter | None
    answers: dict[GenerationRequest, str] = field(default_factory=dict)

    def adapter(self, archive: Archive) -> Adapter | None:
        """What to load; raises `MissingError` where an evaluated adapter's folder is gone."""
        if self.name == NONE:
            return None
        name = name_of(archive.settings, self.stored) if self.stored else self.name
        return read_named(archive.settings, name)[1]


def _compared(
    archive: Archive, first: str, second: str, version_id: str | None
) -> tuple[tuple[GenerationRequest, ...], tuple[_Side, ...]]:
    """The requests, and the two sides with the answers that are stored."""
    names = [look_up_active(archive, EMBEDDED_ID).name if name == ACTIVE else name for name in (first, second)]
    stored = [None if name == NONE else _find(archive, name) for name in names]
    known = [_base_model(archive, name, one) for name, one in zip(names, stored, strict=True)]
    other = next(filter(None, known), EMBEDDED_ID)
    sides = tuple(_Side(name, base or other, one) for name, base, one in zip(names, known, stored, strict=True))
    prompts = fixed_prompts(archive, version_id)
    asked: dict[str, list[GenerationRequest]] = {}
    for side in sides:
        side.answers.update(_stored(archive, side, prompts, asked))
    return prompts, sides


def _find(archive: Archive, name: str) -> StoredAdapter | None:
    try:
        return find_evaluated(archive, name)
    except WrongCall:  # one that was never evaluated
        return None


def _base_model(archive: Archive, name: str, stored: StoredAdapter | None) -> str:
    """What an adapter is for; "" for none."""
    if stored:
        return stored.base_model
    return "" if name == NONE else read_named(archive.settings, name)[1].base_model


def _stored(
    archive: Archive, side: _Side, requests: Sequence[GenerationRequest], asked: dict[str, list[GenerationRequest]]
) -> dict[GenerationRequest, str]:
    """What evaluations of one side hold of its answers to these requests. asked: what each version asked, once read."""
    if side.name != NONE and not side.stored:
        return {}
    with archive.database.read() as connection:
        found = list_evaluations(connection, [side.stored.id if side.stored else None], with_answers=True)
    answers: dict[GenerationRequest, str] = {}
    for evaluation in found:
        is_its = evaluation.scores.get("base_model") == side.base_model
        if not is_its or evaluation.scores.get("protocol") != PROTOCOL or len(answers) == len(requests):
            continue
        if evaluation.data_sha256 not in asked:
            asked[evaluation.data_sha256] = _asked_by(archive, evaluation)
        for request, text in zip(asked[evaluation.data_sha256], evaluation.answers, strict=False):
            if request in requests:
                answers.setdefault(request, text)
    return answers


def _asked_by(archive: Archive, evaluation: StoredEvaluation) -> list[GenerationRequest]:
    """What an evaluation asked, in the order of its answers; nothing where its version can no longer be read."""
    try:
        sets = version_sets(archive, versions.find_version(archive, evaluation.version_id or ""), "test")
    except AacError:
        return []
    return _asked(sets) if sets_sha256(sets) == evaluation.data_sha256 else []


def _wanted(archive: Archive, requests: Sequence[GenerationRequest], sides: Sequence[_Side]) -> list[tuple[_Side, Row]]:
    """What is to be written, request by request, each side in its own words, as when it is evaluated."""
    found = []
    for side in sides:
        missing = [request for request in requests if request not in side.answers]
        adapter = side.adapter(archive) if missing else None
        template = adapter.template if adapter else find_base_model(side.base_model).template
        for request in missing:
            free = replace(request, well_formed=False, max_new_tokens=MAX_NEW_TOKENS)
            found.append((requests.index(request), side, Row(free, adapter, template)))
    return [(side, row) for _, side, row in sorted(found, key=lambda one: one[0])]


def _write(speakers: Speakers, base_model: str, batch: Sequence[tuple[_Side, Row]]) -> Iterator[None]:
    """Give each side its answers as they become whole, and tell each time."""
    for made in speakers.get(base_model).stream([row for _, row in batch]):
        before = sum(len(side.answers) for side, _ in batch)
        for (side, row), one in zip(batch, made, strict=True):
            if one.finish != "running":
                side.answers[replace(row.request, well_formed=True, max_new_tokens=None)] = one.raw_text
        if sum(len(side.answers) for side, _ in batch) > before:
            yield


def _told(requests: Sequence[GenerationRequest], sides: Sequence[_Side]) -> tuple[FixedAnswer, ...]:
    return tuple(FixedAnswer(one.prompt, *(side.answers.get(one) for side in sides)) for one in requests)
