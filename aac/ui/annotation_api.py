"""The endpoints that the page's JavaScript calls: each reads its payload, calls one use case, and answers JSON.

Which role may call what stands in `aac.access`. Whether a person has to be known stands in `ENDPOINTS`: a "visitor"
need not be; an "annotator" brings the secret of their browser and, before anything of theirs is stored, has agreed to
the consent text. Nobody reaches another person's rows: the pseudonym is made on the server, from the login, else from
the secret. A page also says whose it was when it was loaded (`person`): what waited in a browser in which somebody else
has logged in since is refused, and stays there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import gradio as gr

from aac.access import Asker, Role
from aac.corrections import change_json
from aac.errors import AacError, StoreError, WrongCall
from aac.privacy import privacy_warnings
from aac.records import CHOICES, VERDICTS, Correction, Rating, Vote
from aac.store.people import ConsentNeeded
from aac.ui import payloads, texts
from aac.ui.asked import asked_json
from aac.ui.consent import CONSENT, CONSENT_VERSION
from aac.ui.guarded import asker_of
from aac.ui.payloads import AnotherPerson, Payload
from aac.ui.results import results_html
from aac.words.emoji_names import emoji_index
from aac.workflow import annotating
from aac.workflow.annotating import Desk, Sheet, Work
from aac.workflow.collecting import NotDurable, Restoring

Reply = dict[str, Any]
_log = logging.getLogger(__name__)
_HISTORY_MAX = 100
# Failures that pass: what was sent is kept in the browser, and sent again.
_KINDS = {
    StoreError: "store",
    ConsentNeeded: "consent",
    Restoring: "restoring",
    NotDurable: "not_durable",
    AnotherPerson: "person",
}


def register(desk: Desk) -> None:
    """Put every endpoint on the page under construction, called at `/gradio_api/run/NAME`."""
    for name, (role, handler) in ENDPOINTS.items():
        gr.api(_endpoint(desk, name, role, handler), api_name=name, queue=False)


def _endpoint(desk: Desk, name: str, role: str, handler: Callable[..., Reply]) -> Callable[[dict, gr.Request], dict]:
    def endpoint(payload: dict, request: gr.Request) -> dict:
        try:
            fields = Payload(payload)
            if role == "visitor":
                return {"ok": True, **handler(desk, fields)}
            annotating.check_open(desk, writes=name in WRITES)
            asker = asker_of(request) or Asker(Role.VISITOR, "")
            fields.check_person(asker.tag)
            annotator_id = desk.archive.annotator_id(fields.token(), asker.login)
            reply = {"ok": True, **handler(desk, fields, annotator_id)}
            if name == "annotator":
                reply["by_login"] = bool(asker.login)
            return {**reply, **_place(desk, fields, name, reply)} if desk.sync and name in WRITES else reply
        except _Refused as refused:
            return {**_failure("wrong", refused.error), "faults": refused.faults}
        except AacError as error:
            return _failure(_kind(error), error)
        except Exception:
            _log.exception("annotation endpoint failed")
            return _failure("unexpected", AacError(texts.UNEXPECTED.pt, texts.UNEXPECTED.en))

    return endpoint


def _place(desk: Desk, fields: Payload, name: str, reply: Reply) -> Reply:
    """Where what was stored stands among what goes to the Hub."""
    row_id = reply["item"]["generations"][0]["id"] if name == "open_generation" else fields.own_id()
    lineage, _ = annotating.place_on_hub(desk)
    return {"seq": annotating.change_number(desk, WRITES[name], row_id), "lineage": lineage}


class _Refused(Exception):
    def __init__(self, error: AacError, faults: list[list[str]]) -> None:
        self.error, self.faults = error, faults


def _kind(error: AacError) -> str:
    return next((kind for known, kind in _KINDS.items() if isinstance(error, known)), "wrong")


def _failure(kind: str, error: AacError) -> Reply:
    return {"ok": False, "error": {"kind": kind, "pt": error.pt, "en": error.en}, "retry": kind in _KINDS.values()}


def _annotator(desk: Desk, fields: Payload, annotator_id: str) -> Reply:
    standing = annotating.standing(desk, annotator_id)
    lineage, on_hub = annotating.place_on_hub(desk)
    return {
        "consented": standing.consent_version == CONSENT_VERSION,
        "consent_version": CONSENT_VERSION,
        "consent": {"pt": CONSENT.pt, "en": CONSENT.en},
        "counts": standing.counts,
        "left": standing.left,
        "overlap": standing.overlap,
        "lineage": lineage,
        "on_hub": on_hub,
    }


def _consent(desk: Desk, fields: Payload, annotator_id: str) -> Reply:
    version = fields.one_of("version", (CONSENT_VERSION,))
    annotating.agree(desk, annotator_id, fields.own_id(), version, fields.one_of("language", ("pt", "en")))
    return _annotator(desk, fields, annotator_id)


def _open_generation(desk: Desk, fields: Payload, annotator_id: str) -> Reply:
    document = fields.text("document", payloads.DOCUMENT_MAX_CHARS)
    return {"item": work_json(annotating.open_generation(desk, annotator_id, document, fields.text("signature")))}


def _next_item(desk: Desk, fields: Payload, annotator_id: str) -> Reply:
    kind = fields.one_of("kind", ("rate", "review", "compare"))
    work = annotating.next_work(desk, annotator_id, kind)
    return {"item": work_json(work) if work else None, "left": annotating.left(desk, annotator_id, kind)}


def _item(desk: Desk, fields: Payload, annotator_id: str) -> Reply:
    return {"item": work_json(annotating.reopen(desk, annotator_id, fields.identifier("item_id")))}


def _generation(desk: Desk, fields: Payload, annotator_id: str) -> Reply:
    return {"item": work_json(annotating.reopen_generation(desk, annotator_id, fields.identifier("generation_id")))}


def _rate(desk: Desk, fields: Payload, annotator_id: str) -> Reply:
    rating = Rating(
        id=fields.own_id(),
        annotator_id=annotator_id,
        generation_id=fields.identifier("generation_id"),
        card_index=fields.optional_integer("card_index", 0, 10_000),
        verdict=fields.one_of("verdict", (*VERDICTS, None)),
        reasons=fields.texts("reasons"),
        usefulness=fields.optional_integer("usefulness", 1, 5),
        item_id=fields.optional_identifier("item_id"),
    )
    return {"is_new": annotating.rate(desk, rating)}


def _correction(fields: Payload, annotator_id: str) -> Correction:
    return Correction(
        id=fields.own_id(),
        annotator_id=annotator_id,
        generation_id=fields.identifier("generation_id"),
        cards=fields.cards(),
        item_id=fields.optional_identifier("item_id"),
    )


def _correct(desk: Desk, fields: Payload, annotator_id: str) -> Reply:
    is_new, found = annotating.correct(desk, _correction(fields, annotator_id))
    if found and not found.is_valid:
        refusal = WrongCall(texts.CARDS_NOT_VALID.pt, texts.CARDS_NOT_VALID.en)
        raise _Refused(refusal, [list(faults) for faults in found.faults])
    return {"is_new": is_new, "diff": [change_json(change) for change in found.changes] if found else []}


def _check(desk: Desk, fields: Payload, annotator_id: str) -> Reply:
    found = annotating.check(desk, annotator_id, fields.identifier("generation_id"), fields.cards() or ())
    return {
        "faults": [list(faults) for faults in found.faults],
        "diff": [change_json(change) for change in found.changes],
        "warnings": [asdict(warning) for warning in found.warnings],
    }


def _vote(desk: Desk, fields: Payload, annotator_id: str) -> Reply:
    left, right = fields.identifier("left"), fields.identifier("right")
    choice = fields.one_of("choice", (*CHOICES, None))
    ballot = Vote(fields.own_id(), annotator_id, fields.identifier("item_id"), left, right, choice)
    is_new = annotating.vote(desk, ballot)
    names = annotating.contestants(desk, (left, right))
    return {"is_new": is_new, "revealed": {"left": names[0], "right": names[1]} if choice else None}


def _finish(desk: Desk, fields: Payload, annotator_id: str) -> Reply:
    outcome = fields.one_of("outcome", ("done", "skipped"))
    annotating.finish(desk, annotator_id, fields.own_id(), fields.identifier("item_id"), outcome)
    return {}


def _history(desk: Desk, fields: Payload, annotator_id: str) -> Reply:
    offset, limit = fields.integer("offset", 0, 1_000_000), fields.integer("limit", 1, _HISTORY_MAX)
    total, entries = annotating.look_back(desk, annotator_id, offset, limit)
    return {"total": total, "entries": entries}


def _my_data(desk: Desk, fields: Payload, annotator_id: str) -> Reply:
    return {"data": annotating.own_data(desk, annotator_id)}


def _erase(desk: Desk, fields: Payload, annotator_id: str) -> Reply:
    fields.one_of("confirm", (True,))
    erased = annotating.erase(desk, annotator_id, fields.own_id())
    reply = {"erased": erased.rows, "withdrawn": list(erased.withdrawn), "published": list(erased.published)}
    return {**reply, "places": annotating.places(desk, erased.published)}


def _results(desk: Desk, fields: Payload) -> Reply:
    return {"html": results_html(annotating.all_results(desk))}


def _emoji(desk: Desk, fields: Payload) -> Reply:
    return {"emoji": emoji_index()}


def _prompt_warnings(desk: Desk, fields: Payload) -> Reply:
    return {"warnings": [asdict(warning) for warning in privacy_warnings(fields.text("text"))]}


# Name, whose it is, and what it does.
ENDPOINTS: dict[str, tuple[str, Callable[..., Reply]]] = {
    "annotator": ("annotator", _annotator),
    "consent": ("annotator", _consent),
    "open_generation": ("annotator", _open_generation),
    "next_item": ("annotator", _next_item),
    "item": ("annotator", _item),
    "generation": ("annotator", _generation),
    "rate": ("annotator", _rate),
    "correct": ("annotator", _correct),
    "check": ("annotator", _check),
    "vote": ("annotator", _vote),
    "finish": ("annotator", _finish),
    "history": ("annotator", _history),
    "my_data": ("annotator", _my_data),
    "erase": ("annotator", _erase),
    "results": ("visitor", _results),
    "emoji": ("visitor", _emoji),
    "prompt_warnings": ("visitor", _prompt_warnings),
}


# Those that store something of a person's, and the table of what they store.
WRITES: dict[str, str] = {
    "consent": "consents",
    "open_generation": "generations",
    "rate": "ratings",
    "correct": "corrections",
    "vote": "votes",
    "finish": "queue_progress",
}


def work_json(work: Work) -> Reply:
    """One thing to judge, as the page's JavaScript takes it."""
    return {
        "item_id": work.item_id,
        "kind": work.kind,
        "prompt": work.prompt,
        "asked": asked_json(work.sheets[0].stored.generation.request) if work.sheets else [],
        "is_ready": work.is_ready,
        "error": {"pt": work.error.pt, "en": work.error.en} if work.error else None,
        "generations": [_sheet_json(sheet, work.is_blind) for sheet in work.sheets],
    }


def _sheet_json(sheet: Sheet, is_blind: bool) -> Reply:
    own = sheet.own
    return {
        "id": sheet.stored.id,
        "label": None if is_blind else sheet.stored.contestant,
        "raw_text": sheet.stored.generation.raw_text,
        "cards": [asdict(card) for card in sheet.parsed.cards],
        "problems": [asdict(problem) for problem in sheet.parsed.problems],
        "ratings": {str(i): {"verdict": v, "reasons": list(reasons)} for i, (v, reasons) in own.verdicts.items()},
        "usefulness": own.usefulness,
        "correction": [{**asdict(c.card), "origin": c.origin} for c in own.correction] if own.correction else None,
    }
