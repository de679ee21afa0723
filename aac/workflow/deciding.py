"""Whether an adapter is better than what speaks now: on prompts that neither trained on, by the paired bootstrap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from aac.datasets.card_files import references_by_request, sets_sha256
from aac.errors import AacError, CorruptError, WrongCall
from aac.metrics.scores import Written, compare_answers
from aac.models.adapters import DEFAULT_FOLDER, weights_sha256
from aac.models.registry import local_folder
from aac.parsing import parse
from aac.records import Comparison
from aac.store.adapters import StoredAdapter, StoredEvaluation, find_adapter, list_adapters, list_evaluations
from aac.store.versions import Version
from aac.workflow import versions
from aac.workflow.active import DEFAULT, NONE, Active, look_up_active, name_of, read_named
from aac.workflow.archive import Archive
from aac.workflow.trained_prompts import TrainedOn, seen, trained_on
from aac.workflow.version_sets import evaluations_on, version_sets

P_MAX = 0.05
PROMPTS_MIN = 30
VALID_ANSWERS_LOST_MAX = 0.01  # one point of a hundred
_ROUNDING = 1e-9

Reason = tuple[str, str]  # in Portuguese and in English


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether `challenger` may speak instead of `incumbent` (None: no adapter speaks).

    reasons: why not, in Portuguese and in English; empty where it may. may_override: whether a maintainer may decide
    otherwise. comparison: the incumbent's scores (baseline) and the challenger's (system) on `prompts` prompts; None
    where there is nothing to compare. left_out: the test prompts that either saw in training. active: what spoke when
    this was decided.
    """

    challenger: StoredAdapter
    incumbent: StoredAdapter | None
    version_id: str | None
    evaluation_id: str
    incumbent_evaluation_id: str | None
    comparison: Comparison | None
    prompts: int
    left_out: tuple[str, ...]
    reasons: tuple[Reason, ...]
    may_override: bool
    active: Active

    @property
    def is_allowed(self) -> bool:
        """Whether the rule itself lets the challenger speak."""
        return not self.reasons


def decide(archive: Archive, adapter_name: str, version_id: str | None = None) -> Decision:
    """Compare an adapter with what speaks now by their stored evaluations, the latest or those on one version.

    adapter_name: "default", a folder's name or path, or an id of the store. Raises `WrongCall` where it was not
    evaluated (on that version).
    """
    challenger = find_evaluated(archive, adapter_name)
    now = look_up_active(archive, challenger.base_model)
    incumbent = stored_active(archive, now, challenger.base_model)
    evaluation, version = _evaluation(archive, challenger, version_id)
    trained = [trained_on(archive, challenger), trained_on(archive, incumbent)]
    blocks = list(_blocks(archive, challenger, now, trained[0]))
    duel = _Duel.of(archive, (now, incumbent), evaluation, version, trained)
    return Decision(
        challenger=challenger,
        incumbent=incumbent,
        version_id=version.id if version else None,
        evaluation_id=evaluation.id,
        incumbent_evaluation_id=duel.baseline.id if duel.baseline else None,
        comparison=duel.comparison,
        prompts=duel.comparison.prompts if duel.comparison else 0,
        left_out=duel.left_out,
        reasons=(*blocks, *duel.reasons),
        may_override=not blocks,
        active=now,
    )


def find_evaluated(archive: Archive, name: str) -> StoredAdapter:
    """The stored adapter with that name's weights, else with that id or name; `WrongCall` for none."""
    with archive.database.read() as connection:
        try:
            _, adapter = read_named(archive.settings, name)
        except WrongCall:
            return find_adapter(connection, name)
        weights = weights_sha256(adapter.folder)
        for known in list_adapters(connection, adapter.base_model):
            if known.weights_sha256 == weights:
                return known
    raise WrongCall(
        f"O adaptador {name!r} ainda não foi avaliado. Avalie-o com: python -m aac measure {name} --dataset VERSÃO",
        f"The adapter {name!r} was not evaluated yet. Evaluate it: python -m aac measure {name} --dataset VERSION",
    )


def stored_active(archive: Archive, now: Active, base_model: str) -> StoredAdapter | None:
    """What speaks now as the store knows it; made up, with an id of its own, where it was never evaluated."""
    if now.name == NONE:
        return None
    weights = weights_sha256(DEFAULT_FOLDER if now.name == DEFAULT else local_folder(now.name))
    with archive.database.read() as connection:
        known = list_adapters(connection, base_model)
    unknown = StoredAdapter("", Path(now.name).name, base_model, weights, None, "")
    return next((adapter for adapter in known if adapter.weights_sha256 == weights), unknown)


def _evaluation(
    archive: Archive, challenger: StoredAdapter, version_id: str | None
) -> tuple[StoredEvaluation, Version | None]:
    """The challenger's evaluation: on that version's test data, else the latest on a version that still stands."""
    if version_id:
        version = versions.find_version(archive, version_id)
        for evaluation in evaluations_on(archive, version, [challenger.id], with_answers=True):
            return evaluation, version
    elif found := _evaluations(archive, challenger):
        known = {version.id: version for version in versions.list_versions(archive)}
        standing = [e for e in found if e.version_id in known and known[e.version_id].state != "withdrawn"]
        evaluation = next(iter(standing), found[0])
        return evaluation, known.get(evaluation.version_id or "")
    where = version_id or "VERSION"
    raise WrongCall(
        f"O adaptador {challenger.name} não foi avaliado nesta versão. Avalie-o com: python -m aac measure "
        f"{challenger.name} --dataset {where}",
        f"The adapter {challenger.name} was not evaluated on that version. Evaluate it: python -m aac measure "
        f"{challenger.name} --dataset {where}",
    )


def _evaluations(archive: Archive, adapter: StoredAdapter | None) -> list[StoredEvaluation]:
    with archive.database.read() as connection:
        return list_evaluations(connection, [adapter.id if adapter else None], with_answers=True)


def _blocks(archive: Archive, challenger: StoredAdapter, now: Active, trained: TrainedOn) -> Iterator[Reason]:
    """What no maintainer may override."""
    if trained.is_withdrawn:
        yield (
            "Ele foi treinado numa versão retirada: uma pessoa apagou o que era seu. Treine outro numa versão nova.",
            "It was trained on a version that was withdrawn: a person erased what was theirs. Train another on a new "
            "version.",
        )
    try:
        name = name_of(archive.settings, challenger)
    except AacError as error:
        yield error.pt, error.en
        return
    if name == now.name:
        yield "Ele já é o adaptador ativo.", "It is the active adapter already."


@dataclass(frozen=True)
class _Duel:
    """Two stored evaluations on the same prompts, and what speaks against the challenger."""

    baseline: StoredEvaluation | None = None
    comparison: Comparison | None = None
    left_out: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()

    @classmethod
    def of(
        cls,
        archive: Archive,
        incumbent: tuple[Active, StoredAdapter | None],
        evaluation: StoredEvaluation,
        version: Version | None,
        trained: Sequence[TrainedOn],
    ) -> _Duel:
        if version is None or version.state == "withdrawn":
            return cls(reasons=(_WITHDRAWN,))
        baseline = _same_test(archive, incumbent[1], evaluation)
        if baseline is None or not evaluation.answers:
            return cls(reasons=(_not_evaluated(incumbent[0], evaluation, version),))
        references = references_by_request(version_sets(archive, version, "test"))
        _check_same_data(archive, version, evaluation)
        prompts = list(dict.fromkeys(request.prompt for request in references))
        left_out = seen(prompts, {prompt for one in trained for prompt in one.prompts or ()})
        kept = [index for index, request in enumerate(references) if request.prompt not in left_out]
        comparison = None
        if kept:
            sets = list(references.values())
            comparison = compare_answers(
                _written(baseline, kept), _written(evaluation, kept), [sets[index] for index in kept]
            )
        unknown = [_UNKNOWN] if any(one.prompts is None and not one.is_withdrawn for one in trained) else []
        reasons = (*unknown, *_shortcomings(comparison, len(left_out)))
        return cls(baseline, comparison, tuple(sorted(left_out)), reasons)


def _same_test(
    archive: Archive, incumbent: StoredAdapter | None, evaluation: StoredEvaluation
) -> StoredEvaluation | None:
    """The incumbent's evaluation that this one can be compared with, while its answers are there."""
    others = (one for one in _evaluations(archive, incumbent) if one.answers and one.is_comparable(evaluation))
    return next(others, None)


def _check_same_data(archive: Archive, version: Version, evaluation: StoredEvaluation) -> None:
    if sets_sha256(version_sets(archive, version, "test")) != evaluation.data_sha256:
        raise CorruptError(
            f"Os arquivos da versão {version.id} não são os da avaliação. Traga-os da última cópia.",
            f"The files of version {version.id} are not those of the evaluation. Bring them back from the last backup.",
        )


def _written(evaluation: StoredEvaluation, kept: Sequence[int]) -> list[Written]:
    texts = [evaluation.answers[index] for index in kept]
    return [(text, parse(text)) for text in texts]


_WITHDRAWN: Reason = (
    "A versão em que ele foi avaliado foi retirada: uma pessoa apagou o que era seu. Avalie-o numa versão nova.",
    "The version that it was evaluated on was withdrawn: a person erased what was theirs. Evaluate it on a new one.",
)
_UNKNOWN: Reason = (
    "Não se sabe em que pedidos um dos dois adaptadores foi treinado (ele veio de outro lugar): os de teste podem "
    "estar entre eles.",
    "Nobody here knows which prompts one of the two adapters was trained on (it came from elsewhere): those of the "
    "test may be among them.",
)


def _not_evaluated(now: Active, evaluation: StoredEvaluation, version: Version) -> Reason:
    name, active = evaluation.scores.get("adapter") or "ADAPTER", Path(now.name).name
    return (
        f"O adaptador ativo ({active}) não foi avaliado nestes pedidos. Avalie os dois com: python -m aac measure "
        f"{name} --dataset {version.id}",
        f"The active adapter ({active}) was not evaluated on these prompts. Evaluate both: python -m aac measure "
        f"{name} --dataset {version.id}",
    )


def _shortcomings(comparison: Comparison | None, left_out: int) -> Iterator[Reason]:
    """What the rule asks for and is not so."""
    prompts = comparison.prompts if comparison else 0
    if prompts < PROMPTS_MIN:
        yield (
            f"Há {prompts} pedidos de teste em que nenhum dos dois foi treinado ({left_out} ficaram de fora); são "
            f"precisos {PROMPTS_MIN}.",
            f"There are {prompts} test prompts that neither was trained on ({left_out} were left out); {PROMPTS_MIN} "
            "are needed.",
        )
    if comparison is None:
        return
    chrf = comparison.aligned_chrf
    if chrf.system <= chrf.baseline or chrf.p >= P_MAX:
        scores = f"{chrf.baseline:.2f} → {chrf.system:.2f}"
        if chrf.system > chrf.baseline:  # of a fall p says nothing that anybody asks
            scores += f", p = {chrf.p:.3f}"
        yield (
            f"O chrF alinhado não é melhor: {_in_portuguese(scores)}; é preciso que suba, com p < "
            f"{_in_portuguese(str(P_MAX))}.",
            f"The aligned chrF is not better: {scores}; it has to rise, with p < {P_MAX}.",
        )
    before, after = comparison.baseline_valid_answers, comparison.system_valid_answers
    if before - after > VALID_ANSWERS_LOST_MAX + _ROUNDING:
        fall = f"{before:.1%}", f"{after:.1%}"
        yield (
            "As respostas válidas caem de {} para {}; podem cair no máximo um ponto.".format(
                *map(_in_portuguese, fall)
            ),
            "Valid answers fall from {} to {}; they may fall by one point at most.".format(*fall),
        )


def _in_portuguese(numbers: str) -> str:
    """Numbers with a decimal comma."""
    return numbers.replace(".", ",")
