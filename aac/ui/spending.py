"""How long the model has worked for whom in a day: in memory only, of bounded size.

What is counted are the seconds in which a turn held the model, with the loading of a model that was chosen: that is
what everybody else waits for. Tokens would say that a model of eight times the size costs no more, and loading nothing.
"""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from aac.ui.access_texts import DAY_USED_UP, DAY_USED_UP_HERE
from aac.ui.numbers import duration, fill
from aac.ui.texts import Text

_SLOT_S = 3600
_DAY_SLOTS = 25  # an hour's seconds are forgotten a day after that hour's end
_KEYS_KEPT = 10_000


class Spender(NamedTuple):
    """Under which key somebody's seconds are counted, "" for no limit, and how many days' allowances they have.

    is_address: whether it is an address, which many may share, and no login.
    """

    key: str = ""
    allowances: int = 1
    is_address: bool = False


class Spending:
    """limit_s: what one person may have in any day; 0 for no limit. clock: seconds that never go back.

    Where there are too many keys, those with the least go first: nobody is forgiven for others' being many.
    """

    def __init__(
        self, limit_s: float, clock: Callable[[], float] = time.monotonic, keys_kept: int = _KEYS_KEPT
    ) -> None:
        self.limit_s = limit_s
        self._clock = clock
        self._keys_kept = keys_kept
        self._spent: dict[str, dict[int, float]] = {}  # by key, seconds by slot, oldest first
        self._swept = 0
        self._lock = threading.Lock()

    def wait_s(self, spender: Spender) -> float:
        """0 while there is something left; else in how many seconds there is again."""
        if not self.limit_s or not spender.key:
            return 0.0
        with self._lock:
            now_s = self._sweep()
            over_s, wait_s = self._total_s(spender.key) - self.limit_s * spender.allowances, 0.0
            for slot, spent_s in self._spent.get(spender.key, {}).items():
                if over_s < 0:
                    break
                over_s, wait_s = over_s - spent_s, (slot + _DAY_SLOTS) * _SLOT_S - now_s
            return wait_s

    def add(self, spender: Spender, spent_s: float) -> None:
        """Count what a turn took, however it ended."""
        if not self.limit_s or not spender.key or spent_s <= 0:
            return
        with self._lock:
            slot = int(self._sweep() // _SLOT_S)
            slots = self._spent.setdefault(spender.key, {})
            slots[slot] = slots.get(slot, 0.0) + spent_s
            if len(self._spent) > self._keys_kept:
                most = heapq.nlargest(self._keys_kept * 9 // 10, self._spent, key=self._total_s)
                self._spent = {one: self._spent[one] for one in most}

    def _total_s(self, key: str) -> float:
        return sum(self._spent.get(key, {}).values())

    def _sweep(self) -> float:
        """Forget what is older than a day, once a slot; the time now."""
        now_s = self._clock()
        slot = int(now_s // _SLOT_S)
        if slot != self._swept:
            self._swept, oldest = slot, slot - _DAY_SLOTS
            young = {key: {at: s for at, s in slots.items() if at > oldest} for key, slots in self._spent.items()}
            self._spent = {key: slots for key, slots in young.items() if slots}
        return now_s

    def __len__(self) -> int:
        return len(self._spent)


def day_used_up(spending: Spending, spender: Spender) -> Text | None:
    """What is said to who has had their day's time of the model; None for everybody else."""
    wait_s = spending.wait_s(spender)
    if not wait_s:
        return None
    limit = duration(spending.limit_s * spender.allowances)
    said = DAY_USED_UP_HERE if spender.is_address else DAY_USED_UP
    return fill(said, limit=limit, wait=duration(max(wait_s, 60)))
