"""The whole page, built from a settings object, and its server."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
from gradio import http_server
from gradio.utils import get_upload_folder
from starlette.middleware import Middleware

from aac.access_settings import AccessSettings
from aac.errors import AacError, MissingError
from aac.mcp_package import need_mcp
from aac.models.registry import EMBEDDED_ID
from aac.settings import Settings
from aac.ui import export_files, texts
from aac.ui.annotation_api import register
from aac.ui.bodies import UPLOAD_MAX_BYTES
from aac.ui.compare_tab import build_compare_tab
from aac.ui.compression import Compressed
from aac.ui.data_tab import DataTab
from aac.ui.document import Document
from aac.ui.gate import Gate
from aac.ui.generate_tab import GenerateTab
from aac.ui.guarded import GuardedBlocks, without_row
from aac.ui.health import Health
from aac.ui.kept_config import keep_config
from aac.ui.limits import Addresses
from aac.ui.localised import Localised
from aac.ui.logins.alone import Alone
from aac.ui.logins.choosing import choose_login
from aac.ui.logins.kind import Login
from aac.ui.meters import Meters
from aac.ui.metrics import Metrics
from aac.ui.pace import Pace
from aac.ui.protection import Protection
from aac.ui.quality_tab import build_quality_tab
from aac.ui.rate_tab import build_rate_tab
from aac.ui.scripts import head
from aac.ui.tools.asked_for import NOT_STARTED, start_tools
from aac.ui.tools.making import CardMaker
from aac.ui.tools.table import register_tools, tools_of
from aac.ui.train_tab import TrainTab
from aac.ui.who import WhoLine
from aac.words.understanding import get_ready
from aac.workflow.annotating import Desk
from aac.workflow.archive import Archive
from aac.workflow.collecting import what_is_missing
from aac.workflow.generating import Speakers, speakers_for_server
from aac.workflow.syncing import AnnotationSync, sync_of, syncing
from aac.workflow.withdrawing import remove_withdrawn
from aac.workflow.worker import ensure_worker, has_open_runs

_log = logging.getLogger(__name__)
# How often to look, and after how long an uploaded or exported file goes: it may hold what a person erases.
_FILES_KEPT_S = (600, 3600)
_WORKER_LOOK_S = 5
# Each browser tab has one; what a tab that is past this number had in its fields is read from its page again.
_SESSIONS_KEPT = 1_000


def build_page(
    speakers: Speakers, archive: Archive, sync: AnnotationSync | None = None, meters: Meters | None = None
) -> gr.Blocks:
    """The page. Building it loads no model and opens no database.

    sync: what sends annotations to the Hub, if any. meters: what counts; nobody reads its own.
    """
    localised, meters = Localised(), meters or Meters()
    desk = Desk(archive, speakers, sync=sync)
    with GuardedBlocks(title="Prancha", analytics_enabled=False, delete_cache=_FILES_KEPT_S) as page:
        with gr.Row(elem_id="head"):
            gr.HTML(f"<h1>{texts.TITLE.both()}</h1><p>{texts.TAGLINE.both()}</p>", elem_id="title")
            language = gr.Radio(
                [("Português", "pt"), ("English", "en")],
                value="pt",
                label=texts.LANGUAGE.pt,
                elem_id="language",
                min_width=300,
                scale=0,
            )
            who = WhoLine()
        with gr.Tabs(elem_id="tabs", overflow_behavior="wrap") as tabs:
            with localised.add(gr.Tab(id="generate"), label=texts.TAB_GENERATE):
                tab = GenerateTab(speakers, archive, localised, language, meters)
            with localised.add(gr.Tab(id="rate"), label=texts.TAB_RATE):
                build_rate_tab()
            with localised.add(gr.Tab(id="compare"), label=texts.TAB_COMPARE):
                build_compare_tab()
            with localised.add(gr.Tab(id="data"), label=texts.TAB_DATA) as data_tab:
                data = DataTab(archive, localised, sync)
            with localised.add(gr.Tab(id="train"), label=texts.TAB_TRAIN) as train_tab:
                train = TrainTab(archive, speakers, localised, language)
            with localised.add(gr.Tab(id="quality"), label=texts.TAB_QUALITY):
                build_quality_tab()
        data.wire(data_tab.select)
        train.wire(train_tab.select, tabs)
        register(desk)
        if archive.settings.mcp:
            maker = CardMaker(speakers, archive, tab.taking)
            register_tools(page, tools_of(maker, archive))
        desk.after_erasure.append(data.forget_files)
        if sync:  # what was erased must not come back from the Hub, should this disk be lost in the next minute
            desk.after_erasure.append(sync.send)
        gr.HTML(f"<p>{texts.FOOTER.both()}</p>", elem_id="foot")
        outputs = [language, *localised.components]

        def localise(chosen: str) -> list[Any]:
            return [chosen, *localised.updates(chosen)]

        quiet = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
        who.for_maintainers = tab.for_maintainers
        page.unload(tab.forget)
        page.when_refused["make_cards"] = tab.refuse
        page.load(who.look, None, who.shown, api_name="who", **quiet)
        adapters = (tab.writer.on_language, [language, tab.writer.model], tab.writer.adapter)
        page.load(localise, language, outputs, api_name="localise", js="window.prancha.language", **quiet).success(
            *adapters, api_name="adapters", **quiet
        ).then(None, js="window.prancha.begin", **quiet)
        chosen = language.input(
            localise, language, outputs, api_name="localise", js="window.prancha.setLanguage", **quiet
        )
        chosen.success(*adapters, api_name="adapters", **quiet)
        compared = train.answers.chosen
        chosen.success(train.answers.choices, [*compared, language], compared, api_name="answer_choices", **quiet)
    if missing := without_row(page):
        raise AssertionError(f"Events that aac.access says nothing of: {', '.join(missing)}")
    keep_config(page)
    return page


def theme() -> gr.themes.Base:
    """Gradio's own, with colours that pass WCAG AA on both grounds, and system fonts (nothing is fetched)."""
    fonts = ["system-ui", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"]
    return gr.themes.Default(primary_hue="teal", neutral_hue="slate", font=fonts, font_mono=["monospace"]).set(
        body_text_color_subdued="*neutral_700",
        body_text_color_subdued_dark="*neutral_300",
        block_info_text_color="*neutral_700",
        block_info_text_color_dark="*neutral_300",
        block_title_text_color="*neutral_900",
        block_title_text_color_dark="*neutral_100",
        block_label_text_color="*neutral_900",
        input_placeholder_color="*neutral_600",
        input_placeholder_color_dark="*neutral_400",
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_text_color="white",
        button_cancel_background_fill="#b91c1c",
        button_cancel_background_fill_hover="#991b1b",
        button_cancel_background_fill_dark="#b91c1c",
        button_cancel_text_color="white",
        button_cancel_text_color_dark="white",
    )


def serve(
    settings: Settings,
    *,
    host: str | None = None,
    port: int | None = None,
    open_browser: bool = False,
    without_login: bool = False,
) -> None:
    """Build the page, warm the embedded model up beside it, and serve until interrupted.

    host, port: by default the settings'.
    without_login: serve others though nobody can log in. Raises `WrongCall` where that was not asked for.
    """
    archive = Archive(settings)
    host = host or settings.host
    login = choose_login(archive, host, without_login)
    speakers = speakers_for_server(settings, keeps_default=not isinstance(login, Alone))
    if settings.mcp:
        need_mcp()
    sync = sync_of(archive)
    if missing := what_is_missing(settings):  # also in the Data tab, which nobody sees where nobody can log in
        _log.warning("%s", missing)
    meters, health = Meters(), Health(archive, speakers)
    metrics = Metrics(meters, health, archive, sync, settings.access.metrics_token)
    page = build_page(speakers, archive, sync, meters)
    threading.Thread(target=_keep_house, args=(speakers, archive), daemon=True).start()
    page.queue(default_concurrency_limit=4)
    _, url, _ = page.launch(
        server_name=host,
        server_port=port or settings.server_port,
        inbrowser=open_browser,
        prevent_thread_lock=True,
        quiet=True,
        **launch_options(login, settings.access, health, metrics, tools=settings.mcp),
    )
    if page.mcp_error:  # Gradio goes on without it
        raise MissingError(*NOT_STARTED)
    print(f"Prancha: {url} (Ctrl+C)", flush=True)
    with syncing(sync):
        page.block_thread()


def launch_options(
    login: Login | None = None,
    access: AccessSettings | None = None,
    health: Health | None = None,
    metrics: Metrics | None = None,
    *,
    tools: bool = False,
) -> dict[str, Any]:
    """How every server of ours is launched, a test's too. login: who asks; by default the one person who is here.
    tools: whether programs may use the page's tools; raises `MissingError` where the package for it is not there.

    What Gradio would otherwise read from the environment, turn on by itself (some of it only on a Space), or show of
    one person to another is said here: no history of runs, no monitoring page, no MCP server with events for tools,
    no installable app.
    """
    _open_no_second_server()
    if tools:
        start_tools()
    login, access = login or Alone(), access or AccessSettings()
    pace = None if isinstance(login, Alone) else Pace(Addresses(access.proxies))
    gate = Middleware(Gate, login=login, protection=Protection(access), pace=pace, health=health, metrics=metrics)
    carried = head()
    return {
        "app_kwargs": {"middleware": [gate, Middleware(Compressed), Middleware(Document, head=carried)]},
        "theme": theme(),
        "head": carried,
        "footer_links": [],
        "ssr_mode": False,
        "share": False,
        "show_error": False,
        "run_history": False,
        "enable_monitoring": False,
        "mcp_server": tools,
        "pwa": False,
        "root_path": "",
        "max_file_size": UPLOAD_MAX_BYTES,
        "state_session_capacity": _SESSIONS_KEPT,
        "_frontend": False,  # the page is there all the same: no start fails because a busy computer takes 3 s for it
    }


def _open_no_second_server() -> None:
    """On a Space Gradio opens another server beside the page, with no gate in front: its developers' mode, in which who
    reaches port 7887 writes files and runs code. It does so where it finds itself on a Space: here it does not.
    """
    http_server.get_space = lambda: None


def _keep_house(speakers: Speakers, archive: Archive) -> None:
    """Warm the model and the dictionary up, and now and then remove files of what was erased, by another server of this
    database too.
    """
    threading.Thread(target=_keep_training, args=(archive,), daemon=True).start()
    _tried(lambda: speakers.get(EMBEDDED_ID))
    _tried(get_ready)
    while True:
        _tried(lambda: remove_withdrawn(archive))
        export_files.clear(Path(get_upload_folder()), older_than_s=_FILES_KEPT_S[1])
        time.sleep(_FILES_KEPT_S[0])


def _keep_training(archive: Archive) -> None:
    """See to it that somebody works on what waits, also where the worker was killed."""
    while True:
        _tried(lambda: has_open_runs(archive) and ensure_worker(archive.settings))
        time.sleep(_WORKER_LOOK_S)


def _tried(step: Callable[[], object]) -> None:
    try:
        step()
    except AacError as error:  # the page says it again where it matters
        _log.warning("%s", error)
