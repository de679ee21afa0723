"""How somebody who means harm tries to be somebody else: planted sessions, used and changed answers of a provider."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx

PLANTED = ("a" * 43, "a" * 43 + ".YW5h", "", "x", "a" * 4_000, '"; Path=/', "../../x")
_OTHERS = ("", "x", "\0", "é", "a" * 3_000, "../../", "<script>alert(1)</script>")


def sent_back(browser: httpx.Client, here: str) -> str:
    """Go to the provider and log in there: where it sends the browser back to, as a path. here: our address."""
    away = browser.get("/login").headers["location"]
    back = httpx.get(away, trust_env=False).headers["location"]
    return back.removeprefix(here)


def changed_answers(used: str) -> list[str]:
    """Paths that log nobody in. used: one that somebody was logged in with."""
    said = {name: values[0] for name, values in parse_qs(urlsplit(used).query).items()}
    tries = [used, "/login/callback", "/login/callback?error=access_denied", f"{used}&code=x", f"{used}&state=x"]
    for name in ("code", "state", "iss"):
        others = (*_OTHERS, said[name] + "x")
        tries += [f"/login/callback?{httpx.QueryParams({**said, name: value})}" for value in others]
        tries.append(f"/login/callback?{httpx.QueryParams({n: v for n, v in said.items() if n != name})}")
    return tries


def used_again(
    owner: httpx.Client, attacker: httpx.Client, used: str, cookies: dict[str, str]
) -> Iterator[tuple[httpx.Client, str, dict[str, str]]]:
    """Who asks for which path with which header, after a login with `used` and `cookies` that is over."""
    for browser in (owner, attacker):
        for path in changed_answers(used):
            begun = dict(browser.cookies) if browser is attacker else cookies
            yield browser, path, {"Cookie": "; ".join(f"{name}={value}" for name, value in begun.items())}
            if browser is attacker:
                browser.get("/login")  # with a login of its own under way, each time


def lets_in(answer: httpx.Response) -> bool:
    """Whether this answer to one of them is other than a refusal that gives nothing away."""
    is_refusal = 400 <= answer.status_code < 500 and "<script>alert" not in answer.text
    return not is_refusal or "prancha=" in answer.headers.get("set-cookie", "")
