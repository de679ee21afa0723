"""A page whose every event checks who asks, by whichever door it was called."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr

from aac.access import TOOLS, Asker, Role, is_of_tools, least_role, may_run, may_use
from aac.ui.access_texts import NOT_ALLOWED, NOT_YOURS, WRONG_VALUE
from aac.ui.answers import KINDS, Refusal
from aac.ui.lines import Lines, check_room
from aac.ui.meters import Meters
from aac.ui.sent_values import checked
from aac.ui.spending import Spender
from aac.ui.tabs import Tabs
from aac.ui.texts import UNEXPECTED, Text

_log = logging.getLogger(__name__)
_TURNS_ALONE = 64


class GuardedBlocks(gr.Blocks):
    """Direct calls, the queue, an unload, the MCP server's tools: all end in `process_api`, with the event resolved and
    nothing read yet.

    when_refused: of an event's name what is called where it was refused before it ran, with the tab (its owner's, as
    far as one can tell).
    tools: by name, the events that are tools (`aac.ui.tools.table`).
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.tabs = Tabs()
        self.when_refused: dict[str, Callable[[str], None]] = {}
        self.tools: dict[str, Any] = {}

    def queue(self, *arguments: Any, **options: Any) -> Any:
        """As Gradio has it; but nobody calls past the queue what is meant to wait in it, and nothing waits in it that
        may not run, or that has no room left in the line of its kind.

        After each event Gradio makes a table of the last 10,000, for a monitor that is closed here: one is enough.
        """
        found = super().queue(*arguments, **{"api_open": False, **options})
        self._queue = Lines(found._queue, self._at_the_door)
        self._queue.ANALYTICS_MAX_EVENTS = 1
        return found

    async def process_api(
        self,
        block_fn: Any,
        inputs: list[Any],
        state: Any = None,
        request: Any = None,
        iterator: Any = None,
        *rest: Any,
        **options: Any,
    ) -> Any:
        """As Gradio has it, for whom the table lets; nobody without the gate in front, which says who asks."""
        fn = self.fns[block_fn] if isinstance(block_fn, int) else block_fn
        session_hash = options.get("session_hash")
        try:
            self._check(fn, session_hash, request)
        except Refusal as refusal:  # nothing of the tab is touched: it may be somebody else's
            raise refused(request, refusal.status, refusal.text) from refusal
        try:
            if not iterator:  # what goes on was looked at when it began
                inputs = checked(inputs, fn, self.upload_file_set)
            return await super().process_api(fn, inputs, state, request, iterator, *rest, **options)
        except Refusal as refusal:
            self._tell(fn, session_hash)
            raise refused(request, refusal.status, refusal.text, refusal.headers) from refusal
        except gr.Error:
            raise
        except Exception as error:  # a person gets a sentence, the log gets the trace
            _log.exception("event %s failed", fn.api_name)
            self._tell(fn, session_hash)
            raise refused(request, 500, UNEXPECTED) from error

    def _check(self, fn: Any, session_hash: str | None, request: Any) -> None:
        asker = asker_of(request)
        may = may_use if is_of_tools(_path(request)) else may_run  # no name stands in both tables
        if asker is None or fn.fn is None or not may(str(fn.api_name), asker):
            raise Refusal(403, NOT_ALLOWED)
        if session_hash and not self.tabs.is_of(session_hash, asker.key):
            raise Refusal(403, NOT_YOURS)

    def _at_the_door(self, fn: Any, session_hash: str | None, request: Any, waiting: int) -> None:
        """Raises `Refusal`, which the gate answers. When its turn has come, the event is looked at again."""
        self._check(fn, session_hash, request)
        try:
            check_room(waiting)
        except Refusal:
            self._tell(fn, session_hash)
            meters = _state(request).get("meters")
            if isinstance(meters, Meters):
                meters.refused("full")
            raise

    def _tell(self, fn: Any, session_hash: str | None) -> None:
        when_refused = self.when_refused.get(str(fn.api_name))
        if when_refused and session_hash:
            when_refused(session_hash)

    async def preprocess_data(self, *arguments: Any, **options: Any) -> Any:
        """As Gradio has it; but what it refuses (a choice that there is not, a number out of range) is our refusal.

        Its own would list all choices, in English.
        """
        try:
            return await super().preprocess_data(*arguments, **options)
        except Exception as error:
            raise Refusal(400, WRONG_VALUE) from error


def asker_of(request: Any) -> Asker | None:
    """Who the gate found to ask; None where no gate stands in front. request: Gradio's or Starlette's."""
    found = _state(request).get("asker")
    return found if isinstance(found, Asker) else None


def entrance_of(request: Any) -> str:
    """Where to log in, as the gate knows; empty where there is no such place."""
    return str(_state(request).get("entrance", ""))


def turns_of(request: Any) -> tuple[str, int]:
    """Under which key the person's requests to the model are counted, and how many there may be at once."""
    key, most = _state(request).get("turns", ("", _TURNS_ALONE))
    return str(key), int(most)


def refusal_of(request: Any) -> Refusal | None:
    """Why the event was refused, where it was."""
    found = _state(request).get("refused")
    return found if isinstance(found, Refusal) else None


def spender_of(request: Any) -> Spender:
    """Under which key the model's seconds are counted; none where nothing limits them."""
    found = _state(request).get("spender")
    return found if isinstance(found, Spender) else Spender()


def maintains(request: Any) -> bool:
    """Whether who asks may have a model fetched (gigabytes), or one put in the place of what everybody uses."""
    asker = asker_of(request)
    return asker is not None and asker.role >= Role.MAINTAINER


def without_row(page: GuardedBlocks) -> list[str]:
    """Events with something to run on the server, and tools, that no row of their table speaks of."""
    names = [str(fn.api_name) for fn in page.fns.values() if fn.fn]
    return [name for name in names if (name not in TOOLS if name in page.tools else least_role(name) is None)]


def refused(request: Any, status: int, text: Text, headers: Mapping[str, str] | None = None) -> gr.Error:
    """What the page shows; the gate answers a direct call with this status where Gradio would with 500."""
    state = _state(request)
    state["refused"] = Refusal(status, text, headers)
    path = _path(request)
    is_told_later = path.endswith("/queue/join") or is_of_tools(path)  # the answer is 200, and says it inside
    if isinstance(state.get("meters"), Meters) and is_told_later and status in KINDS:
        state["meters"].refused(KINDS[status])
    return gr.Error(text.both(), duration=None, print_exception=False)


def _state(request: Any) -> dict[str, Any]:
    found = _scope(request).get("state")
    return found if isinstance(found, dict) else {}


def _path(request: Any) -> str:
    return str(_scope(request).get("path", ""))


def _scope(request: Any) -> dict[str, Any]:
    one = request[0] if isinstance(request, list) and request else request
    http = getattr(one, "request", None) or one
    scope = getattr(http, "scope", None)
    return scope if isinstance(scope, dict) else {}
