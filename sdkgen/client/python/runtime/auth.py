"""Credentials: a token or key that is at hand, or a token of the client credentials grant (RFC 6749, section 4.4)."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import contextmanager
from urllib.parse import quote_plus, urlsplit

import anyio
import httpx2

from . import deadline
from .errors import AuthenticationFailed, DeadlineExceeded
from .transport import ISSUER

_MARGIN = 30.0
"""Seconds before its end in which a token is no longer used."""
_LIFETIME = 300.0
"""Seconds a token is used whose response does not say how long it lasts."""
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Bearer(httpx2.Auth):
    """Sends a token: the one given, or what a function returns, which is asked before each attempt."""

    def __init__(self, token: str | Callable[[], str]) -> None:
        self._token = token

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Adds the token."""
        token = self._token if isinstance(self._token, str) else self._token()
        request.headers["Authorization"] = f"Bearer {token}"
        yield request


class ApiKey(httpx2.Auth):
    """Sends a key in a header."""

    def __init__(self, key: str, header: str = "X-API-Key") -> None:
        self._key = key
        self._header = header

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Adds the key."""
        request.headers[self._header] = self._key
        yield request


class ClientCredentials(httpx2.Auth):
    """Sends a token of one client, fetched when it is first needed and again before it ends.

    Name the `issuer`, whose metadata says where tokens are to be had (OpenID Connect Discovery), or the `token_url`
    itself. However many calls wait for a token, one request fetches it. A token that is answered with 401 is replaced
    once. Use an object in threads, or in one event loop.
    """

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        *,
        issuer: str | None = None,
        token_url: str | None = None,
        scope: str = "",
        audience: str | None = None,
    ) -> None:
        """Raises ValueError where neither address is given, or one that would send the secret unencrypted."""
        if (issuer is None) == (token_url is None):
            raise ValueError("name either the issuer or the token_url")
        _refuse_unencrypted(issuer or token_url or "")
        self._issuer = issuer
        self._token_url = token_url
        # RFC 6749, section 2.3.1: both are form-encoded before they become a user name and a password.
        self._client = httpx2.BasicAuth(quote_plus(client_id), quote_plus(client_secret))
        self._form = {"grant_type": "client_credentials"}
        self._form |= {"scope": scope} if scope else {}
        self._form |= {"audience": audience} if audience else {}
        self._lock = threading.Lock()
        self._async_lock = anyio.Lock()
        self._token = ""
        self._expires = 0.0

    def sync_auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Adds the token. Raises AuthenticationFailed."""
        with self._alone():
            yield from self._renewal(refused=None)
            token = self._token
        request.headers["Authorization"] = f"Bearer {token}"
        response = yield request
        if self._is_refused(request, response):
            with self._alone():
                yield from self._renewal(refused=token)
                token = self._token
            request.headers["Authorization"] = f"Bearer {token}"
            yield request

    async def async_auth_flow(self, request: httpx2.Request) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        """Adds the token. Raises AuthenticationFailed."""
        async with self._async_lock:
            renewal = self._renewal(refused=None)
            following = _next(renewal)
            while following is not None:
                following = _next(renewal, (yield following))
            token = self._token
        request.headers["Authorization"] = f"Bearer {token}"
        response = yield request
        if self._is_refused(request, response):
            async with self._async_lock:
                renewal = self._renewal(refused=token)
                following = _next(renewal)
                while following is not None:
                    following = _next(renewal, (yield following))
                token = self._token
            request.headers["Authorization"] = f"Bearer {token}"
            yield request

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One thread at a time fetches a token; another waits for it no longer than its own call may take."""
        ends = deadline.ends.get()
        if not self._lock.acquire(timeout=-1 if ends is None else max(ends - time.monotonic(), 0.0)):
            raise DeadlineExceeded("there was no token in time")
        try:
            yield
        finally:
            self._lock.release()

    @staticmethod
    def _is_refused(request: httpx2.Request, response: httpx2.Response) -> bool:
        return response.status_code == 401 and isinstance(request.stream, httpx2.ByteStream)

    def _renewal(self, refused: str | None) -> Generator[httpx2.Request, httpx2.Response, None]:
        """The requests that a usable token takes; none where there is one."""
        if self._token != refused and time.monotonic() < self._expires:
            return
        if self._token_url is None:
            answer = yield self._ask("GET", f"{str(self._issuer).rstrip('/')}/.well-known/openid-configuration")
            self._token_url = self._discovered(answer)
        answer = yield self._ask("POST", self._token_url, self._form)
        fields = _fields(answer, "the token endpoint")
        token, kind = fields.get("access_token"), str(fields.get("token_type", "")).lower()
        if not isinstance(token, str) or not token or kind != "bearer":
            raise AuthenticationFailed("the token endpoint's answer is no bearer token")
        lifetime = fields.get("expires_in", _LIFETIME)
        seconds = float(lifetime) if isinstance(lifetime, (int, float)) else _LIFETIME
        self._token = token
        self._expires = time.monotonic() + max(seconds - _MARGIN, seconds / 2)

    def _ask(self, method: str, url: str, form: dict[str, str] | None = None) -> httpx2.Request:
        request = httpx2.Request(
            method, url, data=form, headers={"Accept": "application/json"}, extensions={ISSUER: True}
        )
        return next(self._client.auth_flow(request)) if form else request

    def _discovered(self, answer: httpx2.Response) -> str:
        fields = _fields(answer, "the issuer's metadata")
        if str(fields.get("issuer", "")).rstrip("/") != str(self._issuer).rstrip("/"):
            raise AuthenticationFailed("the issuer's metadata are of another issuer")
        url = fields.get("token_endpoint")
        if not isinstance(url, str):
            raise AuthenticationFailed("the issuer's metadata name no token endpoint")
        try:
            _refuse_unencrypted(url)
        except ValueError as error:
            raise AuthenticationFailed(str(error)) from None
        return url


def _next(
    flow: Generator[httpx2.Request, httpx2.Response, None], response: httpx2.Response | None = None
) -> httpx2.Request | None:
    """The flow's next request, after the response to the last one; None where it has no more."""
    try:
        return next(flow) if response is None else flow.send(response)
    except StopIteration:
        return None


def _fields(answer: httpx2.Response, what: str) -> dict[str, object]:
    try:
        fields = answer.json()
    except ValueError:
        fields = None
    if answer.status_code != 200:
        code = fields.get("error") if isinstance(fields, dict) else None
        named = f": {code}" if isinstance(code, str) and code.isascii() and len(code) < 50 else ""
        raise AuthenticationFailed(f"{what} answered {answer.status_code}{named}")
    if not isinstance(fields, dict):
        raise AuthenticationFailed(f"{what} is no JSON object")
    return fields


def _refuse_unencrypted(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ValueError(f"{url} is not https: the client's secret would be readable on the way")
