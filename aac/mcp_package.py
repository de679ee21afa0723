"""The package that the MCP server needs: none of the app's own requirements, as the server is off unless asked for."""

from __future__ import annotations

from importlib import metadata

from aac.errors import MissingError

INSTALL = "python -m pip install -r requirements-mcp.txt"


def mcp_version() -> str | None:
    """Which one is installed; None where there is none."""
    try:
        return metadata.version("mcp")
    except metadata.PackageNotFoundError:
        return None


def need_mcp() -> None:
    """Raise `MissingError` where it is not there."""
    if mcp_version() is None:
        raise MissingError(
            f"PRANCHA_MCP pede o servidor MCP, e falta o pacote mcp. Instale-o com `{INSTALL}`, ou tire PRANCHA_MCP do "
            "ambiente.",
            f"PRANCHA_MCP asks for the MCP server, and the package mcp is missing. Install it with `{INSTALL}`, or "
            "unset PRANCHA_MCP.",
        )
