"""The client: one service, its credentials and connections. All operations take one."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Mapping
from functools import cache, cached_property
from typing import Any, Self

import httpx2

from . import deadline
from .call import Shared
from .options import Options
from .quota import CircuitBreaker, RetryQuota
from .transport import AsyncTransport, Transport


class Client:
    """Calls one service, blocking or async. It may be shared by threads, and by all of an event loop.

    `auth` is any `httpx2.Auth`, those of this package among them; `headers` go with every request. A `transport` of
    your own, for a proxy or a test, does the exchanges with the network; everything else stays as it is.
    """

    def __init__(
        self,
        base_url: str,
        *,
        auth: httpx2.Auth | None = None,
        options: Options | None = None,
        headers: Mapping[str, str] | None = None,
        verify: ssl.SSLContext | bool = True,
        transport: httpx2.BaseTransport | None = None,
        async_transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        """Raises ValueError for a base URL that is not one of HTTP."""
        url = httpx2.URL(base_url)
        if url.scheme not in ("http", "https") or not url.host:
            raise ValueError(f"{base_url!r} is no URL of a service; write it as https://host/path")
        options = options or Options()
        quota = RetryQuota(options.retry_share, options.retry_reserve)
        breaker = CircuitBreaker(options.breaker_failures, options.breaker_seconds)
        self._shared = Shared(url.origin, options, quota, breaker)
        self._base_url = base_url
        self._auth = auth
        self._headers = dict(headers or {})
        self._verify = verify
        self._transport = transport
        self._async_transport = async_transport
        self._lock = threading.Lock()

    @cached_property
    def http(self) -> httpx2.Client:
        """The HTTP client of blocking calls: what the contract does not have can be called with it all the same."""
        inner = self._transport
        if inner is None:
            inner = httpx2.HTTPTransport(verify=_context(self._verify))
            pool = inner._pool
            pool._network_backend = deadline.Backend(pool._network_backend)
        transport = Transport(self._shared, self._auth, inner)
        return httpx2.Client(**self._arguments(), transport=transport)

    @cached_property
    def http_async(self) -> httpx2.AsyncClient:
        """The HTTP client of async calls."""
        inner = self._async_transport or httpx2.AsyncHTTPTransport(verify=_context(self._verify))
        return httpx2.AsyncClient(**self._arguments(), transport=AsyncTransport(self._shared, self._auth, inner))

    def _arguments(self) -> dict[str, Any]:
        return {
            "base_url": self._base_url,
            "headers": self._headers,
            "timeout": None,  # each attempt has its own
            "follow_redirects": False,
            "trust_env": False,  # no credentials from a .netrc
        }

    def send(self, request: dict[str, Any]) -> httpx2.Response:
        """Make a call, and wait for its answer. Raises CallFailed."""
        if "http" not in self.__dict__:
            with self._lock:  # several threads may be the first
                self.http  # noqa: B018 - made by being asked for
        return self.http.request(**request)

    async def send_async(self, request: dict[str, Any]) -> httpx2.Response:
        """Make a call, and wait for its answer. Raises CallFailed."""
        return await self.http_async.request(**request)

    def close(self) -> None:
        """Close the connections of blocking calls."""
        if "http" in self.__dict__:
            self.http.close()

    async def aclose(self) -> None:
        """Close all connections."""
        self.close()
        if "http_async" in self.__dict__:
            await self.http_async.aclose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


def _context(verify: ssl.SSLContext | bool) -> ssl.SSLContext | bool:
    return _certificates() if verify is True else verify


@cache
def _certificates() -> ssl.SSLContext:
    """Reading the authorities' certificates takes its time, so it is done once for all clients."""
    return httpx2.create_ssl_context()
