"""Until a Space runs what was put into it, or will not."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from aac.errors import HubError
from aac.hub.access import HubAccess
from aac.hub.spaces import SpaceState, space_log, space_state

RUNNING, SLEEPING = "RUNNING", "SLEEPING"
_FAILED_BUILDS = ("BUILD_ERROR", "CONFIG_ERROR", "NO_APP_FILE")
_AT_REST = (RUNNING, SLEEPING, *_FAILED_BUILDS, "RUNTIME_ERROR", "PAUSED", "STOPPED", "DELETING")
# Just after a push the Hub still tells the stage of what stood there before.
_STALE_S = 60.0
_LOG_LINES_MAX = 30


@dataclass(frozen=True, slots=True)
class Awaited:
    """What is waited for. stale: the stage before. commit: the one that has to run, empty where there is no new one.

    is_moving: whether the Space is to build or start at all.
    """

    repository: str
    stale: str
    commit: str
    is_moving: bool


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, and how often to look. now, wait: a clock in seconds, and a pause of that many."""

    timeout_s: float = 1800.0
    poll_s: float = 5.0
    now: Callable[[], float] = field(default=time.monotonic, repr=False)
    wait: Callable[[float], None] = field(default=time.sleep, repr=False)


@dataclass(frozen=True, slots=True)
class Waited:
    """Where it stands. is_over: it came to rest. log: the last lines of the build's, or the app's, where it failed.

    commit: the one that the Hub says runs there, empty where it does not say.
    """

    stage: str
    is_over: bool
    log: tuple[str, ...] = ()
    commit: str = ""

    @property
    def is_running(self) -> bool:
        """It answers; one that sleeps does so when somebody comes."""
        return self.is_over and self.stage in (RUNNING, SLEEPING)


def wait_until_it_runs(
    access: HubAccess, awaited: Awaited, patience: Patience, report: Callable[[str, str], None]
) -> Waited:
    """Look until the Space is at rest with what is awaited, or the time is up. A Hub that is away is waited for.

    The client's own way takes what it sees first, which just after a push is what ran before. Raises `HubError`.
    """
    start_s = last_move_s = patience.now()
    stage, has_moved = awaited.stale, False
    while True:
        state = _look(access, awaited.repository)
        if state and state.stage != stage:
            stage = state.stage
            report(stage, stage)
        if state and (stage not in _AT_REST or stage != awaited.stale):
            has_moved = True
        if state and stage not in _AT_REST:
            last_move_s = patience.now()
        is_late = patience.now() - last_move_s >= _STALE_S
        if state and stage in _AT_REST and (is_late or _is_settled(state, awaited, has_moved=has_moved)):
            return Waited(stage, True, _log(access, awaited.repository, stage), state.commit)
        left_s = start_s + patience.timeout_s - patience.now()
        if left_s <= 0:
            return Waited(stage, False)
        patience.wait(min(patience.poll_s, left_s))


def _look(access: HubAccess, repository: str) -> SpaceState | None:
    try:
        return space_state(access, repository)
    except HubError as error:
        if not error.is_retryable:
            raise
        return None


def _is_settled(state: SpaceState, awaited: Awaited, *, has_moved: bool) -> bool:
    """Whether what is seen is what was waited for, not what stood there before."""
    if not awaited.is_moving:
        return True
    if awaited.commit and state.commit and state.stage in (RUNNING, SLEEPING):
        return state.commit == awaited.commit
    return has_moved


def _log(access: HubAccess, repository: str, stage: str) -> tuple[str, ...]:
    if stage in (RUNNING, SLEEPING):
        return ()
    with suppress(HubError):
        return space_log(access, repository, _LOG_LINES_MAX, of_build=stage in _FAILED_BUILDS)
    return ()
