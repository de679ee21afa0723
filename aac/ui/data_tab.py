"""The Data tab: versions, imports, the queue, and a look at everything people said."""

from __future__ import annotations

from typing import Any

import gradio as gr

from aac.ui import data_texts as words
from aac.ui.data_views import charts_html, overview_html, sync_html, versions_html
from aac.ui.localised import Localised
from aac.ui.panels import BrowsePanel, ImportPanel, QueuePanel, VersionsPanel
from aac.ui.quiet import said
from aac.workflow.archive import Archive
from aac.workflow.browsing import charts, overview
from aac.workflow.collecting import why_not_durable
from aac.workflow.syncing import AnnotationSync
from aac.workflow.versions import list_versions


class DataTab:
    """The tab's panels; what one changes, the lists and charts show."""

    def __init__(self, archive: Archive, page: Localised, sync: AnnotationSync | None) -> None:
        self._archive = archive
        self._sync = sync
        self.message = gr.HTML(elem_id="data-message", apply_default_css=False)
        self.overview = gr.HTML(elem_id="overview", apply_default_css=False)
        self.sync = gr.HTML(elem_id="sync", apply_default_css=False)
        self.versions = gr.HTML(elem_id="versions", apply_default_css=False)
        self.refresh = page.add(gr.Button(size="sm", elem_id="refresh-data"), value=words.REFRESH)
        versions = _panel(page, words.FREEZE, VersionsPanel, archive)
        imports = _panel(page, words.IMPORT, ImportPanel, archive)
        queue = _panel(page, words.QUEUE, QueuePanel, archive)
        rows = _panel(page, words.ROWS, BrowsePanel, archive)
        panels = [versions, imports, queue, rows]
        self.forget_files = versions.forget_files
        self._overlap = queue.overlap
        self.charts = gr.HTML(elem_id="charts", apply_default_css=False)
        self._changed = [event for panel in panels for event in panel.changes]
        self._choices = [component for panel in panels for component in panel.version_choices]

    def wire(self, opened: Any) -> None:
        """Show what is there when the tab is `opened`, on request, and after each change: lists first, then charts."""
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        lists = [self.message, self.overview, self.sync, self.versions, self._overlap, *self._choices]
        for event in (opened, self.refresh.click, *self._changed):
            shown = event(self._show_lists, None, lists, api_name="data_lists", **quiet)
            shown.success(self._show_charts, None, [self.message, self.charts], api_name="data_charts", **quiet)

    def _show_lists(self) -> tuple[Any, ...]:
        return said(lambda: ("", *self._lists()), (gr.skip(),) * (4 + len(self._choices)))

    def _lists(self) -> tuple[Any, ...]:
        versions = list_versions(self._archive)
        ids = [version.id for version in versions if version.state != "withdrawn"]
        choice = gr.update(choices=ids) if ids else gr.update(choices=[], value=None)
        found = overview(self._archive)
        lists = overview_html(found), self._sync_html(), versions_html(versions)
        return *lists, found.overlap, *([choice] * len(self._choices))

    def _sync_html(self) -> str:
        state = self._sync.state() if self._sync else None
        return sync_html(state, why_not_durable(self._archive.settings, self._sync))

    def _show_charts(self) -> tuple[Any, ...]:
        return said(lambda: (gr.skip(), charts_html(charts(self._archive))), (gr.skip(),))


def _panel(page: Localised, title: words.Text, panel: Any, archive: Archive) -> Any:
    with page.add(gr.Accordion(open=False), label=title):
        return panel(archive, page)
