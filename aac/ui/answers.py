"""What the gate answers by itself: a refusal as JSON for scripts, or as a small page for people; both languages."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from aac.ui.access_texts import ASKS_AGAIN, NOTICE
from aac.ui.login_texts import LOG_IN
from aac.ui.texts import Text

KINDS = {401: "role", 403: "role", 404: "missing", 413: "size", 429: "rate", 503: "away"}


class Refusal(Exception):
    """A request that goes no further. status: of HTTP. text: why, and what to do."""

    def __init__(self, status: int, text: Text, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(text.en)
        self.status, self.text, self.headers = status, text, dict(headers or {})


def answer(refusal: Refusal, request: Request) -> Response:
    """The refusal as who asks can read it. Of an event's, refused.js shows `refusal`, or Gradio's page `error`."""
    text = refusal.text
    if "text/html" in request.headers.get("accept", "") and request.method in ("GET", "HEAD", "POST"):
        body, headers = f"<p>{text.both()}</p>{_way_in(refusal, request)}", refusal.headers
        is_login = request.scope["path"].startswith("/login/")  # an answer of a provider is good once
        if request.method == "GET" and "Retry-After" in headers and not is_login:  # a browser asks again by itself
            body, headers = f"{body}<p>{ASKS_AGAIN.both()}</p>", {**headers, "Refresh": headers["Retry-After"]}
        return HTMLResponse(small_page(NOTICE, body), refusal.status, headers)
    kind = KINDS.get(refusal.status, "wrong")
    content = {"error": text.both(), "refusal": {"kind": kind, "pt": text.pt, "en": text.en}}
    return JSONResponse(content, refusal.status, refusal.headers)


def _way_in(refusal: Refusal, request: Request) -> str:
    """Where to log in, for who may not and is not logged in, or began to; the gate knows where that is."""
    state = request.scope.get("state", {})
    entrance, asker = state.get("entrance"), state.get("asker")
    is_login = request.scope["path"].startswith("/login")
    may_help = is_login or (refusal.status == 403 and asker is not None and not asker.login)
    if not entrance or not may_help:
        return ""
    # A login cannot be kept inside another page's frame: it opens in a tab of its own, as in page.js.
    is_whole_tab = request.headers.get("sec-fetch-dest") == "document"
    opens = "" if is_whole_tab else ' target="_blank" rel="noopener"'
    return f'<p><a class="way" href="{entrance}"{opens}>{LOG_IN.both()}</a></p>'


def small_page(title: Text, body: str) -> str:
    """A page of one message or form. body: trusted HTML. Without a script, it shows both languages."""
    return (
        '<!doctype html><html lang="pt-BR"><head><meta charset="utf-8">'
        f"<title>Prancha · {title.pt} · {title.en}</title>"
        '<meta name="viewport" content="width=device-width, initial-scale=1"><style>'
        "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:26rem;margin:3rem auto;padding:0 1rem;color:#0f172a;"
        "background:#fff}span{display:block}label,input,button{display:block;width:100%;box-sizing:border-box;"
        "font:inherit}input,button{padding:.6rem;margin:.3rem 0 1rem}button{background:#0f766e;color:#fff;border:0;"
        "border-radius:.4rem;cursor:pointer}a{color:#0f766e}.bad{color:#b91c1c;font-weight:600}"
        ".pr-en{color:#475569}:is(button,.bad,.way) .pr-en{color:inherit}"
        "@media(prefers-color-scheme:dark){body{background:#0f172a;color:#f1f5f9}.pr-en{color:#cbd5e1}"
        "a{color:#5eead4}.bad{color:#fca5a5}}"
        f'</style></head><body><h1>Prancha</h1>{body}<p><a href="/">Prancha →</a></p></body></html>'
    )
