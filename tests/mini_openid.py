"""A stand-in of an OpenID provider on loopback: discovery, authorize (which lets in at once), token, userinfo.

It refuses what a real one refuses: a wrong client, another redirect address, a used code, a verifier that does not fit.
`faults` makes it err: see `FAULTS`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.loopback import served

CLIENT_ID, CLIENT_SECRET = "prancha-client", "a-secret-of-the-client"
FAULTS = (
    *("500 at token", "500 at userinfo", "500 at discovery", "html at token", "list at token", "long at userinfo"),
    *("wrong issuer", "wrong audience", "wrong nonce", "expired", "no id token", "broken id token", "another sub"),
    *("issuer of discovery", "redirect at token"),
)


@dataclass
class Provider:
    """person: who logs in next. codes: what each code is good for. asked: the paths in order."""

    url: str = ""
    person: dict[str, str] = field(default_factory=lambda: {"sub": "id-of-ana", "preferred_username": "ana"})
    faults: set[str] = field(default_factory=set)
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    tokens: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def id_token(self, code: dict[str, Any]) -> Any:
        claims = {
            "iss": "https://evil.example" if "wrong issuer" in self.faults else self.url,
            "aud": "another" if "wrong audience" in self.faults else CLIENT_ID,
            "sub": code["person"]["sub"],
            "nonce": "another" if "wrong nonce" in self.faults else code["nonce"],
            "exp": time.time() + (-3600 if "expired" in self.faults else 600),
        }
        if "no id token" in self.faults:
            return None
        middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        return "a.b" if "broken id token" in self.faults else f"e30.{middle}.c2ln"


@contextmanager
def running() -> Iterator[Provider]:
    provider = Provider()
    with served(_handler(provider)) as provider.url:
        yield provider


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *arguments: Any) -> None: ...

        def say(self, status: int, content: Any, kind: str = "application/json", **headers: str) -> None:
            body = content.encode() if isinstance(content, str) else json.dumps(content).encode()
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
            provider.asked.append(path)
            place = {"/.well-known/openid-configuration": "discovery", "/userinfo": "userinfo"}.get(path, "")
            if f"500 at {place}" in provider.faults:
                self.say(500, "<h1>no</h1>", "text/html")
            elif place == "discovery":
                issuer = "https://evil.example" if "issuer of discovery" in provider.faults else provider.url
                ends = {f"{n}_endpoint": f"{provider.url}/{n}" for n in ("authorization", "token", "userinfo")}
                self.say(200, {"issuer": issuer, **ends})
            elif path == "/authorization":
                self.authorize({name: values[0] for name, values in query.items()})
            elif place == "userinfo":
                person = provider.tokens.pop(self.headers.get("Authorization", "").removeprefix("Bearer "), None)
                changed = {"sub": "somebody-else"} if "another sub" in provider.faults else {}
                padding = {"padding": "a" * 200_000} if "long at userinfo" in provider.faults else {}
                self.say(200 if person else 401, {**(person or {}), **changed, **padding})
            else:
                self.say(404, {})

        def authorize(self, asked: dict[str, str]) -> None:
            assert asked["response_type"] == "code"
            assert asked["client_id"] == CLIENT_ID
            assert asked["code_challenge_method"] == "S256"
            code = secrets.token_urlsafe(16)
            provider.codes[code] = {**asked, "person": provider.person}
            back = urlencode({"code": code, "state": asked["state"], "iss": provider.url})
            self.say(302, "", Location=f"{asked['redirect_uri']}?{back}")

        def do_POST(self) -> None:
            provider.asked.append(self.path)
            form = {k: v[0] for k, v in parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()).items()}
            client = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
            code = provider.codes.pop(form.get("code", ""), None)
            verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            if "500 at token" in provider.faults:
                self.say(500, "<script>alert(1)</script>", "text/html")
            elif "html at token" in provider.faults:
                self.say(200, "<script>alert(1)</script>", "text/html")
            elif "list at token" in provider.faults:
                self.say(200, [])
            elif "redirect at token" in provider.faults:
                self.say(307, "", Location=f"{provider.url}/elsewhere")
            elif self.headers.get("Authorization") != f"Basic {client}" or code is None:
                self.say(401, {"error": "invalid_client_or_code"})
            elif code["redirect_uri"] != form.get("redirect_uri"):
                self.say(400, {"error": "redirect_uri"})
            elif code["code_challenge"] != base64.urlsafe_b64encode(verifier).decode().rstrip("="):
                self.say(400, {"error": "verifier"})
            else:
                token = secrets.token_urlsafe(16)
                provider.tokens[token] = code["person"]
                self.say(200, {"access_token": token, "id_token": provider.id_token(code), "token_type": "Bearer"})

    return Handler
