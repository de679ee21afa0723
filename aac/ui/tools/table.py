"""The tools, and how they become events of the page, so that each call passes where every event does."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
from starlette.concurrency import run_in_threadpool

from aac.cards import WRITTEN_MAX_CHARS
from aac.errors import AacError
from aac.prompts import ASKED_MAX_CHARS, CARDS_MAX, PROMPT_MAX_CHARS, SEED_MAX, TEMPERATURE_MAX
from aac.records import LEVELS
from aac.ui.guarded import GuardedBlocks, refused
from aac.ui.payloads import CARDS_MAX as CHECKED_MAX
from aac.ui.quality_tab import REPORT_FOLDER
from aac.ui.texts import Text
from aac.ui.tools import reading, words
from aac.ui.tools.fields import Field, Values, cards, number, one_of, read, switch, text, texts, whole
from aac.ui.tools.making import CardMaker
from aac.workflow.archive import Archive

Reply = dict[str, Any]
Run = Callable[[Values, gr.Request], Reply | Awaitable[Reply]]

MAKE_FIELDS = (
    Field("prompt", text(PROMPT_MAX_CHARS), words.PROMPT),
    Field("cards_wanted", whole(1, CARDS_MAX), words.CARDS_WANTED, 5),
    Field("context", text(ASKED_MAX_CHARS), words.CONTEXT, ""),
    Field("follows", text(ASKED_MAX_CHARS), words.FOLLOWS, ""),
    Field("level", one_of(LEVELS), words.LEVEL, ""),
    Field("given", texts(CARDS_MAX, WRITTEN_MAX_CHARS), words.GIVEN, ()),
    Field("well_formed", switch(), words.WELL_FORMED, True),
    Field("temperature", number(0, TEMPERATURE_MAX), words.TEMPERATURE, 0),
    Field("seed", whole(0, SEED_MAX), words.SEED, 0),
    Field("without_lora", switch(), words.WITHOUT_LORA, False),
)
CHECK_FIELDS = (Field("cards", cards(CHECKED_MAX), words.CARDS),)


@dataclass(frozen=True, slots=True)
class Tool:
    """name: its row in `aac.access.TOOLS`. told: what a program reads of it. run: one that blocks runs in a thread."""

    name: str
    title: Text
    told: Text
    fields: Sequence[Field]
    run: Run


def tools_of(maker: CardMaker, archive: Archive) -> tuple[Tool, ...]:
    """All that there are. Who may use which stands in `aac.access`."""
    filters = archive.settings.filters
    return (
        Tool(
            "make_communication_cards",
            Text("Fazer cartões", "Make cards"),
            words.MAKE,
            MAKE_FIELDS,
            lambda values, request: maker.make(values, request),
        ),
        Tool(
            "check_communication_cards",
            Text("Conferir cartões", "Check cards"),
            words.CHECK,
            CHECK_FIELDS,
            lambda values, _: reading.check(values, filters=filters),
        ),
        Tool(
            "read_quality_report",
            Text("Ler as medidas", "Read the measurements"),
            words.QUALITY,
            (),
            lambda *_: reading.quality(REPORT_FOLDER),
        ),
        Tool(
            "list_dataset_versions",
            Text("Listar versões", "List dataset versions"),
            words.VERSIONS,
            (),
            lambda *_: reading.versions(archive),
        ),
        Tool(
            "list_training_runs",
            Text("Listar treinos", "List training runs"),
            words.RUNS,
            (),
            lambda *_: reading.runs(archive),
        ),
    )


def register_tools(page: GuardedBlocks, tools: Sequence[Tool]) -> None:
    """Put them on the page under construction; by no other door than the MCP server's are they called."""
    for tool in tools:
        page.tools[tool.name] = tool
        gr.api(_event(tool), api_name=tool.name, queue=False, api_visibility="private")


def _event(tool: Tool) -> Callable[[dict, gr.Request], Awaitable[dict]]:
    async def event(arguments: dict, request: gr.Request) -> dict:
        try:
            values = read(tool.fields, arguments)
            return await _ran(tool.run, values, request)
        except AacError as error:
            raise refused(request, 400, Text(error.pt, error.en)) from error

    return event


async def _ran(run: Run, values: Values, request: gr.Request) -> Reply:
    found = await run_in_threadpool(run, values, request)
    return await found if inspect.isawaitable(found) else found
