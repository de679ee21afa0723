"""The group "More about the request": where, after which card, at what level, and the cards to complete."""

from __future__ import annotations

from typing import Any

import gradio as gr

from aac.errors import AacError, WrongField
from aac.prompts import CARDS_MAX
from aac.records import GenerationRequest, Level
from aac.ui import request_texts as words
from aac.ui import tiles
from aac.ui.asked import asked_html
from aac.ui.localised import Localised
from aac.ui.texts import Text
from aac.ui.writer_choice import opens_well_formed

_QUIET: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
_NOTHING = ("", "", "", "")


class RequestPanel:
    """Closed at first; a line below it says what is set. Left empty, it changes nothing."""

    def __init__(self, page: Localised) -> None:
        self._faults: dict[str, gr.HTML] = {}
        with page.add(gr.Accordion(open=False, elem_id="more"), label=words.MORE) as self._group:
            with gr.Row(elem_id="asked-fields"):
                self.context = self._text(page, "context", words.CONTEXT, words.CONTEXT_INFO)
                self.follows = self._text(page, "follows", words.FOLLOWS, words.FOLLOWS_INFO)
            self.level = page.add_choices(gr.Radio(value="", elem_id="level"), words.LEVELS, label=words.LEVEL)
            self.given = self._text(page, "given", words.GIVEN, words.GIVEN_INFO, lines=3)
        with gr.Row(elem_id="asked"):
            self._summary = gr.HTML(_summary(*_NOTHING), elem_id="asked-summary", apply_default_css=False)
            clear = gr.Button(size="sm", elem_id="asked-clear", scale=0, min_width=90)
            self._clear = page.add(clear, value=words.CLEAR)
        self._next = gr.Button(visible="hidden", elem_id="what-next")  # pressed by the page for a card's own button
        self._before = gr.State(None)  # the number of cards that was chosen before there were cards to complete

    def _text(self, page: Localised, name: str, label: Text, info: Text, lines: int = 1) -> gr.Textbox:
        with gr.Column(min_width=260):
            box = gr.Textbox(lines=lines, max_lines=CARDS_MAX if lines > 1 else 1, elem_id=name)
            self._faults[name] = gr.HTML(elem_id=f"{name}-fault", elem_classes="pr-fault", apply_default_css=False)
            return page.add(box, label=label, info=info)

    @property
    def fields(self) -> list[Any]:
        """What is asked, in the order of `_asked`."""
        return [self.context, self.follows, self.level, self.given]

    @property
    def lines(self) -> list[gr.Textbox]:
        """The fields of one line, where Enter makes the cards."""
        return [self.context, self.follows]

    @property
    def shown(self) -> list[Any]:
        """What `told` updates."""
        return [self._group, *self._faults.values()]

    def told(self, error: AacError | None = None) -> tuple[Any, ...]:
        """Say beside its field what is wrong with it, the group opened; without an error, nothing any more."""
        name = error.field if isinstance(error, WrongField) else ""
        is_here = name in self._faults
        said = tiles.message(Text(error.pt, error.en)) if error and is_here else ""
        return gr.update(open=True) if is_here else gr.skip(), *(said if one == name else "" for one in self._faults)

    def is_about(self, error: AacError) -> bool:
        """Whether a field of this group is what is wrong."""
        return isinstance(error, WrongField) and error.field in self._faults

    def asked(self, values: dict[Any, Any]) -> dict[str, Any]:
        """The request's fields of this group."""
        context, follows, level, given = (values[field] for field in self.fields)
        return {"context": context or "", "follows": follows or "", "level": level or "", "given": _lines(given)}

    def wire(self, mode: gr.Radio, cards: gr.Slider, well_formed: gr.Checkbox) -> None:
        """cards, well_formed: what cards to complete decide as long as there are any; mode decides else."""
        gr.on(
            [field.change for field in self.fields],
            _summary,
            self.fields,
            self._summary,
            api_name="asked_summary",
            trigger_mode="always_last",
            **_QUIET,
        )
        # The cards that were completed are those that were pressed: what comes next is others.
        followed = self._next.click(
            lambda context, follows, level: (follows, "", _summary(context, follows, level, "")),
            self.fields[:3],
            [self.follows, self.given, self._summary],
            api_name="next_request",
            js="window.prancha.whatNext",
            **_QUIET,
        )
        cleared = self._clear.click(
            lambda: (*_NOTHING, _summary(*_NOTHING), *self.told()),
            None,
            [*self.fields, self._summary, *self.shown],
            api_name="clear_request",
            js="window.prancha.toPrompt",
            **_QUIET,
        )
        counted: Any = ([self.given, cards, mode, self._before], [cards, well_formed, self._before])
        self.given.change(_count, *counted, api_name="count_cards", trigger_mode="always_last", **_QUIET)
        for emptied in (followed, cleared):
            emptied.success(_count, *counted, api_name="count_cards", **_QUIET)

    def keep(self, given: str) -> Any:
        """Whether cards are well-formed after another mode was chosen: cards to complete are kept only so."""
        return True if _lines(given) else gr.skip()


def _asked(context: str, follows: str, level: Level, given: str) -> GenerationRequest:
    return GenerationRequest("", context=context or "", follows=follows or "", level=level or "", given=_lines(given))


def _summary(*asked: Any) -> str:
    return f'<div role="status">{asked_html(_asked(*asked))}</div>'


def _count(given: str, cards: float, mode: str, before: float | None) -> tuple[Any, Any, Any]:
    """The lines are the number of cards, kept as they are; without them all is as it was before them."""
    lines = len(_lines(given))
    if lines:
        update = gr.update(value=min(lines, CARDS_MAX), interactive=False)
        return update, True if before is None else gr.skip(), cards if before is None else before
    if before is None:
        return gr.skip(), gr.skip(), gr.skip()
    return gr.update(value=before, interactive=True), opens_well_formed(mode), None


def _lines(given: str | None) -> tuple[str, ...]:
    return tuple(line.strip() for line in (given or "").splitlines() if line.strip())
