"""What a page asks every other second while runs go on: little, however many there are."""

from __future__ import annotations

from sqlalchemy import event

from aac.store.adapters import PushEvent, add_adapter, add_push_event
from aac.store.runs import Note, add_run, claim_run, note_state
from aac.workflow import running
from aac.workflow.archive import Archive


def add_runs(archive: Archive, first: int, after: int) -> None:
    """Runs, each with an adapter that was pushed; the last one is still being pushed."""
    for n in range(first, after):
        add_run(archive.database, f"run-{n:03}", None, {}, {})
        adapter = add_adapter(archive.database, f"adapter-{n}", "a/base", f"{n:064}", f"run-{n:03}")
        claim = claim_run(archive.database, f"run-{n:03}", "worker")
        note_state(archive.database, claim, "pushing", Note(adapter_id=adapter.id))
        add_push_event(archive.database, PushEvent(adapter.id, "a/b", "done"))


def statements_of_a_look(archive: Archive, run_id: str) -> int:
    asked: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        asked.append(statement)

    event.listen(archive.database.engine, "before_cursor_execute", note)
    running.look(archive, run_id, 20)
    event.remove(archive.database.engine, "before_cursor_execute", note)
    return len(asked)


def test_a_look_asks_the_same_few_questions_however_many_runs_there_are(archive: Archive):
    add_runs(archive, 0, 3)
    few = statements_of_a_look(archive, "run-002")
    add_runs(archive, 3, 40)

    assert statements_of_a_look(archive, "run-039") == few
    assert few <= 5
    assert statements_of_a_look(archive, "run-000") <= 7  # is not among those listed


def test_a_look_shows_the_chosen_run_however_old_else_the_newest(archive: Archive):
    add_runs(archive, 0, 30)

    runs, old = running.look(archive, "run-000", 20)
    _, unknown = running.look(archive, "run-0", 20)

    assert len(runs) == 20
    assert old is not None
    assert (old.run.id, old.adapter.name if old.adapter else "") == ("run-000", "adapter-0")
    assert (old.push.state if old.push else "") == "done"
    assert unknown is not None
    assert unknown.run == runs[0]


def test_where_there_is_no_run_a_look_sees_none(archive: Archive):
    assert running.look(archive, "run-000", 20) == ([], None)
