"""Who asks the Hub, for how long, and how often again: the client's calls, with a time-out and a bounded retry."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

import httpx2 as httpx
from huggingface_hub import HfApi, set_client_factory
from huggingface_hub.errors import EntryNotFoundError
from huggingface_hub.utils import disable_progress_bars
from huggingface_hub.utils import logging as hub_logging

from aac.errors import AacError, HubError
from aac.hub.faults import (
    explain,
    is_address,
    is_token,
    no_token,
    retry_after_s,
    unusable_address,
    unusable_token,
    wanted_pause_s,
)
from aac.settings import Settings

_WAITS_S = (1.0, 3.0, 9.0, 27.0)
WAIT_MAX_S = 60.0
# What the Hub takes in and stores before it answers may take longer than what it only reads.
_PATIENCE = {"POST": 3, "PUT": 3}
# KeyError and TypeError: it takes the Hub's answers apart without a look at what they are.
_FROM_THE_CLIENT = (httpx.HTTPError, EntryNotFoundError, OSError, ValueError, RuntimeError, KeyError, TypeError)
T = TypeVar("T")


class _TimedClient(httpx.Client):
    """The Hub's client asks to wait for ever (`timeout=None`) at many calls; here a time-out always holds."""

    def build_request(self, method: str, *arguments: Any, **options: Any) -> httpx.Request:
        """As httpx has it, but never without a time-out."""
        if not isinstance(options.get("timeout"), int | float):
            options["timeout"] = (self.timeout.read or 0) * _PATIENCE.get(method, 1)
        return super().build_request(method, *arguments, **options)

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """As httpx has it; but what the client would bear with for too long is an error at once.

        It obeys a `Retry-After` of hours; and at a 409 `create_repo` asks again for ever and without a pause, or looks
        for the address of what is there already.
        """
        response = super().send(request, **options)
        is_endless = response.status_code == 409 and not options.get("stream") and '"url"' not in response.text
        if is_endless or (response.status_code in (429, 503) and wanted_pause_s(response) > WAIT_MAX_S):
            raise httpx.HTTPStatusError(str(response.status_code), request=request, response=response)
        return response


@lru_cache(maxsize=1)
def use_time_out(timeout_s: float) -> None:
    """Give the client, of which there is one in a process, this time-out, and keep it from talking by itself."""
    if not sys.stderr.isatty():
        disable_progress_bars()
    if hub_logging.get_verbosity() == logging.WARNING:  # as it comes: our own errors say what there is to say
        hub_logging.set_verbosity_error()
    logging.getLogger("httpcore2").setLevel(logging.INFO)  # it would log whole headers, of requests and answers
    set_client_factory(lambda: _TimedClient(timeout=timeout_s, follow_redirects=True))


@dataclass(frozen=True, slots=True)
class HubAccess:
    """A Hub, and who asks it. The token is never shown, and no other that lies on the machine stands in for it.

    timeout_s: how long one answer may take (three times that where files are stored). tries: how often one thing is
    asked for. wait: called with the seconds between two tries. others: further secrets that are sent and never shown.
    """

    endpoint: str
    token: str = field(default="", repr=False)
    timeout_s: float = 10.0
    tries: int = 4
    wait: Callable[[float], None] = field(default=time.sleep, repr=False)
    others: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, settings: Settings, token: str | None = None) -> HubAccess:
        """The settings' Hub with this token; None for the server's own, "" for nobody's."""
        chosen = settings.hub_token if token is None else token
        return cls(settings.hub_endpoint, chosen.strip(), settings.hub_timeout_s)

    def api(self) -> HfApi:
        """The client, with the time-out in place. `HubError` where the address or the token cannot be one."""
        if not is_address(self.endpoint):  # else it would be tried again and told as trouble of the network
            raise unusable_address(self.endpoint)
        if self.token and not is_token(self.token):  # the HTTP library would show it in its own message
            raise unusable_token()
        use_time_out(self.timeout_s)
        return HfApi(endpoint=self.endpoint, token=self.token or False)

    def hidden(self, text: str) -> str:
        """`text` without the token and the other secrets, should the Hub, a job or a Space have repeated one."""
        for secret in filter(None, (self.token, *self.others)):
            text = text.replace(secret, "***")
        return text


def call(access: HubAccess, action: Callable[[HfApi], T], subject: str) -> T:
    """What `action` gives, tried again where sense says so; `HubError` with what to do where it does not work.

    `action` must come to the same when it is done twice: the Hub's answer may be lost after the deed. Errors of our own
    that it raises pass through, but for a `HubError` that says to try again. subject: what is talked about, such as a
    repository's name.
    """
    waited_s = 0.0
    for tried in range(1, access.tries + 1):
        try:
            return action(access.api())
        except AacError as error:
            if not isinstance(error, HubError) or not error.is_retryable or tried == access.tries:
                raise
            pause_s = _WAITS_S[min(tried, len(_WAITS_S)) - 1]
        except _FROM_THE_CLIENT as error:
            failure = explain(error, subject, access.endpoint, has_token=bool(access.token))
            if failure is None:
                raise
            pause_s = max(retry_after_s(error), _WAITS_S[min(tried, len(_WAITS_S)) - 1])
            waited_s += pause_s
            if tried == access.tries or not failure.is_retryable or waited_s > WAIT_MAX_S:
                # The client's own errors carry the request, and with it the token: they stay out of the traceback.
                raise HubError(
                    access.hidden(failure.pt), access.hidden(failure.en), is_retryable=failure.is_retryable
                ) from None
        access.wait(pause_s)
    raise AssertionError("unreachable")


def need_token(access: HubAccess) -> None:
    """`HubError` where there is no token: nothing can be written then."""
    if not access.token:
        raise no_token()


def whoami(access: HubAccess) -> str:
    """The name of the account that the token belongs to."""
    need_token(access)
    return str(call(access, lambda api: api.whoami()["name"], access.endpoint))
