"""One call with its attempts: what to do next, decided without a network, so that sync and async do the same."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx2

from .errors import CallFailed, CircuitOpen, ConnectionFailed, DeadlineExceeded, ForeignOrigin
from .operation import Operation
from .options import Options
from .quota import CircuitBreaker, RetryQuota
from .retries import is_transient, retry_after

_FAILURES = frozenset((500, 502, 503, 504))
_SAFE = frozenset(("GET", "HEAD", "OPTIONS", "PUT", "DELETE"))
_TRANSIENT = (httpx2.TimeoutException, httpx2.NetworkError, httpx2.RemoteProtocolError)


@dataclass(slots=True)
class Shared:
    """What the calls of one client share."""

    origin: httpx2.Origin
    options: Options
    quota: RetryQuota
    breaker: CircuitBreaker
    clock: Callable[[], float] = time.monotonic
    random: Callable[[], float] = random.random


class Call:
    """Asked before each attempt, and told how it went."""

    def __init__(self, shared: Shared, request: httpx2.Request) -> None:
        found = request.extensions.get("operation")
        self.operation = found if isinstance(found, Operation) else _undeclared(request)
        self.request = request
        self.attempts = 0
        self.sent = 0
        """How often the request itself was sent, be it once more because of its token."""
        self._shared = shared
        options = shared.options
        total = self.operation.total if options.total is None else options.total
        self.ends = shared.clock() + total
        self._total = total
        shared.quota.earn()

    def begin(self) -> None:
        """Before an attempt. Raises ForeignOrigin, CircuitOpen and DeadlineExceeded."""
        if self.request.url.origin != self._shared.origin:
            raise ForeignOrigin(f"{self.operation.name}: the URL leads to another host than the client's")
        if not self._shared.breaker.allows():
            raise CircuitOpen(f"{self.operation.name}: the service is failing and was not called")
        self.attempts += 1
        if self.left() <= 0:
            raise self.late()

    def left(self) -> float:
        """Seconds until the deadline."""
        return self.ends - self._shared.clock()

    def timeouts(self) -> dict[str, float]:
        """For each wait on the network during the next attempt."""
        options, left = self._shared.options, max(self.left(), 0.001)
        connect = self.operation.connect if options.connect is None else options.connect
        read = self.operation.read if options.read is None else options.read
        return {"connect": min(connect, left), "read": min(read, left), "write": min(read, left), "pool": left}

    def after(self, outcome: httpx2.Response | Exception) -> float | None:
        """After an attempt: the seconds to wait before the next one, or None where its answer is the call's.

        Raises what the caller gets to see, where there is no answer. It is asked outside of any `except`, so that what
        it raises leads to no error of the HTTP library, which may hold the request with its token.
        """
        if isinstance(outcome, httpx2.Response):
            self._shared.breaker.note(good=outcome.status_code not in _FAILURES)
            return self._wait(retry_after(outcome)) if is_transient(outcome) else None
        if isinstance(outcome, CallFailed):
            raise outcome
        if isinstance(outcome, _TRANSIENT):
            self._shared.breaker.note(good=False)
            wait = self._wait(0.0)
            if wait is not None:
                return wait
        if self.left() <= 0 or isinstance(outcome, httpx2.TimeoutException):
            raise self.late()
        raise ConnectionFailed(f"{self.operation.name}: {type(outcome).__name__}: {outcome}")

    def late(self) -> DeadlineExceeded:
        """What is raised when time is up."""
        times = f"{self.attempts} attempt{'s' if self.attempts != 1 else ''}"
        return DeadlineExceeded(f"{self.operation.name}: no answer in time ({times}, {self._total:g} s for the call)")

    def _wait(self, asked: float) -> float | None:
        options = self._shared.options
        if not self._may_repeat() or self.attempts >= options.attempts:
            return None
        bound = min(options.backoff * 2 ** (self.attempts - 1), options.longest_wait)
        wait = max(self._shared.random() * bound, asked)
        if asked > options.longest_wait or wait >= self.left():
            return None
        return wait if self._shared.quota.spend() else None

    def _may_repeat(self) -> bool:
        if not isinstance(self.request.stream, httpx2.ByteStream):
            return False  # a stream can be read once
        if not self.sent or self.operation.retry == "safe":
            return True
        return self.operation.retry == "with-key" and self._has_key()

    def _has_key(self) -> bool:
        named = {one.argument: one.name for one in self.operation.arguments}
        name = named.get(self.operation.idempotency_key or "", "Idempotency-Key")
        return bool(self.request.headers.get(name))


def _undeclared(request: httpx2.Request) -> Operation:
    """For a request that is none of the contract's operations."""
    return Operation("request", request.method, request.url.path, retry="safe" if request.method in _SAFE else "never")
