"""A client of one OpenID provider: authorization code with state, PKCE (RFC 7636, S256) and nonce.

The ID token comes straight from the provider's token address, so its claims are checked and its signature need not be
(OpenID Connect Core 3.1.3.7, 6). Tokens are used once, for the claims, and dropped: none is stored or logged.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2 as httpx

_TIMEOUT_S = 10.0
_ANSWER_MAX_BYTES = 100_000
_KNOWN_FOR_S = 3600
_SKEW_S = 120
_SCOPE = "openid profile"


class ProviderFailed(Exception):
    """The provider did not answer as it should; the message says what, and holds none of its words."""


@dataclass(frozen=True, slots=True)
class Entering:
    """What has to come back unchanged from a login under way."""

    state: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)

    @property
    def challenge(self) -> str:
        """What the provider is told of the verifier."""
        return _base64url(hashlib.sha256(self.verifier.encode()).digest())


@dataclass(frozen=True, slots=True)
class Person:
    """id: the provider's own, never given to another. username: what nobody else is called there, empty where the
    provider says none. name: to be shown, and maybe freely chosen.
    """

    id: str
    username: str
    name: str


@dataclass(frozen=True, slots=True)
class _Provider:
    issuer: str
    authorize: str
    token: str
    userinfo: str
    read_s: float


class OpenId:
    """provider_url: where `/.well-known/openid-configuration` is. client_secret: never shown."""

    def __init__(self, provider_url: str, client_id: str, client_secret: str) -> None:
        self._url = provider_url.rstrip("/")
        self._client_id = client_id
        self._client_secret = client_secret
        self._provider: _Provider | None = None

    async def authorize_url(self, entering: Entering, redirect_uri: str) -> str:
        """Where the browser goes to log in."""
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": redirect_uri,
            "scope": _SCOPE,
            "state": entering.state,
            "nonce": entering.nonce,
            "code_challenge": entering.challenge,
            "code_challenge_method": "S256",
        }
        return f"{(await self._known()).authorize}?{urlencode(asked)}"

    async def person(self, code: str, issuer: str | None, entering: Entering, redirect_uri: str) -> Person:
        """Who logged in, for the code that came back. issuer: `iss` of the callback (RFC 9207), where there was one."""
        provider = await self._known()
        if issuer is not None and issuer.rstrip("/") != provider.issuer.rstrip("/"):
            raise ProviderFailed("another issuer called back")
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": entering.verifier,
        }
        auth = httpx.BasicAuth(self._client_id, self._client_secret)
        tokens = await _json("POST", provider.token, data=form, auth=auth)
        claims = _claims(tokens.get("id_token"))
        self._check(claims, provider, entering)
        bearer = {"Authorization": f"Bearer {tokens.get('access_token')}"}
        told = await _json("GET", provider.userinfo, headers=bearer)
        if not isinstance(claims["sub"], str) or not claims["sub"] or told.get("sub") != claims["sub"]:
            raise ProviderFailed("the two answers are of different people")
        username = str(told.get("preferred_username") or "")
        return Person(claims["sub"], username, username or str(told.get("name") or ""))

    def _check(self, claims: Mapping[str, Any], provider: _Provider, entering: Entering) -> None:
        audience = claims.get("aud")
        expires = claims.get("exp")
        if claims.get("iss") != provider.issuer:
            raise ProviderFailed("the ID token is of another issuer")
        if self._client_id not in (audience if isinstance(audience, list) else [audience]):
            raise ProviderFailed("the ID token is for another client")
        if not isinstance(expires, int | float) or expires < time.time() - _SKEW_S:
            raise ProviderFailed("the ID token has expired")
        if not secrets.compare_digest(str(claims.get("nonce")).encode(), entering.nonce.encode()):
            raise ProviderFailed("the ID token answers another login")
        if "sub" not in claims:
            raise ProviderFailed("the ID token names nobody")

    async def _known(self) -> _Provider:
        if self._provider is None or time.monotonic() - self._provider.read_s > _KNOWN_FOR_S:
            found = await _json("GET", f"{self._url}/.well-known/openid-configuration")
            if str(found.get("issuer", "")).rstrip("/") != self._url:
                raise ProviderFailed("the provider names another issuer")
            ends = [str(found.get(f"{what}_endpoint", "")) for what in ("authorization", "token", "userinfo")]
            if not all(self._is_safe(end) for end in ends):
                raise ProviderFailed("the provider has addresses without https")
            authorize, token, userinfo = ends
            self._provider = _Provider(str(found["issuer"]), authorize, token, userinfo, time.monotonic())
        return self._provider

    def _is_safe(self, place: str) -> bool:
        """https; or what the provider itself is, where somebody set one up without, for a test."""
        return urlsplit(place).scheme in ("https", urlsplit(self._url).scheme)


async def _json(method: str, url: str, **options: Any) -> dict[str, Any]:
    """An answer that is a JSON object. Another address than the one that was asked is never followed."""
    try:
        async with (
            httpx.AsyncClient(timeout=_TIMEOUT_S, follow_redirects=False, trust_env=False) as client,
            client.stream(
                method, url, headers={"Accept": "application/json", **options.pop("headers", {})}, **options
            ) as answer,
        ):
            body = b""
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > _ANSWER_MAX_BYTES:
                    raise ProviderFailed("the provider's answer is too long")
            if answer.status_code != 200:
                raise ProviderFailed(f"the provider answered {answer.status_code}")
        found = json.loads(body)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as error:
        raise ProviderFailed(f"the provider cannot be understood ({type(error).__name__})") from error
    if not isinstance(found, dict):
        raise ProviderFailed("the provider's answer is no object")
    return found


def _claims(token: Any) -> dict[str, Any]:
    """What an ID token (RFC 7519, three parts) says."""
    try:
        _, middle, _ = str(token).split(".")
        found = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except (ValueError, RecursionError) as error:
        raise ProviderFailed("the ID token is none") from error
    if not isinstance(found, dict):
        raise ProviderFailed("the ID token is none")
    return found


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
