"""A program that uses the tools with the official client, over real HTTP; and one that writes its requests itself."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
from mcp import ClientSession, types
from mcp.client.streamable_http import streamable_http_client

from aac.access import TOOLS_PATH, Role
from tests.loops import run
from tests.ui.roles import ROLE

T = TypeVar("T")
ACCEPTED = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}


@dataclass
class Program:
    """url: of the page. headers: which each of its requests carries."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, url: str, role: Role) -> Program:
        """Of somebody whom the server of a test takes for a person of this role."""
        return cls(url, {ROLE: role.name})

    def tools(self) -> list[types.Tool]:
        """What the server says that there is."""
        return self.asking(lambda session: session.list_tools()).tools

    def call(self, name: str, **arguments: Any) -> types.CallToolResult:
        """What a tool answers."""
        return self.asking(lambda session: session.call_tool(name, arguments))

    def asking(self, ask: Callable[[ClientSession], Awaitable[T]]) -> T:
        """What comes of something asked in a session of its own."""
        return run(self.ask(ask))

    async def ask(self, ask: Callable[[ClientSession], Awaitable[T]]) -> T:
        """The same, where a loop runs already."""
        address = f"{self.url.rstrip('/')}{TOOLS_PATH}"
        async with (
            httpx.AsyncClient(headers=self.headers, timeout=60, trust_env=False) as client,
            streamable_http_client(address, http_client=client) as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            return await ask(session)


def said(result: types.CallToolResult) -> str:
    """The words of an answer."""
    return "\n".join(block.text for block in result.content if isinstance(block, types.TextContent))


def message(method: str, *, id: Any = 1, **params: Any) -> dict[str, Any]:
    """One message, as it goes over the line."""
    return {"jsonrpc": "2.0", "id": id, "method": method, "params": params}


def answered(answer: httpx.Response) -> dict[str, Any]:
    """The one message of an answer, in either of the forms that the protocol has."""
    if answer.headers["content-type"].startswith("text/event-stream"):
        (line,) = (line for line in answer.text.splitlines() if line.startswith("data:"))
        return dict(json.loads(line[5:]))
    return dict(answer.json())
