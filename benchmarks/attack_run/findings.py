"""One server under attack, and what is noted of it: answers, files, rows, and who was called."""

from __future__ import annotations

import hashlib
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlalchemy import select

from aac.settings import Settings
from aac.store.copying import record_tables
from aac.workflow.archive import Archive
from tests.canary import Canary
from tests.ui.attack_requests import Answer, Attack, Raw
from tests.workflow.apps import AppProcess

ROOT = Path(__file__).resolve().parent.parent.parent
_UNWATCHED = ("build", "node_modules", "__pycache__")  # and what begins with a dot, of tools
# What the program itself makes in its data folder.
_OURS = (
    *("prancha.sqlite3", "jobs.sqlite3", "sessions.sqlite3", "annotator-salt", "logins.json", "app.log", "gradio"),
    *("models", "runs", "adapters", "versions", "tombstones.jsonl"),
)
# What the program says of a failure that it did not foresee, before the trace.
_FAILED = re.compile(r"(event \w+|annotation endpoint|a button's work|generation) failed$")
FAILURE = "500 or a trace"
BAD = (FAILURE, "read", "written", "fetched", "not refused")


@dataclass
class Row:
    """What came of one kind of attack."""

    requests: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    bad: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0


@dataclass
class AttackRun:
    """One server under attack. place: everything that is its own. ends_s: on the monotonic clock. through: in words."""

    place: Path
    canary: Canary
    every: int
    ends_s: float
    rows: dict[str, Row] = field(default_factory=dict)
    through: list[str] = field(default_factory=list)
    is_cut_short: bool = False
    server: AppProcess | None = None  # the one that `app` started last

    @property
    def has_died(self) -> bool:
        """Whether there was a server, and it ended by itself."""
        return self.server is not None and not self.server.is_running

    @property
    def settings(self) -> Settings:
        return Settings(self.place / "data", worker="off")

    def chosen(self, attacks: Iterable[Attack]) -> Iterator[Attack]:
        """Every nth, while there is time and a server."""
        for n, attack in enumerate(attacks):
            if time.monotonic() > self.ends_s:
                self.is_cut_short = True
                return
            if self.has_died:
                return
            if n % self.every == 0:
                yield attack

    def note(self, kind: str, what: str, answer: Answer, took_s: float, must_fail: bool = False) -> None:
        row = self.rows.setdefault(kind, Row())
        row.requests += 1
        row.statuses[f"{answer.status // 100}xx" if answer.status else "hung up"] += 1
        row.slowest_s = max(row.slowest_s, took_s)
        if answer.status >= 500 or "Traceback" in answer.text:
            self.bad(kind, FAILURE, f"{what}: {answer.status} {answer.text[:200]}")
        elif answer.is_wrong():
            self.bad(kind, "read", f"{what}: {answer.text[:200]}")
        if must_fail and not 400 <= answer.status < 500:
            self.bad(kind, "not refused", f"{what}: {answer.status} {answer.text[:200]}")

    def bad(self, kind: str, how: str, what: str) -> None:
        self.rows.setdefault(kind, Row()).bad[how] += 1
        self.through.append(f"{kind}: {how}: {what}")

    def watched(self, kind: str, attack: Callable[[], None], may_write: bool = True) -> None:
        """Do it, and note what was written or fetched meanwhile, and whether the server lives.

        may_write: whether the database may change.
        """
        if self.has_died:  # which is noted; nothing can be tried any more
            return
        files, rows, asked = self._files(), self._rows(), len(self.canary.asked)
        try:
            attack()
        except httpx.TransportError as error:
            self.bad(kind, FAILURE, f"no answer: {error!r}")
        if self.has_died:
            self.bad(kind, FAILURE, "the server died")
        for path in sorted(files.items() ^ self._files().items()):
            self.bad(kind, "written", str(path))
        if not may_write and rows != self._rows():
            self.bad(kind, "written", f"rows of {sorted(name for name, _ in rows.items() ^ self._rows().items())}")
        for path in self.canary.asked[asked:]:
            self.bad(kind, "fetched", path)

    def _files(self) -> dict[str, tuple[int, int]]:
        """Size and time of every file but for what the program makes in its data folder."""
        data = self.settings.data_dir
        found = [path for path in data.iterdir() if not path.name.lstrip(".").startswith(_OURS)]
        found += [path for path in _below(self.place) if data not in (path, *path.parents)]
        found += [*_below(ROOT), *Path("/tmp").glob("*pwned*"), *Path("/").glob("*pwned*")]
        return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in found if path.is_file()}

    def _rows(self) -> dict[str, str]:
        """A hash of each table."""
        archive = Archive(self.settings)
        with archive.database.read() as connection:
            found = {
                table.name: hashlib.sha256(repr(connection.execute(select(table)).all()).encode()).hexdigest()
                for table in record_tables()
            }
        archive.close()
        return found

    def app(self, **set_there: str) -> AppProcess:
        """A server over the data folder, away from the Hub; started, and it answers."""
        own = {"HOME": str(self.place / "home"), "TMPDIR": str(self.place / "tmp"), "PYTHONDONTWRITEBYTECODE": "1"}
        app = AppProcess(
            self.settings, {**own, "HF_ENDPOINT": "http://127.0.0.1:9", **set_there},
            program=("-m", "tests.fetch_loopback", "app.py"),
        )  # fmt: skip
        app.start()
        self.server = app
        return app

    def end(self, app: AppProcess, secrets: tuple[str, ...] = ()) -> None:
        """End it, and look what it said: no trace of an event that failed, and no secret."""
        is_alive, self.server = app.is_running, None
        app.end()
        log = app.log.read_text(encoding="utf-8", errors="replace")
        app.log.rename(self.place.parent / f"app-{time.monotonic_ns()}.log")
        if not is_alive:
            self.bad("the server", FAILURE, f"it died: {log[-2_000:]}")
        for line in log.splitlines():
            if _FAILED.match(line):
                self.bad("the server", FAILURE, line)
        for secret in secrets:
            if secret in log:
                self.bad("the log", "read", f"a secret of {len(secret)} characters")


def sent_as(raw: Raw, attack: Attack, headers: Mapping[str, str]) -> Answer:
    """What came of it. That nobody answers, or nobody listens, is a failure of the server's."""
    try:
        return raw.send(attack, headers)
    except (TimeoutError, ConnectionRefusedError) as error:
        raw.close()
        return Answer(599, f"no answer: {error!r}")


def _below(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in _UNWATCHED or (path.name.startswith(".") and folder == ROOT):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _below(path)
        else:
            yield path
