"""Calls to other services: timeouts, safe retries, a circuit breaker, trace and deadline passed on.

A client is an `httpx2.AsyncClient` for one origin, so every library that takes one can use it too.
"""

from __future__ import annotations

import httpx2

from . import public
from .oauth2 import ClientCredentials
from .public import AddressRefused
from .sigv4 import SigV4
from .transport import CircuitOpen, ForeignOrigin, Limits, ResilientTransport, ResponseTooLarge

__all__ = [
    "AddressRefused",
    "CircuitOpen",
    "ClientCredentials",
    "ForeignOrigin",
    "Limits",
    "Outbound",
    "ResponseTooLarge",
    "SigV4",
]


class Outbound:
    """The service's clients, by name: they live as long as the service and share nothing with each other."""

    def __init__(self) -> None:
        self._clients: dict[str, httpx2.AsyncClient] = {}
        # One for all, made at start: reading the authorities' certificates would hold up every request meanwhile.
        self._tls = httpx2.create_ssl_context()

    def client(
        self, name: str, base_url: str, *, auth: httpx2.Auth | None = None, limits: Limits | None = None
    ) -> httpx2.AsyncClient:
        """The client of that name, made by the first call; the other arguments count only then.

        It answers within `limits.total` seconds or raises an `httpx2.TransportError`: `CircuitOpen` without a call
        when the service is known to be down, `ForeignOrigin` for a URL of another origin than `base_url`'s, since
        credentials go nowhere else, `ResponseTooLarge`. Redirects are not followed. A request that is safe to repeat
        though its method is not says so: `extensions={"idempotent": True}`.
        """
        if name not in self._clients:
            limits = limits or Limits()
            inner = httpx2.AsyncHTTPTransport(verify=self._tls)
            transport = ResilientTransport(httpx2.URL(base_url).origin, limits, inner)
            self._clients[name] = httpx2.AsyncClient(
                auth=auth, base_url=base_url, timeout=_timeout(limits), transport=transport, follow_redirects=False
            )
        return self._clients[name]

    def public_client(self, name: str, *, limits: Limits | None = None) -> httpx2.AsyncClient:
        """The client of that name for URLs that come from callers, such as those of webhooks. It has no credentials.

        It does what `client` promises for whatever public origin, and raises `AddressRefused` for a URL whose host has
        an address that is private, local, multicast or a cloud's metadata server.
        """
        if name not in self._clients:
            limits = limits or Limits()
            transport = public.transport(limits, self._tls)
            self._clients[name] = httpx2.AsyncClient(
                timeout=_timeout(limits), transport=transport, follow_redirects=False, trust_env=False
            )
        return self._clients[name]

    async def close(self) -> None:
        """Closes all connections."""
        for client in self._clients.values():
            await client.aclose()


def _timeout(limits: Limits) -> httpx2.Timeout:
    return httpx2.Timeout(limits.read, connect=limits.connect, pool=limits.connect)
