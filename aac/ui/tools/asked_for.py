"""Gradio's MCP server with ours in its place; the package that it needs is looked for only where it is asked for."""

from __future__ import annotations

import gradio.mcp

from aac.errors import MissingError
from aac.mcp_package import need_mcp

NOT_STARTED = (
    "O servidor MCP não começou, e sem ele a página não abre. Instale a versão pedida, `python -m pip install -r "
    "requirements-mcp.txt`, ou tire PRANCHA_MCP do ambiente.",
    "The MCP server did not start, and the page does not open without it. Install the version that is asked for, with "
    "`python -m pip install -r requirements-mcp.txt`, or unset PRANCHA_MCP.",
)


def start_tools() -> None:
    """To be called before Gradio starts a server with `mcp_server=True`.

    Gradio's own server would offer every public event, call the page through itself with whatever headers came, and
    make files of what it is sent: ours has the tools of `aac.access.TOOLS`, and nothing else. Raises `MissingError`.
    """
    need_mcp()
    try:
        from aac.ui.tools.server import ToolServer
    except (ImportError, AttributeError) as error:  # another version of the package
        raise MissingError(*NOT_STARTED) from error
    gradio.mcp.GradioMCPServer = ToolServer
