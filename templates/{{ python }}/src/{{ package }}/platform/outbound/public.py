"""Calls to URLs that a caller supplied: only to public addresses, so that nobody reaches what the service can reach.

What counts is the address that the name resolves to, however either is written, and the call goes to the address that
was looked at: a name that resolves to another one a moment later (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TypeAlias

import httpx2

from .transport import Limits, ResilientTransport

Resolve: TypeAlias = Callable[[str, int], Awaitable[list[str]]]

_MAX_ORIGINS = 100
# Azure's metadata server has an address of the public range; of the others not every Python knows that they have none.
_REFUSED = tuple(map(ip_network, ("168.63.129.16/32", "192.0.0.0/24", "fec0::/10")))


class AddressRefused(httpx2.TransportError):
    """The URL leads to an address that is not public."""


class PublicTransport(httpx2.AsyncBaseTransport):
    """Calls any public origin; each has its own breaker and retries, and the latest ones are remembered."""

    def __init__(self, limits: Limits, inner: httpx2.AsyncBaseTransport) -> None:
        self._limits = limits
        self._inner = inner
        self._origins: OrderedDict[httpx2.Origin, ResilientTransport] = OrderedDict()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answers as ResilientTransport does, whose `inner` is shared by all origins. Raises AddressRefused, too."""
        if request.url.scheme not in ("http", "https") or not request.url.host:
            raise AddressRefused("The URL is not HTTP's", request=request)
        origin = request.url.origin
        transport = self._origins.get(origin)
        if transport is None:
            transport = self._origins[origin] = ResilientTransport(origin, self._limits, self._inner)
        self._origins.move_to_end(origin)
        if len(self._origins) > _MAX_ORIGINS:
            self._origins.popitem(last=False)
        return await transport.handle_async_request(request)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._inner.aclose()


class PinnedTransport(httpx2.AsyncBaseTransport):
    """Resolves the host, and calls through `inner` the address it found, if that is public."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, resolve: Resolve) -> None:
        self._inner = inner
        self._resolve = resolve

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Raises AddressRefused where one of the host's addresses is not public, ConnectError where it has none."""
        host = request.url.host
        try:
            addresses = await self._resolve(host, request.url.port or 0)
        except (OSError, UnicodeError) as error:
            raise httpx2.ConnectError("The host could not be resolved", request=request) from error
        if not addresses or not all(map(is_public, addresses)):
            raise AddressRefused("The URL leads to an address that is not public", request=request)
        # Host, server name and certificate stay those of the URL.
        pinned = httpx2.Request(
            request.method,
            request.url.copy_with(host=addresses[0]),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host},
        )
        return await self._inner.handle_async_request(pinned)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._inner.aclose()


def transport(limits: Limits, tls: ssl.SSLContext) -> PublicTransport:
    """What a client for caller-supplied URLs calls through."""
    # A connection is kept for the next call by its address alone, and another name may have the same address.
    once = httpx2.Limits(max_keepalive_connections=0)
    inner = httpx2.AsyncHTTPTransport(verify=tls, limits=once, trust_env=False)
    return PublicTransport(limits, PinnedTransport(inner, resolve))


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system orders them. Raises OSError where it has none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def is_public(text: str) -> bool:
    """Whether an address belongs to the public internet, and to one host there."""
    address = ip_address(text)
    if isinstance(address, IPv6Address):
        # An IPv4 address in one of the forms that a network may translate back.
        embedded = address.ipv4_mapped or address.sixtofour
        if embedded is not None:
            return is_public(str(embedded))
    special = address.is_multicast or address.is_reserved or any(address in network for network in _REFUSED)
    return address.is_global and not special
