"""People for a crowd: each annotates, or makes cards, through a browser tab, and notes what the server acknowledged."""

from __future__ import annotations

import asyncio
import json
import random
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from aac.ui.access_texts import TURN_TAKEN
from aac.ui.consent import CONSENT_VERSION
from tests.gradio_tab import Refused, Tab

_REPEATED = 0.03  # of what is sent: as if its answer had been lost
_WAIT_S = 0.5
_PATIENCE_S = 300.0  # where a computer that does much else is slow


@dataclass
class Seen:
    """What all of them saw. calls: when each of an annotator began, how long it took. retries: by what was answered."""

    sent: dict[str, dict[str, str]] = field(default_factory=lambda: {name: {} for name in SAID})
    acknowledged: dict[str, dict[str, str]] = field(default_factory=lambda: {name: {} for name in SAID})
    refused: list[str] = field(default_factory=list)
    calls: list[tuple[float, float]] = field(default_factory=list)
    retries: dict[int, int] = field(default_factory=dict)
    turns: list[Turn] = field(default_factory=list)
    second_refused: int = 0

    async def again(self, status: int) -> None:
        """Something was answered otherwise: a little later it is tried again."""
        self.retries[status] = self.retries.get(status, 0) + 1
        await asyncio.sleep(_WAIT_S)


SAID = ("rate", "correct", "vote", "finish")


@dataclass
class Turn:
    """One request to the model: of whom, and when it stood in line, was begun and ended; None: not yet.

    line: for whom the server counts it, where that is not the person: the address of one who is not logged in.
    left_s: when its person left without it. places: how many were said to be before it, as they were said. failed:
    what the page said, where it gave no cards.
    """

    person: str
    joined_s: float
    begun_s: float | None = None
    ended_s: float | None = None
    left_s: float | None = None
    places: list[str] = field(default_factory=list)
    failed: str = ""
    line: str = ""

    @property
    def counts_for(self) -> str:
        return self.line or self.person


async def open_tab(tab: Tab, seen: Seen) -> None:
    """Until it is open, as a person reloads a page."""
    while True:
        try:
            await tab.open()
            return
        except Refused as refused:
            await tab.close()
            await seen.again(refused.status)


def waits_too_long(turns: list[Turn]) -> list[str]:
    """Who waited while another person began two turns, or an address three.

    People behind one address who are not logged in stand in the line as one, which has a turn a round, and take turns
    among themselves. So what others began counts from the last turn of anybody behind that address, and what somebody
    else behind it began from one's own asking. Of an address two people may follow each other, the one at the end of a
    round and the other at the beginning of the next.
    """
    found = []
    for turn in turns:
        own_s = [other.begun_s for other in turns if other.begun_s and other.counts_for == turn.counts_for]
        ends_s = turn.begun_s or turn.left_s or float("inf")
        since_s = max([turn.joined_s, *(begun_s for begun_s in own_s if begun_s < ends_s)])
        people: Counter[str] = Counter()
        addresses: Counter[str] = Counter()
        for other in turns:
            is_near = other.counts_for == turn.counts_for
            began_after_s = turn.joined_s if is_near else since_s
            if other.person != turn.person and began_after_s < (other.begun_s or 0) < ends_s:
                people[other.person] += 1
                addresses[other.line] += bool(other.line) and not is_near
        waited = [*(one for one in people.items() if one[1] >= 2), *(one for one in addresses.items() if one[1] >= 3)]
        found += [f"{turn.person} waited while {other} had {n}" for other, n in waited]
    return found


@dataclass
class Annotator:
    """Agrees, takes what the queue gives, judges it, and thinks in between: pause_s, from least to most."""

    tab: Tab
    seen: Seen
    chance: random.Random
    pause_s: tuple[float, float]

    async def work(self, ends_s: float) -> None:
        """Until then, on the monotonic clock."""
        await open_tab(self.tab, self.seen)
        await self._call("consent", id=str(uuid.uuid4()), version=CONSENT_VERSION, language="pt")
        while time.monotonic() < ends_s:
            await self._compare() if self.chance.random() < 0.3 else await self._rate()
        await self.tab.close()

    async def _think(self) -> None:
        await asyncio.sleep(self.chance.uniform(*self.pause_s))

    async def _rate(self) -> None:
        item = await self._next("rate")
        if item is None:
            return
        generation = item["generations"][0]
        where = {"generation_id": generation["id"], "item_id": item["item_id"]}
        for card in range(len(generation["cards"])):
            await self._think()
            verdict = self.chance.choice(("keep", "fix", "wrong"))
            await self._say("rate", f"{card} {verdict}", **where, card_index=card, verdict=verdict, reasons=[])
        if self.chance.random() < 0.5:
            await self._think()
            words = uuid.UUID(int=self.chance.getrandbits(128)).hex  # no two corrections say the same
            card = {"written_text": f"Quero {words}", "spoken_text": "Eu quero.", "image_id": "💧", "origin": 0}
            await self._say("correct", card["written_text"], **where, cards=[card])
        await self._say("finish", f"{item['item_id']} done", item_id=item["item_id"], outcome="done")

    async def _compare(self) -> None:
        item = await self._next("compare")
        if item is None:
            return
        await self._think()
        left, right = (generation["id"] for generation in item["generations"])
        choice = self.chance.choice(("left", "right", "tie", "both_bad"))
        said = f"{item['item_id']} {choice}"
        await self._say("vote", said, item_id=item["item_id"], left=left, right=right, choice=choice)
        await self._say("finish", f"{item['item_id']} done", item_id=item["item_id"], outcome="done")

    async def _next(self, kind: str) -> dict[str, Any] | None:
        await self._think()
        reply = await self._call("next_item", kind=kind)
        item = reply["item"] if reply["ok"] else None
        return item if item and item["generations"] else None  # a page waits for answers that are not written yet

    async def _say(self, name: str, says: str, **payload: Any) -> None:
        row_id = str(uuid.uuid4())
        self.seen.sent[name][row_id] = says
        for _ in range(2 if self.chance.random() < _REPEATED else 1):
            reply = await self._call(name, id=row_id, **payload)
        if reply["ok"]:
            self.seen.acknowledged[name][row_id] = says
        else:
            self.seen.refused.append(f"{name}: {json.dumps(reply, ensure_ascii=False)}")

    async def _call(self, name: str, **payload: Any) -> dict[str, Any]:
        """Again until it is answered, as the page does."""
        while True:
            started_s = time.monotonic()
            try:
                reply = await self.tab.ask(name, **payload)
                self.seen.calls.append((started_s, time.monotonic() - started_s))
                if reply["ok"] or not reply["retry"]:
                    return reply
                status = 200
            except Refused as refused:
                status = refused.status
            await self.seen.again(status)


@dataclass
class Maker:
    """Makes cards, one request after the other; where there are two tabs, in both at once, and tries a third.

    line: see `Turn`.
    """

    name: str
    tabs: list[Tab]
    seen: Seen
    chance: random.Random
    fields: dict[str, Any]
    line: str = ""

    async def work(self, ends_s: float) -> None:
        """Until then; what is under way then is left, as people leave, but by nobody before their first cards."""
        for tab in self.tabs:
            await open_tab(tab, self.seen)
        makers = [asyncio.create_task(self._make_on(tab)) for tab in self.tabs]
        done, _ = await asyncio.wait(makers, timeout=max(0.0, ends_s - time.monotonic()))
        while not done and not self._had_turn() and time.monotonic() < ends_s + _PATIENCE_S:
            done, _ = await asyncio.wait(makers, timeout=_WAIT_S)
        for maker in makers:
            maker.cancel()
        for turn in self.seen.turns:
            if turn.person == self.name and turn.begun_s is None:
                turn.left_s = time.monotonic()
        for tab in self.tabs:
            await tab.close()
        for maker in done:
            maker.result()

    def _had_turn(self) -> bool:
        return any(turn.person == self.name and turn.ended_s is not None for turn in self.seen.turns)

    async def _make_on(self, tab: Tab) -> None:
        while True:
            await asyncio.sleep(self.chance.uniform(0.2, 2.0))
            try:
                await tab.fire("begin")
            except Refused as refused:
                self.seen.second_refused += TURN_TAKEN.pt in refused.text or refused.status == 500
                continue
            turn = Turn(self.name, time.monotonic(), line=self.line)
            self.seen.turns.append(turn)
            await self._follow(turn, tab.queued("make_cards", **self.fields))
            await tab.fire("end")

    async def _follow(self, turn: Turn, messages: AsyncIterator[dict[str, Any]]) -> None:
        async for message in messages:
            said = json.dumps(message.get("output") or {}, ensure_ascii=False)
            if turn.begun_s is None and "Aguardando a vez: " in said:
                turn.places.append(said.split("Aguardando a vez: ")[1].split("<")[0])
            elif turn.begun_s is None and "pr-status" in said:
                turn.begun_s = time.monotonic()
        turn.ended_s = time.monotonic()
        if turn.begun_s is None or not message["success"]:
            turn.failed = said[:300]
