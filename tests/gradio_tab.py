"""A browser tab without the browser: it speaks with the server as Gradio's own script and the page's scripts do."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

API = "/gradio_api"
TIMEOUT_S = 120.0
# The server gives an idle connection up after 5 s. A browser notices, and asks again; this client would not.
LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=3.0)


class Refused(Exception):
    """The server said no, or said nothing that can be understood. status: of HTTP; 0 where the connection broke."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status}: {text}")
        self.status, self.text = status, text


@dataclass
class Tab:
    """One tab of a person's browser. headers: what their proxy adds. client: may be shared by many tabs."""

    client: httpx.AsyncClient
    headers: dict[str, str]
    session: str = field(default_factory=lambda: secrets.token_hex(6))
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    config: dict[str, Any] = field(default_factory=dict)
    _heart: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Load the page, keep its heartbeat, and fire what it fires once it is loaded."""
        try:
            page = await self.client.get("/", headers={**self.headers, "Accept": "text/html"})
        except httpx.HTTPError as error:
            raise Refused(0, f"{type(error).__name__}: {error}") from error
        if page.status_code != 200:
            raise Refused(page.status_code, page.text)
        _, found, rest = page.text.partition("window.gradio_config =")
        if not found:
            raise Refused(page.status_code, "there is no configuration in the page")
        self.config = json.JSONDecoder().raw_decode(rest.lstrip())[0]
        self._heart = asyncio.create_task(self._beat())
        for name in ("who", "localise", "adapters"):
            await self.fire(name)

    async def close(self) -> None:
        """Close the tab."""
        if self._heart:
            self._heart.cancel()
            with suppress(asyncio.CancelledError, httpx.HTTPError):
                await self._heart

    async def _beat(self) -> None:
        with suppress(httpx.HTTPError):
            path = f"{API}/heartbeat/{self.session}"
            async with self.client.stream("GET", path, headers=self.headers, timeout=None) as answer:
                async for _ in answer.aiter_bytes():
                    pass

    async def ask(self, name: str, **payload: Any) -> dict[str, Any]:
        """An endpoint of the page's scripts, as annotate.js calls it: the reply, whatever it says."""
        body = {"data": [{"annotator": self.token, **payload}]}
        return (await self._posted(f"{API}/run/{name}", body))["data"][0]

    async def fire(self, name: str, **values: Any) -> list[Any]:
        """An event outside of the queue: its outputs. values: of fields, by their `elem_id`."""
        return (await self._posted(f"{API}/run/predict", self._body(name, values)))["data"]

    async def queued(self, name: str, **values: Any) -> AsyncIterator[dict[str, Any]]:
        """An event that waits in the queue: every message about it, the last of which is `process_completed`."""
        body = self._body(name, values)
        event_id = (await self._posted(f"{API}/queue/join", body))["event_id"]
        parameters = {"session_hash": self.session}
        path = f"{API}/queue/data"
        try:
            async with self.client.stream("GET", path, params=parameters, headers=self.headers) as answer:
                if answer.status_code != 200:
                    raise Refused(answer.status_code, (await answer.aread()).decode())
                async for line in answer.aiter_lines():
                    message = json.loads(line[5:]) if line.startswith("data:") else {}
                    if message.get("event_id") == event_id:
                        yield message
                        if message["msg"] == "process_completed":
                            return
        except httpx.HTTPError as error:
            raise Refused(0, f"{type(error).__name__}: {error}") from error
        raise Refused(0, "the answer ended before its end")

    async def _posted(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            answer = await self.client.post(path, json=body, headers=self.headers)
        except httpx.HTTPError as error:
            raise Refused(0, f"{type(error).__name__}: {error}") from error
        if answer.status_code != 200:
            raise Refused(answer.status_code, answer.text)
        return answer.json()

    def _body(self, name: str, values: dict[str, Any]) -> dict[str, Any]:
        """The event's inputs: as the page shows them at first, but for `values`."""
        event = next(one for one in self.config["dependencies"] if one["api_name"] == name)
        fields = {one["id"]: one["props"] for one in self.config["components"]}
        data = [
            values.get((fields[number].get("elem_id") or "").replace("-", "_"), fields[number].get("value"))
            for number in event["inputs"]
        ]
        return {
            "data": data,
            "fn_index": event["id"],
            "session_hash": self.session,
            "event_data": None,
            "trigger_id": None,
        }
