"""Bounds on what one caller, and all callers together, can take from the service."""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import TYPE_CHECKING

from .problems import ContentTooLarge, DeadlineExceeded, MalformedRequest, Overloaded, RateLimited, RequestTimeout

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import Receive

deadline: ContextVar[float | None] = ContextVar("deadline", default=None)
"""The event loop's time at which the current handler is cancelled."""


class ClientDisconnected(Exception):
    """The caller went away before its request was complete; there is nobody to answer."""


def check_content_length(content_length: bytes | None, max_bytes: int) -> None:
    """Refuse a body that says it is too large before any of it is read.

    Raises ContentTooLarge, or MalformedRequest where the field is no number.
    """
    if content_length is None:
        return
    if not content_length.isdigit():
        raise MalformedRequest("Content-Length is not a number.")
    # A number of many digits is too large whatever it is, and costs time to read.
    if len(content_length) > len(str(max_bytes)) + 20 or int(content_length) > max_bytes:
        raise ContentTooLarge(f"A request body may have {max_bytes} bytes.")


async def read_body(receive: Receive, max_bytes: int, seconds: float) -> bytes:
    """Read the request's body.

    Raises ContentTooLarge as soon as more than `max_bytes` have come, RequestTimeout where the whole has not come
    within `seconds`, ClientDisconnected.
    """
    body: bytes = b""
    try:
        async with asyncio.timeout(seconds):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnected
                chunk: bytes = message.get("body", b"")
                if len(body) + len(chunk) > max_bytes:
                    raise ContentTooLarge(f"A request body may have {max_bytes} bytes.")
                body = body + chunk if body else chunk
                if not message.get("more_body", False):
                    return body
    except TimeoutError:
        # The rest of the body may still come, so the connection can't carry another request.
        raise RequestTimeout(headers={"connection": "close"}) from None


@asynccontextmanager
async def handler_deadline(seconds: float) -> AsyncIterator[None]:
    """Cancel the work inside after `seconds`. Raises DeadlineExceeded."""
    loop_time = asyncio.get_running_loop().time() + seconds
    timeout = asyncio.timeout_at(loop_time)
    token = deadline.set(loop_time)
    try:
        async with timeout:
            yield
    except Exception:
        if timeout.expired():
            raise DeadlineExceeded(headers={"retry-after": "1"}) from None
        raise
    finally:
        deadline.reset(token)


class ConcurrencyLimit:
    """Sheds load: a request beyond the limit is refused at once, so those inside keep their latency."""

    def __init__(self, limit: int) -> None:
        self._free = limit

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Hold a place. Raises Overloaded where there is none."""
        if self._free == 0:
            raise Overloaded(headers={"retry-after": "1"})
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1


class RateLimit:
    """A token bucket for each identity, in the memory of this process.

    A bucket is kept as one number, the time at which it will be full again (the generic cell rate algorithm), and one
    that is full is the same as none: so what is dropped first costs nobody anything.
    """

    MAX_IDENTITIES = 10_000

    def __init__(
        self,
        requests: int,
        window_seconds: float,
        policy: str = "default",
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._interval = window_seconds / requests
        self._window = window_seconds
        self._full_at: OrderedDict[str, float] = OrderedDict()
        self._clock = clock
        self._name = policy
        self._policy = f'"{policy}";q={requests};w={math.ceil(window_seconds)}'

    def take(self, identity: str) -> dict[str, str]:
        """Take one request from the identity's bucket; returns the response's `RateLimit` fields.

        The fields are structured (RFC 9651) as draft-ietf-httpapi-ratelimit-headers-10 defines them. Raises
        RateLimited, with `Retry-After` in seconds.
        """
        now = self._clock()
        full_at = max(self._full_at.get(identity, now), now) + self._interval
        missing = full_at - now - self._window
        # Half an interval of tolerance, for what adding floats loses.
        if missing > self._interval / 2:
            fields = self._fields(0, full_at - self._interval - now)
            raise RateLimited(headers={**fields, "retry-after": str(max(1, math.ceil(missing)))})
        self._full_at[identity] = full_at
        self._full_at.move_to_end(identity)
        if len(self._full_at) > self.MAX_IDENTITIES:
            self._full_at.popitem(last=False)
        return self._fields(max(0, round(-missing / self._interval)), full_at - now)

    def _fields(self, remaining: int, seconds: float) -> dict[str, str]:
        limit = f'"{self._name}";r={remaining};t={math.ceil(seconds)}'
        return {"ratelimit-policy": self._policy, "ratelimit": limit}
