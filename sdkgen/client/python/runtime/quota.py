"""How many calls may be repeats, and when to stop calling a service that fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class RetryQuota:
    """A token bucket: each call earns a share of a retry, each retry costs one."""

    def __init__(self, share: float, reserve: float) -> None:
        self._share = share
        self._reserve = self._credit = reserve
        self._lock = threading.Lock()

    def earn(self) -> None:
        """A call was made."""
        with self._lock:
            self._credit = min(self._reserve, self._credit + self._share)

    def spend(self) -> bool:
        """May one more attempt be made?"""
        with self._lock:
            if self._credit < 1:
                return False
            self._credit -= 1
            return True


class CircuitBreaker:
    """Closed until so many failures in a row; then open for a while, after which one call may try."""

    def __init__(self, failures: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._threshold = failures
        self._seconds = seconds
        self._clock = clock
        self._failures = 0
        self._opens = 0.0
        self._lock = threading.Lock()

    def allows(self) -> bool:
        """May a call be made now? The one that may try keeps the others out meanwhile."""
        if not self._threshold or self._failures < self._threshold:
            return True
        with self._lock:
            now = self._clock()
            if now < self._opens:
                return False
            self._opens = now + self._seconds
            return True

    def note(self, *, good: bool) -> None:
        """How a call went."""
        if not self._threshold:
            return
        with self._lock:
            self._failures = 0 if good else self._failures + 1
            if self._failures >= self._threshold:
                self._opens = self._clock() + self._seconds
