"""Headers that every answer carries, and whether a request comes from the page itself."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import Scope

from aac.access_settings import AccessSettings
from aac.ui.access_texts import NOT_FROM_HERE
from aac.ui.answers import Refusal

_API = "/gradio_api/"
# What the page may load or call is its own server. Gradio writes styles into its elements, so styles may stand inline;
# scripts may only as `aac.ui.document` names them.
_CONTENT = (
    "default-src 'self'; script-src 'self'{scripts}; script-src-attr 'none'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' data: blob:; connect-src 'self'; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors {frames}"
)
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_HUB = ("https://huggingface.co", "https://*.huggingface.co")
_FOR_EVER = "/assets/"  # a file's name there holds its digest; who finds none gets no ETag
_CACHED = ("/static/", "/assets/", "/favicon.ico", "/theme.css", "/gradio_api/theme.css")


class Protection:
    """For one installation. A Space is shown in the Hub's frame: no `X-Frame-Options`, which knows no list."""

    def __init__(self, settings: AccessSettings) -> None:
        frames = ("'self'", *(_HUB if settings.is_space else ()), *settings.embedders)
        self._frames = " ".join(frames)
        self._hosts = {urlsplit(address.lower()).netloc for address in settings.addresses}

    def add_headers(self, headers: MutableHeaders, scope: Scope) -> None:
        """Put them on the answer to this request."""
        scripts = "".join(f" {name}" for name in scope.get("state", {}).get("scripts", ()))
        content = _CONTENT.format(scripts=scripts, frames=self._frames)
        headers.update({**_ALWAYS, "Content-Security-Policy": content})
        if scope["path"].startswith(_FOR_EVER) and "ETag" in headers:
            headers.setdefault("Cache-Control", "public, max-age=31536000, immutable")
        elif not scope["path"].startswith(_CACHED):
            headers.setdefault("Cache-Control", "no-store")

    def check_origin(self, request: Request) -> None:
        """Raise where another page made a browser send this; a link to the page itself may stand anywhere."""
        path = request.scope["path"]
        site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
        if origin is not None and not self._is_own(origin.lower(), request.headers.get("host", "").lower()):
            raise Refusal(403, NOT_FROM_HERE)
        if request.method in ("GET", "HEAD") and not path.startswith(_API):
            return
        is_typed = site == "none" and request.method in ("GET", "HEAD")
        if site is not None and site != "same-origin" and not is_typed:
            raise Refusal(403, NOT_FROM_HERE)

    def _is_own(self, origin: str, host: str) -> bool:
        """Hosts are compared, as a proxy may have taken TLS off: those of the settings, else the request's own."""
        try:
            found = urlsplit(origin)
        except ValueError:
            return False
        is_here = found.netloc in self._hosts if self._hosts else found.netloc == host
        return found.scheme in ("http", "https") and found.netloc != "" and is_here
