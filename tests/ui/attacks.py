"""Values that somebody who means harm sends, from a fixed seed, so that a failure can be had again."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import gradio as gr

SEED = 20_240_229
META = {"_type": "gradio.FileData"}
GIANT = "á" * 100_000
TEXTS = (
    "\0",
    "Quero\0água",
    "\ud83d",
    "água\udca7",
    "\u202e\u2066abc",
    "e" + "\u0301" * 5_000,
    "👩🏽‍🦽" * 1_000,
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "'; DROP TABLE ratings; --",
    "' OR 1=1 UNION SELECT * FROM annotators --",
    "%s%s%n%x",
    "{0.__class__.__init__.__globals__}",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "=cmd|' /C calc'!A0",
    "$(touch pwned)`touch pwned`; touch pwned",
    "../../../../../../etc/passwd",
    "..\\..\\..\\windows\\win.ini",
    "/etc/passwd",
    "~/.ssh/id_rsa",
    "file:///etc/passwd",
    "http://169.254.169.254/latest/meta-data/",
    "a/b/../../c",
    "--help",
    "-rf /",
    "\r\nSet-Cookie: prancha=x\r\n",
    "a" * 19_999,
    "(a+)+$" * 100,
    "a," * 9_000,
    '"' * 9_999,
    "9" * 4_999,
    "NaN",
    "2026-13-99",
    "0000-00-00",
    "∞",
)
# Words that a careless pattern reads for long, many times over.
UNITS = (
    *('"', '""', '"a', 'a"', '"a"', '"a","b";', ",", ",,", '","', ";", "\t", "|"),
    *(" ", "\n", '"\n', "\r\n", "\r", "\u2028", " \n", "\u00a0"),
    *("a", "aa", "A ", "a b ", "abc ", "é", "e\u0301", "\u0301", "ß", "ﷺ"),
    *("a.", ".a.", "1.", "1-", "9", "5 ", "+5", "(", ")", "-", "a-", "_", "d'", "º "),
    *("@", "@a", "a@", "a.a@", "Rua A ", "Rua 7 de ", "nº ", "RG ", "CEP ", "me chamo ", "Ana de "),
    *("💧", "💧,", "👩🏽‍🦽", "👶", "\u200d", "\ufe0f", "🇧", "a,b,💧", "a,b,💧\n", "a,b,c,💧\n", '"a,b",c,💧\n'),
    *("[", "]", "{", '{"a":', '{"prompt": "a"}\n', "\\", "a\\"),
    *("quero matar ", "m.a.t.a.r ", "12 anos ", "como ", "não ", "kkk"),
)
NUMBERS = (0, -1, 1, 2, 60, 61, 10**9, 2**31, 2**53, -(2**63) + 1, 0.1, -0.0, 1e-300, 1e300, -1e300)
WRONG = (
    [],
    {},
    [[]],
    ["a"],
    {"a": 1},
    [None] * 1_000,
    {"__class__": "str"},
    {"__type__": "update", "choices": ["x"]},
    {"value": {"a": 1}},
    [{"a": [{"b": [1]}]}],
)
TRAVERSALS = (
    "{file}",
    "/{file}",
    "..{file}",
    "../../../../../../../..{file}",
    "..%2f..%2f..%2f..%2f..%2f..%2f..{file}",
    "%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e{file}",
    "..%252f..%252f..%252f..%252f..%252f{file}",
    "..%c0%af..%c0%af..%c0%af..%c0%af{file}",
    "..\\..\\..\\..\\..\\..{file}",
    "..%5c..%5c..%5c..%5c..%5c{file}",
    "....//....//....//....//....//....//{file}",
    "./.{file}",
    "file://{file}",
    "file:%2f%2f{file}",
    "{file}%00",
    "{file}%00.png",
    "{file}?.png",
    "{file}#.png",
    "{file}/",
    "/proc/self/root{file}",
    "/proc/self/cwd/../../../../..{file}",
    "/tmp/../{file}",
    "{temporary}/..{file}",
    "{temporary}/../../../..{file}",
    "{temporary}/%2e%2e/%2e%2e{file}",
)
READERS = (
    "/gradio_api/file=",
    "/gradio_api/file/",
    "/gradio_api/stream/",
    "/gradio_api/proxy=",
    "/gradio_api/custom_component/",
    "/gradio_api/deep_link/",
    "/file=",
    "/file/",
    "/static/",
    "/assets/",
    "/svelte/",
    "/pwa_icon/",
    "/theme.css/",
    "/favicon.ico/",
    "/monitoring/",
    "/",
)


def nested(depth: int, kind: int = 0) -> Any:
    value: Any = "fundo"
    for level in range(depth):
        value = [value] if (level + kind) % 2 else {"a": value}
    return value


def files(canary_url: str, secret: str) -> list[Any]:
    """Values that Gradio takes for files: of another server, of this computer, and none."""
    places = (f"{canary_url}/x", f"//{urlsplit(canary_url).netloc}/x", f"file://{secret}", secret, f"/tmp/../{secret}")
    found: list[Any] = [{"path": place, "meta": META} for place in places]
    found += [{"path": "a.txt", "url": place, "meta": META} for place in places]
    found += [{"path": secret, "meta": META, "is_stream": True}, {"path": None, "meta": META}, {"path": "x", "meta": 1}]
    return [*found, [found[0]], {"a": {"b": [found[3]]}}]


def typed(field: Any, made: random.Random) -> Any:
    """A value of the field's own type, and as bad as such a one can be."""
    if isinstance(field, gr.Slider | gr.Number):
        return made.choice(NUMBERS)
    if isinstance(field, gr.Checkbox):
        return made.choice((True, False, None))
    if isinstance(field, gr.Radio | gr.Dropdown) and field.choices and made.random() < 0.8:
        return made.choice(field.choices)[1]
    if isinstance(field, gr.File | gr.State):
        return None
    if isinstance(field, gr.components.Component) and type(field).__name__ == "Api":
        keys = ("id", "annotator", "generation_id", "item_id", "text", "cards", "version", "language", "confirm")
        return {key: made.choice((*TEXTS, *NUMBERS, *WRONG, "a" * 32)) for key in keys}
    return made.choice(TEXTS)


def bodies(inputs: list[Any], canary_url: str, secret: str, made: random.Random) -> Iterator[tuple[str, bytes]]:
    """Of one event: what kind of attack, and the JSON. Kinds that begin with "no " must be refused by any event."""
    count = len(inputs)
    for _ in range(3):
        yield "typed", _json([typed(field, made) for field in inputs])
    for number in (count + 1, count + 500, *([count - 1] if count else ())):
        yield "no other number", _json([None] * number)
    if count:
        places = range(count)
        hostile = files(canary_url, secret)
        for file in made.sample(hostile, 4):
            values: list[Any] = [None] * count
            values[made.choice(places)] = file
            yield "no file", _json(values)
        yield "wrong", _json([made.choice(WRONG) for _ in places])
        yield "wrong", _json([made.choice((*WRONG, *NUMBERS, *TEXTS, True)) for _ in places])
        yield "wrong", _json([nested(made.choice((10, 100, 400)), made.randrange(2)) for _ in places])
        yield "no depth", _json([nested(made.choice((500, 700, 900)), made.randrange(2)) for _ in places])
        yield "wrong", _json([GIANT] + [None] * (count - 1))
        yield "wrong", b'{"data": [' + b",".join([b"1e999"] * count) + b"]}"
        yield "no number", b'{"data": [' + b",".join([b"9" * 5_000] * count) + b"]}"
    yield "no body", made.choice((b"", b"{", b"[]", b"null", b'{"data": 7}', b'{"data": {"a": 1}}', b"\xff\xfe", b"\0"))
    yield "no body", made.choice((b'{"data": NaN}', b'{"data": "\\ud800"}', b'{"data": ' + b"[" * 100_000))


def some_bodies(fn: Any, at_home: bool, *world: Any) -> list[tuple[str, bytes]]:
    """Of Gradio's event: most of them by the door that it is called by, a few by the other one."""
    found = list(bodies(fn.inputs, *world))
    made: random.Random = world[-1]
    return found if at_home and len(found) < 8 else made.sample(found, 10 if at_home else 3)


def _json(values: list[Any]) -> bytes:
    """As a browser writes it: halves of characters too."""
    return json.dumps({"data": values}).encode()


def traversals(secret: str, temporary: str) -> list[str]:
    """Ways of asking for a file that lies elsewhere, for every route that reads files."""
    found = [quote(way.format(file=secret, temporary=temporary), safe="/%:=?#.\\~").replace("\\", "%5C", 1)
             for way in TRAVERSALS]  # fmt: skip
    return [reader + way for reader in READERS for way in found]
