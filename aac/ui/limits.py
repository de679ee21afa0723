"""How often who may ask. In memory only, of bounded size, and under keys from which no address can be read back."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import math
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request

_KEYS_KEPT = 10_000
_DAY_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Allowance:
    """at_once: how many may come together. per_s: how many more each second brings."""

    at_once: float
    per_s: float


class Buckets:
    """A token bucket a key; the ones not asked for the longest go first. clock: seconds that never go back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, keys_kept: int = _KEYS_KEPT) -> None:
        self._clock = clock
        self._keys_kept = keys_kept
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait_s(self, key: str, allowance: Allowance) -> float:
        """0 and one less left; or how long to wait, and nothing taken."""
        with self._lock:
            now = self._clock()
            left, at = self._left.pop(key, (allowance.at_once, now))
            left = min(allowance.at_once, left + (now - at) * allowance.per_s)
            is_let = left >= 1
            self._left[key] = (left - 1 if is_let else left, now)
            if len(self._left) > self._keys_kept:
                self._left.popitem(last=False)
            return 0.0 if is_let else (1 - left) / allowance.per_s

    def __len__(self) -> int:
        return len(self._left)


class Addresses:
    """Addresses as keys, made with a secret that lives in memory only. proxies: of ours, in front.

    secret_kept_s: how long; then keys are others.
    """

    def __init__(
        self, proxies: int, clock: Callable[[], float] = time.monotonic, secret_kept_s: float = _DAY_S
    ) -> None:
        self._proxies = proxies
        self._clock = clock
        self._secret_kept_s = secret_kept_s
        self._secret, self._made_s = secrets.token_bytes(32), clock()

    def key(self, request: Request) -> str:
        """The key of the address that the request comes from."""
        if self._clock() - self._made_s > self._secret_kept_s:
            self._secret, self._made_s = secrets.token_bytes(32), self._clock()
        return hmac.new(self._secret, _network(self._address(request)).encode(), hashlib.sha256).hexdigest()[:32]

    def with_lasting_secret(self) -> Addresses:
        """The same addresses under keys that stay as long as the server runs."""
        return Addresses(self._proxies, self._clock, math.inf)

    def _address(self, request: Request) -> str:
        """What the outermost proxy of ours saw. What stands further left, anybody may have written."""
        peer = request.client.host if request.client else ""
        if self._proxies == 0:
            return peer
        seen = [part.strip() for line in request.headers.getlist("x-forwarded-for") for part in line.split(",")]
        return seen[-self._proxies] if len(seen) >= self._proxies else peer


def _network(address: str) -> str:
    """One line at home has 2^64 addresses of version 6: they are one."""
    try:
        found = ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((int(found) >> 64 << 64, 64)))
    return str(found)
