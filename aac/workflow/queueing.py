"""The queue's items get their answers: written by the models beside the page, one item after the other."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from aac.errors import AacError, StoreError
from aac.metrics import text_difference
from aac.models.registry import EMBEDDED_ID
from aac.parsing import PARSER_VERSION
from aac.prompts import check_request
from aac.records import Generation, GenerationRequest
from aac.store.queue import Contestant, add_prompts, add_shipped, attach_answers, read_item
from aac.workflow.archive import Archive, to_document, to_stored
from aac.workflow.generating import GenerateOrder, Speakers, generate
from aac.workflow.shipped import shipped_generation, shipped_sets

CONTESTANTS: dict[str, tuple[Contestant, ...]] = {
    "rate": ((EMBEDDED_ID, "default"),),
    "compare": ((EMBEDDED_ID, "none"), (EMBEDDED_ID, "default")),
}
_log = logging.getLogger(__name__)


@dataclass
class Preparer:
    """Writes answers for queue items in a thread of its own; what fails can be asked for again."""

    archive: Archive
    speakers: Speakers
    _wanted: queue.Queue[str] = field(default_factory=queue.Queue)
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
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="queue-answers", daemon=True)
                self._thread.start()
            return error

    def _work(self) -> None:
        while True:
            item_id = self._wanted.get()
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


def prepare_item(archive: Archive, speakers: Speakers, item_id: str) -> None:
    """Write the answers of one item, those of one base model in one pass, and keep them."""
    with archive.database.read() as connection:
        item = read_item(connection, item_id)
    if item.is_ready:
        return
    request = check_request(GenerationRequest(item.prompt))
    answers = [to_stored(to_document(made)) for made in _answers(speakers, request, item.contestants)]
    difference = (
        text_difference(answers[0].generation.raw_text, answers[1].generation.raw_text) if len(answers) > 1 else None
    )
    attach_answers(archive.database, item_id, answers, difference, PARSER_VERSION)


def _answers(speakers: Speakers, request: GenerationRequest, contestants: Sequence[Contestant]) -> list[Generation]:
    answers: dict[int, Generation] = {}
    for model in dict.fromkeys(model for model, _ in contestants):
        slots = [slot for slot, contestant in enumerate(contestants) if contestant[0] == model]
        order = GenerateOrder(request, tuple(contestants[slot][1] for slot in slots), model)
        *_, last = generate(speakers, order)
        answers.update(zip(slots, last, strict=True))
    return [answers[slot] for slot in range(len(contestants))]


def queue_prompts(archive: Archive, kind: str, texts: Sequence[str], contestants: Sequence[Contestant] = ()) -> int:
    """Put prompts in the queue, to be answered when their turn comes; how many are new."""
    checked = [check_request(GenerationRequest(text)).prompt for text in texts]
    return add_prompts(archive.database, kind, checked, contestants or CONTESTANTS[kind])


def queue_shipped(archive: Archive) -> int:
    """Put the shipped sets in the queue for people to review, card by card; how many are new."""
    sets = [shipped_generation(card_set) for split in shipped_sets().values() for card_set in split]
    return add_shipped(archive.database, sets, PARSER_VERSION)
