"""Bounds on what one caller, and all callers together, can take from the service."""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from time import monotonic
from types import coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from .problems import (
    ContentTooLarge,
    DeadlineExceeded,
    MalformedRequest,
    Overloaded,
    Problem,
    RateLimited,
    RequestTimeout,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import Receive

T = TypeVar("T")

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
    # The rest of the body may still come, so the connection can't carry another request.
    late = partial(RequestTimeout, headers={"connection": "close"})
    return await _within(asyncio.get_running_loop().time() + seconds, _collect(receive, max_bytes), late)


async def _collect(receive: Receive, max_bytes: int) -> bytes:
    body: bytes = b""
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


async def before_deadline(seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """The outcome of a handler's work, which is cancelled after `seconds`. Raises DeadlineExceeded."""
    loop_time = asyncio.get_running_loop().time() + seconds
    token = deadline.set(loop_time)
    try:
        return await _within(loop_time, work, partial(DeadlineExceeded, headers={"retry-after": "1"}))
    finally:
        deadline.reset(token)


async def _within(loop_time: float, work: Coroutine[Any, Any, T], late: Callable[[], Problem]) -> T:
    """Raises what `late` makes where the work still waits for something at that time of the event loop.

    Work that waits for nothing can't be cancelled, and a timer costs more than most of it: so the timer is only set
    once the work waits for the first time.
    """
    try:
        waiting = work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    timeout = asyncio.timeout_at(loop_time)
    try:
        async with timeout:
            return await _continued(work, waiting)
    except Exception:
        if timeout.expired():
            raise late() from None
        raise


@coroutine
def _continued(work: Coroutine[Any, Any, T], waiting: Any) -> Generator[Any, Any, T]:
    """Await work that was begun: pass on what it waits for, and to it whatever comes back."""
    while True:
        try:
            try:
                value = yield waiting
            except BaseException as error:
                waiting = work.throw(error)
            else:
                waiting = work.send(value)
        except StopIteration as done:
            result: T = done.value
            return result


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
