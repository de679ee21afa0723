"""What the Train tab asks of the workflow. Whatever comes from a browser is checked against lists here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from aac.errors import WrongCall
from aac.models.registry import EMBEDDED_ID, base_models
from aac.store import adapters as stored
from aac.store.runs import Run
from aac.training.config import PRESETS, TrainConfig
from aac.ui import train_texts as words
from aac.ui.numbers import fill
from aac.ui.texts import Text
from aac.workflow import fixed_answers, measuring, promoting, run_pushes, running, versions
from aac.workflow.archive import Archive
from aac.workflow.fixed_answers import FixedAnswer
from aac.workflow.generating import Speakers
from aac.workflow.leaderboard import leaderboard
from aac.workflow.run_pushes import Pushes, PushWish
from aac.workflow.running import RunOrder, RunView
from aac.workflow.worker import ensure_worker

NONE, DEFAULT = "none", "default"
# Field, its words, the least and the most that a page takes; the command line takes more.
_FIELDS: tuple[tuple[str, Text, float, float], ...] = (
    ("lora_r", words.LORA_R, 1, 256),
    ("learning_rate", words.LEARNING_RATE, 1e-7, 0.1),
    ("epochs", words.EPOCHS, 0.01, 100),
    ("max_steps", words.MAX_STEPS, 0, 100_000),
    ("seed", words.SEED, 0, 2**31 - 1),
)
RUNS_SHOWN = 20
FIELD_NAMES = tuple(name for name, *_ in _FIELDS)


@dataclass(frozen=True, slots=True)
class Form:
    """What a browser sent. fields: the configuration's `FIELD_NAMES`."""

    version_id: str
    preset: str
    base_model: str
    fields: Mapping[str, float]
    push_to: str = ""
    push_dataset: bool = False
    place: str = "here"


def can_push(archive: Archive) -> bool:
    """Whether this server has a Hub token of its own."""
    return bool(archive.settings.hub_token)


def version_ids(archive: Archive) -> list[str]:
    """The versions that can be trained on, the latest first."""
    return [version.id for version in versions.list_versions(archive) if version.state != "withdrawn"]


def order(archive: Archive, form: Form) -> RunOrder:
    """The form as an order; `WrongCall` for whatever is not on the page's lists."""
    if form.version_id not in version_ids(archive):
        raise _wrong(words.NO_SUCH_VERSION)
    if form.preset not in PRESETS:
        raise _out_of_list(words.PRESET, PRESETS)
    models = [entry.id for entry in base_models()]
    if form.base_model not in models:
        raise _out_of_list(words.BASE_MODEL, models)
    places = running.PLACES if can_push(archive) else running.PLACES[:1]
    if form.place not in places:
        raise _out_of_list(words.PLACE, places)
    push_to = form.push_to.strip() if can_push(archive) else ""
    if push_to and not running.REPOSITORY.fullmatch(push_to):
        raise _wrong(words.WRONG_REPOSITORY)
    return RunOrder(
        form.version_id,
        form.preset,
        _config(form),
        push_to,
        bool(push_to and form.push_dataset),
        form.place,
    )


def _config(form: Form) -> TrainConfig | None:
    """A configuration of one's own; None where it is the preset's."""
    preset = PRESETS[form.preset]
    changes: dict[str, Any] = {"base_model": form.base_model}
    for name, text, least, most in _FIELDS:
        value, kind = form.fields.get(name), type(getattr(preset, name))
        if value is None or not least <= value <= most or (kind is int and int(value) != value):
            raise _wrong(words.WRONG_FIELD, text, f"{least:g} – {most:g}")
        changes[name] = kind(value)
    config = replace(preset, **changes)
    return None if config == preset else config


def _wrong(text: Text, field: Text | None = None, expected: str = "") -> WrongCall:
    said = fill(text, field=field, expected=expected) if field else text
    return WrongCall(said.pt, said.en)


def _out_of_list(field: Text, known: Any) -> WrongCall:
    return _wrong(words.WRONG_FIELD, field, ", ".join(known))


def estimate(archive: Archive, wanted: RunOrder) -> Mapping[str, Any]:
    """What a run will take, measured; see `measuring.estimate_run`. About ten seconds, minutes on a busy machine."""
    return measuring.estimate_run(archive, wanted)


def start(archive: Archive, wanted: RunOrder, run_id: str) -> str:
    """Queue the run, and see to it that somebody works on it; the same id again is the same run."""
    started = running.start_run(archive, wanted, run_id)
    ensure_worker(archive.settings)
    return started


def look(archive: Archive, run_id: str) -> tuple[list[Run], RunView | None]:
    """The runs that a page lists, newest first, and the chosen one, else the newest."""
    return running.look(archive, run_id, RUNS_SHOWN)


def view(archive: Archive, run_id: str) -> RunView:
    """One run, by its whole id."""
    _, found = look(archive, run_id)
    if found is None or found.run.id != run_id:
        raise _wrong(words.NO_SUCH_RUN)
    return found


def cancel(archive: Archive, run_id: str) -> None:
    """End a run."""
    running.cancel_run(archive, view(archive, run_id).run.id)


def resume(archive: Archive, run_id: str) -> None:
    """Queue a run again, from its last checkpoint."""
    running.resume_run(archive, view(archive, run_id).run.id)
    ensure_worker(archive.settings)


def push(pushes: Pushes, run_id: str, wish: PushWish | None = None) -> None:
    """Begin to push a run's adapter; without a wish, as its last push was to do."""
    pushes.begin(view(pushes.archive, run_id).run.id, wish)


def push_wish(archive: Archive, run: Run) -> PushWish:
    """What the last push of a run was to do, or the run's order asked for."""
    return run_pushes.as_before(archive, run)


def repository_address(archive: Archive, repository: str) -> str:
    """Where people see a model's repository."""
    return f"{archive.settings.hub_endpoint}/{repository}"


# --- what came of it --------------------------------------------------------------------------------------------------


def base_model_of(run: Run) -> str:
    """The base model that a run trains on."""
    return str(run.config.get("base_model") or EMBEDDED_ID)


def active_name(archive: Archive, base_model: str) -> str:
    """The adapter that speaks for a base model, by its stored name: its folder's."""
    return Path(promoting.active_adapter(archive, base_model)).name


def was_promoted(archive: Archive, base_model: str) -> bool:
    """Whether there is something to go back from."""
    with archive.database.read() as connection:
        return stored.active(connection, base_model) is not None


def score_rows(archive: Archive, version_id: str, base_model: str) -> list[dict[str, Any]]:
    """The latest scores of each adapter, and of none, on a version's test split; see `train_scores.ScoreRow`."""
    return [
        {
            "adapter": row.name,
            "name": shown_name(row.name),
            "notes": (words.ACTIVE,) if row.is_active else (),
            **_scores(row.scores),
        }
        for row in (leaderboard(archive, version_id).rows if version_id else ())
        if row.base_model == base_model
    ]


def has_test_split(archive: Archive, version_id: str) -> bool:
    """Whether there is something to measure an adapter on."""
    version = versions.find_version(archive, version_id) if version_id else None
    return bool(version and version.manifest["counts"]["by_split"].get("test"))


def _scores(scores: Mapping[str, Any]) -> dict[str, float | None]:
    corpus = {name: float(scores[name]["score"]) for name in ("bleu", "ter", "chrf")}
    return {
        **corpus,
        "aligned_chrf": scores["aligned"].get("chrf"),
        "card_f1": float(scores["aligned"]["card_f1"]),
        "valid_cards": float(scores["valid_cards"]),
    }


def shown_name(name: str) -> Text:
    """An adapter's name as people read it."""
    if name == NONE:
        return words.WITHOUT_ADAPTER
    return Text(f"{name}, {words.SHIPPED.pt}", f"{name}, {words.SHIPPED.en}") if name == DEFAULT else Text(name, name)


def adapter_names(archive: Archive) -> list[str]:
    """What can be compared: none, the shipped one, and those that were evaluated here."""
    with archive.database.read() as connection:
        known = [adapter.name for adapter in stored.list_adapters(connection)]
    return [NONE, DEFAULT, *dict.fromkeys(name for name in known if name not in (NONE, DEFAULT))]


def decide(archive: Archive, found: RunView) -> promoting.Decision:
    """Whether a run's adapter may speak instead of the one that does."""
    return promoting.decide(archive, _adapter_of(found).id, found.run.version_id)


def _adapter_of(found: RunView) -> stored.StoredAdapter:
    if found.adapter is None:
        raise _wrong(words.NO_SUCH_RUN)
    return found.adapter


def promote(archive: Archive, run_id: str, override_reason: str = "") -> str:
    """Make a run's adapter the active one; its name."""
    found = view(archive, run_id)
    adapter = _adapter_of(found)
    promoting.promote(archive, adapter.id, override_reason.strip(), found.run.version_id)
    return adapter.name


def rollback(archive: Archive, base_model: str) -> str:
    """Go back to the adapter before; the name of the one that speaks now."""
    promoting.rollback(archive, base_model)
    return active_name(archive, base_model)


@dataclass(frozen=True, slots=True)
class Duel:
    """Two adapters of the list, and the version whose test prompts they answer; None: the shipped ones."""

    first: str
    second: str
    version_id: str | None


def duel(archive: Archive, first: str, second: str, run_id: str) -> Duel:
    """Two different adapters, on the version of the run on the page, else on the latest."""
    names = adapter_names(archive)
    if first not in names or second not in names:
        raise _wrong(words.NO_SUCH_ADAPTER)
    if first == second:
        raise _wrong(words.TWO_ADAPTERS)
    ids = version_ids(archive)
    version_id = view(archive, run_id).run.version_id if run_id else None
    return Duel(first, second, version_id if version_id in ids else next(iter(ids), None))


def stored_answers(archive: Archive, two: Duel) -> tuple[FixedAnswer, ...]:
    """Ten fixed prompts with what is known of two adapters' answers, at once."""
    return fixed_answers.stored_answers(archive, two.first, two.second, two.version_id)


def written_answers(archive: Archive, speakers: Speakers, two: Duel) -> Iterator[tuple[FixedAnswer, ...]]:
    """The same, again whenever answers that were missing are whole."""
    return fixed_answers.written_answers(archive, speakers, two.first, two.second, two.version_id)
