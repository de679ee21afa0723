"""Who may do what: a table of the page's events, one of the tools for programs, and one of the server's routes. What
has no row, nobody may.

Tests read them and try every event, tool and route that Gradio exposes as everybody (tests/ui/test_access.py);
docs/security.md tells people the same.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal


class Role(IntEnum):
    """Each role may do what those before it may. A guest is a visitor whom the owner lets rate and vote."""

    VISITOR = 0
    GUEST = 1
    ANNOTATOR = 2
    MAINTAINER = 3


V, G, A, M = Role
NOBODY = None


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks.

    key: what this person's limits are counted under; an address is never in it as it is.
    login: the login, hashed with the installation's salt; empty for a visitor and for who is alone on a loopback
    address. name: what the page calls the person.
    """

    role: Role
    key: str = field(repr=False)
    login: str = field(default="", repr=False)
    name: str = field(default="", repr=False)

    @property
    def tag(self) -> str:
        """What a browser may keep to tell one login's things from another's: opens nothing, names nobody. Empty without
        a login.
        """
        return hashlib.sha256(f"tag:{self.login}".encode()).hexdigest()[:16] if self.login else ""


# Of each event the name by which it is called (`api_name`) and the least role that may. What a browser's secret opens
# is still only the rows of that browser or login: see `aac.ui.annotation_api`. Events of one name that Gradio numbers
# (`localise_1`) share the row.
EVENTS: dict[str, Role] = {
    # the page itself
    "who": V,
    "localise": V,
    "adapters": V,
    "answer_choices": V,  # names of adapters, as the Generate tab shows them; it fires for whoever changes the language
    "tab_chosen": V,
    "forget": V,
    # Generate
    "begin": V,
    "make_cards": V,
    "end": V,
    "generate_refused": V,
    "stop": V,
    "asked_summary": V,
    "count_cards": V,
    "next_request": V,
    "clear_request": V,
    "keep_well_formed": V,
    "choose_mode": V,
    "choose_model": V,
    "pull_pressed": M,
    "pull": M,
    # annotating. Who annotated without a login sees and erases what is theirs, also after the owner closed that door.
    "results": V,
    "emoji": V,
    "prompt_warnings": V,
    "annotator": V,
    "history": V,
    "my_data": V,
    "erase": V,
    "consent": G,
    "open_generation": G,
    "next_item": G,
    "item": G,
    "generation": G,
    "rate": G,
    "vote": G,
    "finish": G,
    "check": A,
    "correct": A,
    # Data
    "data_lists": M,
    "data_charts": M,
    "freeze": M,
    "mark_published": M,
    "show_version": M,
    "export": M,
    "compare_versions": M,
    "look_at_import": M,
    "store_import": M,
    "fill_queue": M,
    "set_overlap": M,
    "browse": M,
    "browse_older": M,
    # Train
    "train_opened": M,
    "go_to_data": M,
    "preset": M,
    "estimate": M,
    "train_pressed": M,
    "train": M,
    "train_refused": M,
    "choose_run": M,
    "look_at_runs": M,
    "cancel_run": M,
    "resume_run": M,
    "push_again": M,
    "push_form": M,
    "push_run": M,
    "run_result": M,
    "promote": M,
    "override": M,
    "roll_back": M,
    "compare_answers": M,
    "write_answers": M,
}


def least_role(event: str) -> Role | None:
    """The least role that may run the event of this `api_name`; None where it has no row."""
    return EVENTS.get(event, EVENTS.get(re.sub(r"_\d+$", "", event)))


def may_run(event: str, asker: Asker) -> bool:
    """Whether this person may run the event."""
    least = least_role(event)
    return least is not None and asker.role >= least


# What programs may call at `TOOLS_PATH`, where PRANCHA_MCP asks for it: an event that is no tool is not called there, a
# tool nowhere else. None changes anything, and none judges cards: ratings, votes and corrections are people's.
TOOLS: dict[str, Role] = {
    "make_communication_cards": V,
    "read_quality_report": V,
    "check_communication_cards": A,
    "list_dataset_versions": M,
    "list_training_runs": M,
}


def may_use(tool: str, asker: Asker) -> bool:
    """Whether this person's program may use the tool."""
    least = TOOLS.get(tool)
    return least is not None and asker.role >= least


Use = Literal["read", "call", "stream", "upload", "tool"]


@dataclass(frozen=True, slots=True)
class Route:
    """A route of the server.

    path: a regular expression for the whole decoded path. least: the least role that may, None for nobody.
    use: which limit it counts against.
    """

    methods: tuple[str, ...]
    path: str
    least: Role | None
    use: Use = "read"


_API = "/gradio_api"
TOOLS_PATH = f"{_API}/mcp"
# Only where the page has tools. What is no POST is answered 405 there, as the protocol wants it.
_TOOLS_ROUTE = Route(("POST", "GET", "DELETE"), f"{TOOLS_PATH}/?", V, "tool")  # decided once more, by the tool
ROUTES: tuple[Route, ...] = (
    Route(("GET", "HEAD"), "/", V),
    Route(("GET", "HEAD"), "/config", V),
    Route(("GET", "HEAD"), "/health", V),
    Route(("GET", "HEAD"), "/metrics", M),  # and, logged in or not, who sends the token of PRANCHA_METRICS_TOKEN
    Route(("GET",), f"({_API})?/theme[.]css", V),
    Route(("GET",), "/(static|assets)/.+", V),
    Route(("GET",), "/(favicon[.]ico|manifest[.]json|robots[.]txt)", V),
    Route(("GET",), f"{_API}/app_id", V),
    Route(("GET",), f"{_API}/startup-events", V),  # asked by the start itself
    Route(("POST",), f"{_API}/reset", V),  # it does nothing
    # What these run is decided once more, by the event.
    Route(("POST",), f"{_API}/run/[^/]+", V, "call"),
    Route(("POST",), f"{_API}/queue/join", V, "call"),
    Route(("GET",), f"{_API}/queue/data", V, "stream"),
    Route(("GET",), f"{_API}/heartbeat/[^/]+", V, "stream"),
    Route(("POST",), f"{_API}/cancel", V, "call"),
    Route(("POST",), f"{_API}/upload", M, "upload"),
    Route(("GET",), f"{_API}/upload_progress", M, "stream"),
    Route(("GET", "HEAD"), f"{_API}/file=/.+", M),  # an export; `file=https://…` would fetch any address
    # Known, and nobody's: the page needs none of these.
    Route(("GET", "HEAD"), f"{_API}/(file|proxy)=.*", NOBODY),
    Route(("GET",), f"{_API}/file/.*", NOBODY),
    Route(("GET",), "/svelte/.*", NOBODY),
    Route(("GET",), "/pwa_icon(/.*)?", NOBODY),
    Route(("GET",), "/config/", NOBODY),
    Route(("GET", "POST"), f"{_API}/(call|api|run)/.*", NOBODY),
    Route(("POST",), f"{_API}/reset/", NOBODY),
    Route(("GET",), f"{_API}/(app_id|info|user|token|login_check)/?", NOBODY),
    Route(("GET", "HEAD"), "/(openapi[.]json|docs.*|redoc)", NOBODY),
    Route(("GET",), f"{_API}/(openapi[.]json|deep_link|dev/reload|queue/status)", NOBODY),
    Route(("POST",), f"{_API}/(component_server|process_recording)/?", NOBODY),
    Route(("GET",), f"{_API}/custom_component/.*", NOBODY),
    Route(("GET", "POST"), f"{_API}/stream/.*", NOBODY),
    Route(("GET", "POST"), f"{_API}/(vibe-edit|undo-vibe-edit|vibe-code|vibe-starter-queries)/?", NOBODY),
    Route(("GET", "POST"), f"{_API}/(runs|run-history|mcp|profiling)(/.*)?", NOBODY),
    Route(("GET",), "/monitoring(/.*)?", NOBODY),
    Route(("POST", "GET", "HEAD"), "/log(in|out)/?", NOBODY),  # Gradio's own; ours are answered before it
)
_COMPILED = tuple((route, re.compile(route.path)) for route in ROUTES)


def is_of_tools(path: str) -> bool:
    """Whether programs call tools there, where the page has any."""
    return path.removesuffix("/") == TOOLS_PATH


def route_of(method: str, path: str, with_tools: bool = False) -> Route | None:
    """The first row that is of this request; None where there is none. with_tools: whether the page has any."""
    if with_tools and is_of_tools(path) and method in _TOOLS_ROUTE.methods:
        return _TOOLS_ROUTE
    for route, pattern in _COMPILED:
        if method in route.methods and pattern.fullmatch(path):
            return route
    return None
