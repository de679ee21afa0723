"""The queue's items get their answers: written by the models beside the page, one item after the other."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from aac.errors import AacError, StoreError
from aac.metrics.scores import text_difference
from aac.models.registry import EMBEDDED_ID
from aac.parsing import PARSER_VERSION
from aac.prompts import check_content, check_request
from aac.records import Generation, GenerationRequest
from aac.store.queue import Contestant, add_prompts, add_shipped, attach_answers, read_item, unanswered
from aac.workflow.active import DEFAULT, NONE, active_adapter, real_adapter
from aac.workflow.archive import Archive, to_document, to_stored
from aac.workflow.generating import GenerateOrder, Speakers, generate
from aac.workflow.shipped import shipped_generation, shipped_sets

CONTESTANTS: dict[str, tuple[Contestant, ...]] = {
    "rate": ((EMBEDDED_ID, DEFAULT),),
    "compare": ((EMBEDDED_ID, NONE), (EMBEDDED_ID, DEFAULT)),
}  # while nothing else was promoted: `contestants_for`
_AHEAD = 4
_PAUSE_S = 1.0
_log = logging.getLogger(__name__)


@dataclass
class Preparer:
    """Writes answers for queue items in a thread of its own; what fails can be asked for again.

    While people are at a queue a few items are answered ahead of them, so that the next one is there at once and those
    on which the models differ most come first. That work gives way to whoever waits for the model.
    """

    archive: Archive
    speakers: Speakers
    _wanted: queue.Queue[str] = field(default_factory=queue.Queue)
    _kinds: set[str] = field(default_factory=set)  # of the queues to look ahead in
    _under_way: set[str] = field(default_factory=set)
    _failed: dict[str, AacError] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None

    def ask(self, item_id: str) -> AacError | None:
        """See to it that the item gets its answers; why the last attempt failed, once, where it did."""
        with self._lock:
            error = self._failed.pop(item_id, None)
            if error is None and item_id not in self._under_way:
                self._under_way.add(item_id)
                self._wanted.put(item_id)
            self._see_to_thread()
            return error

    def look_ahead(self, kind: str) -> None:
        """Answer a few more items of this queue, if the model is in memory: nothing is loaded for it."""
        if kind not in CONTESTANTS or not self.speakers.has(EMBEDDED_ID):
            return
        with self._lock:
            if not self._kinds:
                self._wanted.put("")  # wakes the thread
            self._kinds.add(kind)
            self._see_to_thread()

    def _see_to_thread(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, name="queue-answers", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while True:
            try:
                item_id = self._wanted.get(block=not self._kinds)
            except queue.Empty:
                self._work_ahead()
                continue
            if not item_id:
                continue
            try:
                prepare_item(self.archive, self.speakers, item_id)
            except AacError as error:
                self._failed[item_id] = error
            except Exception as error:  # the thread must live on for the others
                _log.exception("no answers for queue item")
                self._failed[item_id] = StoreError(f"Falhou: {error}", f"Failed: {error}")
            finally:
                with self._lock:
                    self._under_way.discard(item_id)

    def _work_ahead(self) -> None:
        try:
            item_id = self._next_unanswered()
            if item_id and not prepare_item(self.archive, self.speakers, item_id, gives_way=self._is_late):
                time.sleep(_PAUSE_S)  # whoever waited has the model now
        except Exception as error:  # who comes to the item asks again, and hears of it
            _log.warning("no answers ahead of the queue: %s", error)
            with self._lock:
                self._kinds.clear()

    def _is_late(self) -> bool:
        return not self._wanted.empty() or self.speakers.is_wanted()

    def _next_unanswered(self) -> str | None:
        with self._lock:
            kinds = sorted(self._kinds)
        for kind in kinds:
            with self.archive.database.read() as connection:
                found = unanswered(connection, kind, _AHEAD)
            if found:
                return found
            with self._lock:
                self._kinds.discard(kind)
        return None


def prepare_item(
    archive: Archive, speakers: Speakers, item_id: str, gives_way: Callable[[], bool] = lambda: False
) -> bool:
    """Write the answers of one item, those of one base model in one pass, and keep them.

    False, and nothing kept, where it gave way: `gives_way` is asked after each token.
    """
    with archive.database.read() as connection:
        item = read_item(connection, item_id)
    if item.is_ready:
        return True
    request = check_request(GenerationRequest(item.prompt))
    contestants = [(model, real_adapter(archive, adapter, model)) for model, adapter in item.contestants]
    made_by_all = _answers(speakers, request, contestants, gives_way)
    if made_by_all is None:
        return False
    answers = [to_stored(to_document(archive, made)) for made in made_by_all]
    difference = (
        text_difference(answers[0].generation.raw_text, answers[1].generation.raw_text) if len(answers) > 1 else None
    )
    attach_answers(archive.database, item_id, answers, difference, PARSER_VERSION)
    return True


def _answers(
    speakers: Speakers, request: GenerationRequest, contestants: Sequence[Contestant], gives_way: Callable[[], bool]
) -> list[Generation] | None:
    answers: dict[int, Generation] = {}
    for model in dict.fromkeys(model for model, _ in contestants):
        slots = [slot for slot, contestant in enumerate(contestants) if contestant[0] == model]
        order = GenerateOrder(request, tuple(contestants[slot][1] for slot in slots), model)
        last: list[Generation] = []
        # Who comes to an item need not be a maintainer: what it is asked of must not cost others their model.
        with closing(generate(speakers, order, may_replace=False)) as stream:
            for last in stream:
                if last and last[0].finish == "running" and gives_way():
                    return None
        answers.update(zip(slots, last, strict=True))
    return [answers[slot] for slot in range(len(contestants))]


def queue_prompts(archive: Archive, kind: str, texts: Sequence[str], contestants: Sequence[Contestant] = ()) -> int:
    """Put prompts in the queue, to be answered when their turn comes; how many are new."""
    checked = [check_request(GenerationRequest(text)) for text in texts]
    if archive.settings.filters:
        checked = [check_content(request) for request in checked]
    prompts = [request.prompt for request in checked]
    return add_prompts(archive.database, kind, prompts, contestants or contestants_for(archive, kind))


def contestants_for(archive: Archive, kind: str) -> tuple[Contestant, ...]:
    """Who answers in a queue: the adapter that speaks now stands where the shipped one did before it was promoted.

    People judge what others get, so that what they mend is what the next adapter learns from. It is written into the
    items by its own name: those of before a promotion stay what they were.
    """
    return tuple(
        (model, Path(active_adapter(archive, model)).name if adapter == DEFAULT else adapter)
        for model, adapter in CONTESTANTS[kind]
    )


def queue_shipped(archive: Archive) -> int:
    """Put the shipped sets in the queue for people to review, card by card; how many are new."""
    sets = [shipped_generation(card_set) for split in shipped_sets().values() for card_set in split]
    return add_shipped(archive.database, sets, PARSER_VERSION)
