"""Cards asked for over HTTP as the page's own JavaScript asks: the button, then the queue."""

from __future__ import annotations

from typing import Any

import gradio as gr
import httpx

from tests.ui.roles import messages

Output = dict[str, Any]


def make_cards(page: gr.Blocks, client: httpx.Client, prompt: str, session: str, **chosen: Any) -> list[Any]:
    """What the event gives at its end, by its outputs' order: message, two columns, and more.

    chosen: values of components by their `elem_id`; of the others those that the page opens with.
    """
    assert client.post("/gradio_api/run/begin", json={"data": [], "session_hash": session}).is_success
    (number,) = (number for number, fn in page.fns.items() if fn.api_name == "make_cards")
    values = {"prompt": prompt, **chosen}
    data = [values.get(str(one.elem_id), getattr(one, "value", None)) for one in page.fns[number].inputs]
    asked = {"data": data, "fn_index": number, "session_hash": session}
    assert client.post("/gradio_api/queue/join", json=asked).is_success
    (over,) = messages(client, session, 1)
    assert over["success"], over
    return list(over["output"]["data"])
