"""What a browser may send to an event: as many values as the event takes, each of its field's type, no foreign file.

Gradio fetches a file value whose path is an `http` address, from whatever this server can reach, for whoever sends it;
and a value of another type fails somewhere inside it. So both are refused before Gradio looks at anything.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Container, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import gradio as gr

from aac.ui.access_texts import FILE_GONE, NO_TEXT, NOT_UNDERSTOOD, WRONG_VALUE
from aac.ui.answers import Refusal

TEXT_MAX_CHARS = 20_000  # what handlers say themselves of a text that is too long, they say of less
_DEPTH_MAX = 450  # Gradio walks values by calling itself
_WHOLE_MAX = 2**63  # what the database holds
_NO_TEXT = re.compile("[\0\ud800-\udfff]")  # no database holds these, and no answer brings them back
_FILE_META = {"_type": "gradio.FileData"}
_FILE_ADDRESS = "/gradio_api/file="


def checked(values: Sequence[Any], fn: Any, uploads: Container[str]) -> list[Any]:
    """The values as they may go on to Gradio. Raises `Refusal` 400.

    fn: Gradio's event. uploads: the paths at which this server put what was uploaded to it.
    """
    if len(values) != len(fn.inputs):
        raise Refusal(400, NOT_UNDERSTOOD)
    return [_checked(value, field, fn.preprocess, uploads) for value, field in zip(values, fn.inputs, strict=True)]


def _checked(value: Any, field: Any, is_typed: bool, uploads: Container[str]) -> Any:
    if isinstance(field, gr.File) and value is not None:
        return _upload(value, uploads)
    _refuse_files(value)
    if is_typed and isinstance(value, str) and _NO_TEXT.search(value):
        raise Refusal(400, NO_TEXT)
    is_right = next((check for kind, check in _TYPES if isinstance(field, kind)), None)
    if is_typed and is_right and not is_right(value):
        raise Refusal(400, WRONG_VALUE)
    return value


def _refuse_files(value: Any) -> None:
    """Raise for what looks like a file, however deep it lies: Gradio would open or fetch it."""
    level = [value]
    for _ in range(_DEPTH_MAX):
        if any(isinstance(found, Mapping) and _is_like_a_file(found) for found in level):
            raise Refusal(400, WRONG_VALUE)
        level = [inner for found in level for inner in _inside(found)]
        if not level:
            return
    raise Refusal(400, WRONG_VALUE)


def _inside(value: Any) -> Sequence[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    return value if isinstance(value, list | tuple) else ()


def _is_like_a_file(value: Mapping[Any, Any]) -> bool:
    """No payload of this page has these fields; `meta` alone is what Gradio knows its files by."""
    meta = value.get("meta")
    return "path" in value or "url" in value or (isinstance(meta, Mapping) and "_type" in meta)


def _upload(value: Any, uploads: Container[str]) -> dict[str, Any]:
    """A file that was uploaded to this server, said anew: nothing else of what the browser says of it is believed."""
    path = value.get("path") if isinstance(value, Mapping) else None
    if not isinstance(path, str) or value.get("meta") != _FILE_META or value.get("is_stream"):
        raise Refusal(400, WRONG_VALUE)
    if not _is_own_address(value.get("url"), path) or path not in uploads:
        raise Refusal(400, WRONG_VALUE)
    if not Path(path).is_file() or Path(path).is_symlink():  # an hour later it was tidied away
        raise Refusal(400, FILE_GONE)
    name = value.get("orig_name")
    return {"path": path, "orig_name": name if isinstance(name, str) else None, "meta": dict(_FILE_META)}


def _is_own_address(url: Any, path: str) -> bool:
    """Whether that is where the page reads the file again; the host is not looked at, as the address is dropped."""
    if url is None:
        return True
    try:
        return isinstance(url, str) and unquote(urlsplit(url).path).endswith(_FILE_ADDRESS + path)
    except ValueError:
        return False


def said_of(event: gr.EventData, name: str) -> Any:
    """What the browser says of an event beside its values; None for what it does not say, or says in no such way."""
    said = event._data
    return said.get(name) if isinstance(said, Mapping) else None


def _is_text(value: Any) -> bool:
    return value is None or (isinstance(value, str) and len(value) <= TEXT_MAX_CHARS)


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) < _WHOLE_MAX if isinstance(value, int) else math.isfinite(value)


def _is_number_or_nothing(value: Any) -> bool:
    return value is None or _is_number(value)


def _is_switch(value: Any) -> bool:
    return value is None or isinstance(value, bool)


def _is_choice(value: Any) -> bool:
    return _is_text(value) or _is_number(value)


# Sliders are never empty. A state's value is the server's own, whatever is sent.
_TYPES: tuple[tuple[type, Callable[[Any], bool]], ...] = (
    (gr.Textbox, _is_text),
    (gr.BrowserState, _is_text),
    (gr.Slider, _is_number),
    (gr.Number, _is_number_or_nothing),
    (gr.Checkbox, _is_switch),
    (gr.Radio, _is_choice),
    (gr.Dropdown, _is_choice),
)
