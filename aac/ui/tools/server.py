"""The MCP server: Gradio's place for it, the official library's protocol, and nothing but the page's tools.

No resources, no prompts, no files, no sessions: each request stands by itself, and says who asks as every request does.
"""

from __future__ import annotations

import json
from typing import Any

import gradio as gr
from gradio.mcp import GradioMCPServer
from gradio.state_holder import SessionState
from mcp import types
from mcp.server import Server
from starlette.routing import Route

from aac import __version__
from aac.access import TOOLS_PATH, Asker, Role, may_use
from aac.ui.guarded import asker_of, refusal_of
from aac.ui.texts import Text
from aac.ui.tools.door import Door
from aac.ui.tools.fields import schema_of
from aac.ui.tools.table import Tool
from aac.ui.tools.words import NO_SUCH_TOOL, SERVER

_NOBODY = Asker(Role.VISITOR, "")
_HINTS = types.ToolAnnotations(readOnlyHint=True, destructiveHint=False, openWorldHint=False)


class ToolServer(GradioMCPServer):
    """As Gradio makes it at the launch; but each call is an event of the page, called as such."""

    def create_mcp_server(self) -> Server:
        """With two handlers; the library answers `initialize` and `ping` by itself."""
        server = Server("prancha", version=__version__, instructions=_both(SERVER))
        server.request_handlers[types.ListToolsRequest] = self._list
        server.request_handlers[types.CallToolRequest] = self._call
        return server

    def get_tool_to_endpoint(self) -> dict[str, str]:
        """None of the events that Gradio would offer by itself."""
        return {}

    def launch_mcp_on_sse(self, app: Any, subpath: str, root_path: str) -> None:
        """At one path, and at no other of those that Gradio would open below it."""
        door = Door(self.manager.handle_request)
        app.router.routes += [Route(path, door, methods=["POST"]) for path in (TOOLS_PATH, f"{TOOLS_PATH}/")]

    async def _list(self, _: types.ListToolsRequest) -> types.ServerResult:
        """Those that who asks may use."""
        asker = asker_of(self.mcp_server.request_context.request) or _NOBODY
        tools = [_described(tool) for tool in self.blocks.tools.values() if may_use(tool.name, asker)]
        return types.ServerResult(types.ListToolsResult(tools=tools))

    async def _call(self, asked: types.CallToolRequest) -> types.ServerResult:
        name, request = asked.params.name, self.mcp_server.request_context.request
        event = next((fn for fn in self.blocks.fns.values() if fn.api_name == name), None)
        if event is None or name not in self.blocks.tools:
            return _refused(NO_SUCH_TOOL)
        try:
            arguments = [asked.params.arguments or {}]
            found = await self.blocks.process_api(event, arguments, SessionState(self.blocks), request)
        except gr.Error as error:
            refusal = refusal_of(request)
            return _refused(refusal.text if refusal else Text(str(error.message), str(error.message)))
        (reply,) = found["data"]
        content: list[types.ContentBlock] = [types.TextContent(type="text", text=json.dumps(reply, ensure_ascii=False))]
        return types.ServerResult(types.CallToolResult(content=content, structuredContent=reply))


def _described(tool: Tool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=f"{tool.title.en} · {tool.title.pt}",
        description=_both(tool.told),
        inputSchema=schema_of(tool.fields),
        annotations=_HINTS,
    )


def _refused(text: Text) -> types.ServerResult:
    content: list[types.ContentBlock] = [types.TextContent(type="text", text=_both(text))]
    return types.ServerResult(types.CallToolResult(content=content, isError=True))


def _both(text: Text) -> str:
    return text.en if text.en == text.pt else f"{text.en}\n\n{text.pt}"
