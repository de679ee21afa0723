"""The Data tab's panels: each shows a form, calls one use case, and says what came of it."""

from __future__ import annotations

import shutil
from itertools import islice
from pathlib import Path
from typing import Any

import gradio as gr

from aac.errors import WrongCall
from aac.store.browse import Filter
from aac.store.queue import OVERLAP_MAX
from aac.ui import data_texts as words
from aac.ui import export_files, texts
from aac.ui.data_views import (
    bad_prompts_html,
    difference_html,
    frozen_html,
    import_html,
    rows_html,
    version_html,
)
from aac.ui.localised import Localised
from aac.ui.quiet import QUICK, said
from aac.ui.tables import facts
from aac.workflow import browsing, versions
from aac.workflow.archive import Archive

_SETS_SHOWN = 50


def _html(name: str) -> gr.HTML:
    return gr.HTML(elem_id=name, apply_default_css=False)


class VersionsPanel:
    """Freeze, export, compare."""

    def __init__(self, archive: Archive, page: Localised) -> None:
        self._archive = archive
        with gr.Row():
            self.name = page.add(gr.Textbox(elem_id="freeze-name", max_lines=1), label=words.NAME, info=words.NAME_INFO)
            self.only = page.add_choices(gr.Radio(value="", elem_id="freeze-only"), words.ONLY_CHOICES, words.ONLY)
            self.shipped = page.add(gr.Checkbox(elem_id="freeze-shipped"), label=words.WITH_SHIPPED)
        with gr.Row():
            self.first_day = page.add(gr.Textbox(elem_id="freeze-from", max_lines=1), label=words.FROM_DAY)
            self.last_day = page.add(gr.Textbox(elem_id="freeze-to", max_lines=1), label=words.TO_DAY)
            self.without = page.add(
                gr.Textbox(elem_id="freeze-without", max_lines=1),
                label=words.WITHOUT_PEOPLE,
                info=words.WITHOUT_PEOPLE_INFO,
            )
        self.freeze = page.add(gr.Button(variant="primary", elem_id="freeze"), value=words.FREEZE)
        self.frozen = _html("frozen")
        with gr.Row():
            self.version = page.add(gr.Dropdown([], elem_id="export-version"), label=words.VERSION)
            self.format = page.add_choices(gr.Radio(value="csv", elem_id="export-format"), words.FORMATS, words.FORMAT)
        with gr.Row():
            self.export = page.add(gr.Button(elem_id="export"), value=words.MAKE_FILE)
            self.show = page.add(gr.Button(elem_id="show-version"), value=words.SHOW_VERSION)
        self.exported = _html("exported")
        self.file = page.add(gr.File(elem_id="export-file", visible=False), label=words.FILE)
        self.datasheet = gr.Markdown(elem_id="datasheet", visible=False)
        self.sets = _html("version-sets")
        with gr.Row():
            self.where = page.add(
                gr.Textbox(elem_id="published-where", max_lines=1),
                label=words.WHERE_PUBLISHED,
                info=words.WHERE_PUBLISHED_INFO,
            )
            self.publish = page.add(gr.Button(elem_id="mark-published"), value=words.MARK_PUBLISHED)
        with gr.Row():
            self.first = page.add(gr.Dropdown([], elem_id="diff-first"), label=words.FIRST)
            self.second = page.add(gr.Dropdown([], elem_id="diff-second"), label=words.SECOND)
        self.diff = page.add(gr.Button(elem_id="diff"), value=words.SHOW_DIFF)
        self.difference = _html("difference")
        self.version_choices = [self.version, self.first, self.second]
        order = [self.name, self.only, self.shipped, self.first_day, self.last_day, self.without]
        frozen = self.freeze.click(self._freeze, order, [self.frozen, self.version], api_name="freeze", **QUICK)
        published = self.publish.click(
            self._publish, [self.version, self.where], self.exported, api_name="mark_published", **QUICK
        )
        self.changes = [frozen.success, published.success]
        shown = [self.exported, self.datasheet, self.sets]
        self.show.click(self._show, self.version, shown, api_name="show_version", **QUICK)
        wanted = [self.version, self.format]
        self.export.click(self._export, wanted, [self.exported, self.file], api_name="export", **QUICK)
        two = [self.first, self.second]
        self.diff.click(self._diff, two, self.difference, api_name="compare_versions", **QUICK)

    def _freeze(self, name: str, only: str, with_shipped: bool, first: str, last: str, without: str) -> Any:
        people = tuple((without or "").replace(",", " ").split())
        choice = versions.RowChoice(only or None, None, (first or "").strip(), (last or "").strip(), people)
        order = versions.FreezeOrder((name or "").strip(), choice, with_shipped)

        def freeze() -> tuple[Any, ...]:
            made = versions.freeze(self._archive, order)
            ids = [version.id for version in versions.list_versions(self._archive) if version.state != "withdrawn"]
            return frozen_html(made), gr.update(choices=ids, value=made.version.id)

        return said(freeze, (gr.skip(),))

    def _export(self, version_id: str | None, kind: str) -> Any:
        return said(lambda: ("", gr.update(value=str(self._made(version_id, kind)), visible=True)), (gr.skip(),))

    def _show(self, version_id: str | None) -> Any:
        def show() -> tuple[Any, ...]:
            version = versions.find_version(self._archive, _chosen(version_id))
            words = versions.version_datasheet(self._archive, version)
            rows = list(islice(versions.version_rows(self._archive, version), _SETS_SHOWN))
            shown = version_html(rows, version.manifest["counts"]["sets"])
            return "", gr.update(value=words, visible=True), shown

        return said(show, (gr.update(visible=False), ""))

    def _publish(self, version_id: str | None, where: str) -> Any:
        def note() -> tuple[Any, ...]:
            return (facts([(words.NOTED, versions.mark_published(self._archive, _chosen(version_id), where).id)]),)

        return said(note, ())[0]

    def _made(self, version_id: str | None, kind: str) -> Path:
        """The file to download."""
        name = _chosen(version_id)
        folder = export_files.new_folder(Path(self.file.GRADIO_CACHE))
        form = "csv" if kind == "excel" else kind.removesuffix("-folder")
        if kind.endswith("-folder"):
            versions.export(self._archive, versions.ExportOrder(name, form, folder / name))
            packed = Path(shutil.make_archive(str(folder / name), "zip", folder / name))
            shutil.rmtree(folder / name)
            return packed
        out = folder / f"{name}.{form}"
        return versions.export(self._archive, versions.ExportOrder(name, form, out, kind == "excel"))

    def forget_files(self) -> None:
        """Remove what was made for download: somebody erased what it may hold."""
        export_files.clear(Path(self.file.GRADIO_CACHE))

    def _diff(self, first: str | None, second: str | None) -> Any:
        return said(lambda: (difference_html(versions.diff(self._archive, _chosen(first), _chosen(second))),), ())[0]


def _chosen(version_id: str | None) -> str:
    if not version_id:
        raise WrongCall("Escolha uma versão. Se não há nenhuma, congele uma.", "Choose a version, or freeze one first.")
    return version_id


class ImportPanel:
    """A file of cards: looked at first, stored when the person says so."""

    def __init__(self, archive: Archive, page: Localised) -> None:
        self._archive = archive
        self.file = page.add(
            gr.File(file_types=[".csv", ".jsonl"], elem_id="import-file", type="filepath"), label=words.IMPORT_FILE
        )
        self.source = page.add(
            gr.Textbox(elem_id="import-source", max_lines=1), label=words.SOURCE, info=words.SOURCE_INFO
        )
        self.report = _html("import-report")
        self.store = page.add(
            gr.Button(variant="primary", elem_id="import-good", interactive=False), value=words.IMPORT_GOOD
        )
        self.stored = _html("import-stored")
        self.version_choices: list[Any] = []
        given = [self.file, self.source]
        self.file.change(self._look, given, [self.report, self.store, self.stored], api_name="look_at_import", **QUICK)
        stored = self.store.click(self._store, given, [self.stored, self.store], api_name="store_import", **QUICK)
        self.changes = [stored.success]

    def _look(self, path: str | None, source: str) -> Any:
        off = gr.update(interactive=False)
        if not path:
            return "", off, ""

        def look() -> tuple[Any, ...]:
            found = versions.look_at_import(Path(path), source, filters=self._archive.settings.filters)
            return import_html(found), gr.update(interactive=bool(found.rows)), ""

        return said(look, (off, ""))

    def _store(self, path: str | None, source: str) -> Any:
        if not path:  # the page's button is off then; whoever calls the event without a file stores nothing
            return gr.skip(), gr.skip()

        def store() -> tuple[Any, ...]:
            name = (source or "").strip() or Path(path).name
            found = versions.look_at_import(Path(path), name, filters=self._archive.settings.filters)
            _, new = versions.store_import(self._archive, found, name)
            return facts([(words.NEW_SETS, new)]), gr.update(interactive=False)

        return said(store, (gr.skip(),))


class QueuePanel:
    """What waits to be judged, and by how many people each."""

    def __init__(self, archive: Archive, page: Localised) -> None:
        self._archive = archive
        self.kind = page.add_choices(gr.Radio(value="rate", elem_id="queue-kind"), words.QUEUE_KINDS, words.QUEUE_KIND)
        self.file = page.add(
            gr.File(file_types=[".csv", ".txt"], elem_id="queue-file", type="filepath"), label=words.QUEUE_FILE
        )
        page.add(gr.Markdown(), value=words.QUEUE_INFO)
        self.add = page.add(gr.Button(variant="primary", elem_id="queue-add"), value=words.QUEUE_ADD)
        self.added = _html("queue-added")
        self.overlap = page.add(
            gr.Slider(1, OVERLAP_MAX, value=2, step=1, elem_id="overlap"), label=words.OVERLAP, info=words.OVERLAP_INFO
        )
        self.overlap_said = _html("overlap-said")
        self.version_choices: list[Any] = []
        added = self.add.click(self._add, [self.kind, self.file], self.added, api_name="fill_queue", **QUICK)
        kept = self.overlap.input(
            self._set_overlap,
            self.overlap,
            self.overlap_said,
            api_name="set_overlap",
            trigger_mode="always_last",
            **QUICK,
        )
        self.changes = [added.success, kept.success]

    def _add(self, kind: str, path: str | None) -> Any:
        def add() -> tuple[Any, ...]:
            filters = self._archive.settings.filters
            found = browsing.read_prompts(Path(path), filters=filters) if path and kind != "review" else None
            new = browsing.fill_queue(self._archive, kind, found.prompts if found else None)
            pairs: list[tuple[texts.Text, Any]] = [(words.QUEUED, new)]
            if found and found.personal:
                pairs.append((words.PERSONAL, " · ".join(found.personal[:20])))
            return (facts(pairs) + (bad_prompts_html(found) if found else ""),)

        return said(add, ())[0]

    def _set_overlap(self, people: float) -> Any:
        def keep() -> tuple[Any, ...]:
            browsing.set_overlap(self._archive, int(people))
            return (facts([(words.OVERLAP, int(people))]),)

        return said(keep, ())[0]


class BrowsePanel:
    """Everything people said, a page at a time."""

    def __init__(self, archive: Archive, page: Localised) -> None:
        self._archive = archive
        with gr.Row():
            self.table = page.add_choices(gr.Radio(value="ratings", elem_id="browse-table"), words.TABLES, words.TABLE)
            self.verdict = page.add_choices(
                gr.Dropdown([""], value="", elem_id="browse-verdict"), words.VERDICTS, words.VERDICT
            )
            self.contestant = page.add(gr.Textbox(elem_id="browse-contestant", max_lines=1), label=words.CONTESTANT)
        with gr.Row():
            self.text = page.add(gr.Textbox(elem_id="browse-text", max_lines=1), label=words.PROMPT_HAS)
            self.first_day = page.add(gr.Textbox(elem_id="browse-from", max_lines=1), label=words.FROM_DAY)
            self.last_day = page.add(gr.Textbox(elem_id="browse-to", max_lines=1), label=words.TO_DAY)
        with gr.Row():
            self.show = page.add(gr.Button(variant="primary", elem_id="browse-show"), value=words.SHOW)
            self.older = page.add(gr.Button(elem_id="browse-older", interactive=False), value=words.OLDER)
        self.rows = _html("rows")
        self.before = gr.State(None)
        self.version_choices: list[Any] = []
        self.changes: list[Any] = []
        inputs = [self.table, self.contestant, self.verdict, self.text, self.first_day, self.last_day]
        outputs = [self.rows, self.before, self.older]
        self.show.click(self._first_page, inputs, outputs, api_name="browse", **QUICK)
        self.older.click(self._next_page, [self.before, *inputs], outputs, api_name="browse_older", **QUICK)

    def _first_page(self, *values: str) -> Any:
        return self._next_page(None, *values)

    def _next_page(self, seen: tuple[Filter, int] | None, *values: str) -> Any:
        """The rows before those `seen`, or the first ones where the filter is another by now."""
        wanted = Filter(*(value or "" for value in values))

        def show() -> tuple[Any, ...]:
            page = browsing.browse_rows(self._archive, wanted, seen[1] if seen and seen[0] == wanted else None)
            more = None if page.before is None else (wanted, page.before)
            return rows_html(wanted.table, page), more, gr.update(interactive=more is not None)

        return said(show, (None, gr.update(interactive=False)))
