"""People who call the endpoints, and what there is for them to judge."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import select

from aac.models.registry import EMBEDDED_ID
from aac.parsing import PARSER_VERSION
from aac.records import Generation, GenerationRequest, StoredGeneration
from aac.store.queue import add_prompts, attach_answers, read_item
from aac.store.schema import queue_items
from aac.ui.consent import CONSENT_VERSION
from aac.workflow.archive import Archive, sign, to_document
from aac.workflow.queueing import CONTESTANTS

CARDS = "Quero água,Eu quero água.,💧\nQuero comer,Eu quero comer.,🍽️\n"
WITH_LORA = f"{EMBEDDED_ID} + default@1a2b3c4d"
GOOD_CARD = {"written_text": "Quero suco", "spoken_text": "Eu quero suco.", "image_id": "🧃", "origin": 0}
Reply = dict[str, Any]


def new_id() -> str:
    return str(uuid4())


@dataclass
class Person:
    """One browser with its secret."""

    client: httpx.Client
    archive: Archive
    token: str = field(default_factory=lambda: uuid4().hex)

    def call(self, name: str, **fields: Any) -> Reply:
        """An endpoint's reply to these fields and the secret."""
        return reply_of(self.client, name, {"annotator": self.token, **fields})

    def agreed(self) -> Person:
        assert self.call("consent", id=new_id(), version=CONSENT_VERSION, language="pt")["consented"]
        return self

    @property
    def id(self) -> str:
        """The pseudonym."""
        return self.archive.annotator_id(self.token)

    def fresh(self, prompt: str = "Querer") -> str:
        """The id of an answer that this person generated."""
        return str(self.call("open_generation", **signed(self.archive, prompt))["item"]["generations"][0]["id"])

    def rated(self, generation_id: str, **fields: Any) -> Reply:
        values = {"id": new_id(), "item_id": None, "card_index": 0, "verdict": "keep", "reasons": [], **fields}
        return self.call("rate", generation_id=generation_id, **values)

    def corrected(self, generation_id: str, **fields: Any) -> Reply:
        values = {"id": new_id(), "item_id": None, "cards": [GOOD_CARD], **fields}
        return self.call("correct", generation_id=generation_id, **values)


def sent(payload: Any) -> str:
    """The body of a call, as a browser writes it, NaN and halves of characters too."""
    return json.dumps({"data": [payload]})


def reply_of(client: httpx.Client, name: str, payload: Any) -> Reply:
    """What the endpoint says."""
    answer = client.post(f"/{name}", content=sent(payload), headers=JSON)
    assert answer.status_code == 200, answer.text
    (reply,) = answer.json()["data"]
    return reply


JSON = {"Content-Type": "application/json"}


def signed(archive: Archive, prompt: str = "Querer", **asked: Any) -> dict[str, str]:
    """A finished generation as the Generate tab hands it over. asked: what was asked beside the prompt."""
    request = GenerationRequest(prompt, seed=uuid4().int % 2**32, **asked)
    document = to_document(archive, Generation(request, EMBEDDED_ID, "abc", None, CARDS, 9, 1.0, "end"))
    return {"document": document, "signature": sign(archive, document)}


def queued(archive: Archive, kind: str, *prompts: str, is_ready: bool = True) -> list[str]:
    """The ids of new queue items, answered by nobody's model."""
    of_kind = select(queue_items.c.id).where(queue_items.c.kind == kind)
    with archive.database.read() as connection:
        before = set(connection.scalars(of_kind))
    add_prompts(archive.database, kind, prompts, CONTESTANTS[kind])
    with archive.database.read() as connection:
        ids = [item_id for item_id in connection.scalars(of_kind) if item_id not in before]
    for item_id in ids if is_ready else ():
        with archive.database.read() as connection:
            item = read_item(connection, item_id)
        answers = [_answer(item.prompt, adapter) for _, adapter in item.contestants]
        attach_answers(archive.database, item_id, answers, None, PARSER_VERSION)
    return ids


def _answer(prompt: str, adapter: str) -> StoredGeneration:
    name = None if adapter == "none" else adapter
    made = Generation(GenerationRequest(prompt), EMBEDDED_ID, "abc", name, CARDS, 9, 1.0, "end")
    return StoredGeneration(new_id(), made, "1a2b3c4d" * 8 if name else None)


def generations_of(item: Reply) -> list[str]:
    return [generation["id"] for generation in item["generations"]]
