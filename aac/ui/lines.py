"""Gradio's queue, in which each kind of event has a line of its own: a full one refuses its own kind and no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradio.queueing import Queue
from gradio.route_utils import get_fn

from aac.ui.access_texts import QUEUE_FULL
from aac.ui.answers import Refusal
from aac.ui.numbers import fill
from aac.ui.turns import MOST_IN_LINE

# Of one kind, before its turn; those for the model stand in `Turns` instead.
WAITING_OF_A_KIND = 64
_RETRY_S = "5"
# Events under way at once. Gradio's own 40 would all be taken by people who stand in the line at the model, which is an
# event under way: half of the places are not for them, and of other kinds few are under way at once.
_AT_ONCE = 2 * MOST_IN_LINE
# Between two looks at an empty queue, as Gradio has it on Windows; its millisecond elsewhere costs a tenth of a slow
# processor, with nobody there.
_LOOK_S = 0.05


class Lines(Queue):
    """In the place of a plain one, of the same page.

    at_the_door: called before an event may wait, with the event, its tab, the request, and how many of its kind wait.
    What it raises is the answer.
    """

    def __init__(self, plain: Queue, at_the_door: Callable[[Any, str | None, Any, int], None]) -> None:
        super().__init__(
            live_updates=plain.live_updates,
            concurrency_count=plain.max_thread_count,
            update_intervals=plain.update_intervals,
            max_size=None,
            blocks=plain.blocks,
            default_concurrency_limit=plain.default_concurrency_limit,
        )
        self._at_the_door = at_the_door
        self.sleep_when_free = _LOOK_S

    def start(self) -> None:
        """As Gradio has it, which sets its own number of places at the launch."""
        self.max_thread_count = _AT_ONCE
        super().start()

    async def push(self, body: Any, request: Any, username: str | None) -> Any:
        """As Gradio has it; but whether there is room is asked at the door, of each kind by itself."""
        if body.fn_index is not None:
            fn = get_fn(self.blocks, None, body)
            line = self.event_queue_per_concurrency_id.get(fn.concurrency_id)
            self._at_the_door(fn, body.session_hash, request, len(line.queue) if line else 0)
        return await super().push(body, request, username)


def check_room(waiting: int) -> None:
    """Raise `Refusal` 429 where so many of a kind wait that no more may; at 503 Gradio's page has words of its own."""
    if waiting >= WAITING_OF_A_KIND:
        raise Refusal(429, fill(QUEUE_FULL, n=str(waiting)), {"Retry-After": _RETRY_S})
