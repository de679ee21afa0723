"""Steps on the Rate tab that several tests take, and what is in the database after them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Locator, Page, Route, expect
from sqlalchemy import Row, Table, select

from aac.models.registry import EMBEDDED_ID
from aac.parsing import PARSER_VERSION
from aac.records import Generation, GenerationRequest
from aac.store.queue import add_shipped
from aac.store.schema import annotators, consents, corrections, generations, prompts, queue_progress, ratings, votes
from aac.workflow.archive import Archive, sign, to_document
from aac.workflow.shipped import shipped_generation, shipped_sets

PERSONAL = (annotators, consents, prompts, generations, queue_progress, ratings, corrections, votes)
MODEL_TEXT = (
    'Quero água,"Por favor, quero água.",💧\nQuero comer,Eu quero comer agora.,🍽️\nQuero dormir,Eu quero dormir.,😴\n'
)


def open_tab(page: Page) -> Page:
    page.locator('button[role=tab][data-tab-id="rate"]').click()
    page.locator(".pr-queue").wait_for()
    return page


def agree(page: Page) -> None:
    page.get_by_role("button", name="Concordo").or_(page.get_by_role("button", name="I agree")).click()


def show(page: Page, archive: Archive, text: str = MODEL_TEXT, prompt: str = "Querer", **asked: Any) -> Page:
    """An answer that no model had to write, on the Rate tab as the Generate tab hands it over, consent given.

    asked: what was asked beside the prompt.
    """
    request = GenerationRequest(prompt, **asked)
    document = to_document(archive, Generation(request, EMBEDDED_ID, "abc", None, text, 9, 1.0, "end"))
    page.evaluate("(signed) => window.prancha.annotate.openRate(...signed)", [document, sign(archive, document)])
    agree(page)
    page.locator(".pr-usefulness").wait_for()
    return page


def start(page: Page, queue: str = "Cartões que vêm com o app") -> Page:
    """The first set of a queue, consent given."""
    open_tab(page).get_by_label(queue).check()
    page.get_by_role("button", name="Começar").click()
    agree(page)
    return page


def reload(page: Page) -> Page:
    page.reload()
    page.wait_for_function("() => window.prancha?.isReady")
    return open_tab(page)


def queue_for_review(archive: Archive, count: int) -> list[str]:
    """Some of the shipped sets in the queue; their prompts in its order."""
    some = shipped_sets()["train"][:count]
    add_shipped(archive.database, [shipped_generation(card_set) for card_set in some], PARSER_VERSION)
    return [card_set.prompt for card_set in some]


def shown_prompt(page: Page) -> Locator:
    return page.locator("#pr-rate .pr-prompt [lang=pt-BR]").last


def card(page: Page, place: int = 0) -> Locator:
    return page.locator(".pr-rate-card").nth(place)


def judge(page: Page, verdict: str, place: int = 0) -> None:
    card(page, place).get_by_role("radio", name=verdict).check()


def is_saved(page: Page) -> None:
    expect(page.locator(".pr-saved")).to_have_text("Salvo", use_inner_text=True)


def edit(page: Page) -> Page:
    page.get_by_role("button", name="Corrigir o conjunto").click()
    page.locator(".pr-editor").wait_for()
    return page


def field(page: Page, place: int = 0, name: str = "O cartão mostra") -> Locator:
    return page.locator(".pr-edit-card").nth(place).get_by_label(name)


def written(page: Page) -> list[str]:
    """What the editor's cards show, in order."""
    return [node.input_value() for node in page.locator(".pr-edit-card").get_by_label("O cartão mostra").all()]


def save(page: Page) -> None:
    """From the editor through the list of changes to the server."""
    page.get_by_role("button", name="Salvar…").click()
    page.get_by_role("dialog").get_by_role("button", name="Salvar").click()


def is_stored(page: Page) -> None:
    expect(page.locator(".pr-stage")).to_contain_text("Correção salva. Obrigado!")


def nothing_is_wider_than(page: Page, width: int) -> None:
    """Neither the page nor anything on the Rate tab, but for what only screen readers get."""
    every = page.locator("#rate-tab :not(.pr-hidden, .pr-hidden *)")
    right = every.evaluate_all("(all) => Math.max(...all.map((e) => e.getBoundingClientRect().right))")
    assert right <= width + 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def hold(page: Page, name: str) -> list[Route]:
    """The calls of an endpoint from now on, as they come in; none goes to the server by itself."""
    held: list[Route] = []
    page.route(f"**/run/{name}", lambda route: held.append(route))
    return held


def let_go(page: Page, held: list[Route]) -> None:
    """Send the first held call on; the page may have made it a moment before it reached the list."""
    for _ in range(200):
        if held:
            break
        page.wait_for_timeout(25)
    held[0].continue_()


def rows(archive: Archive, table: Table) -> Sequence[Row[Any]]:
    """All rows of a table, in the order they were stored."""
    with archive.database.read() as connection:
        return connection.execute(select(table).order_by(*table.primary_key)).all()


def personal_rows(archive: Archive) -> dict[str, int]:
    """How many rows each table has that holds what people did, where it has any."""
    counts = {str(table.name): len(rows(archive, table)) for table in PERSONAL}
    return {name: count for name, count in counts.items() if count}


def corrected(archive: Archive) -> list[list[dict[str, Any]] | None]:
    """The cards of every correction, in the order they were stored."""
    return [row.cards and json.loads(row.cards) for row in rows(archive, corrections)]


def kept_here(page: Page) -> list[str]:
    """What waits in the browser for the server."""
    return list(page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('prancha-outbox'))"))
