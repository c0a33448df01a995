"""When to stop calling a service that fails, and how many calls may be repeats.

Both are small on purpose: the async circuit breaker libraries either wrap a call in their own exception, so that the
response is lost, or have had no release in years.
"""

from __future__ import annotations

import time
from collections.abc import Callable


class CircuitBreaker:
    """Closed until `threshold` failures in a row; then open for `recovery` seconds, after which one call may try."""

    def __init__(self, threshold: int = 5, recovery: float = 10.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._threshold = threshold
        self._recovery = recovery
        self._clock = clock
        self._failures = 0
        self._closed_again = 0.0

    def allow(self) -> bool:
        """Whether a call may be made now; the one that is allowed to try keeps the others out meanwhile."""
        if self._failures < self._threshold:
            return True
        now = self._clock()
        if now < self._closed_again:
            return False
        self._closed_again = now + self._recovery
        return True

    def succeeded(self) -> None:
        """The service answered."""
        self._failures = 0

    def failed(self) -> None:
        """The service did not answer, or said that it cannot."""
        self._failures += 1
        if self._failures >= self._threshold:
            self._closed_again = self._clock() + self._recovery


class RetryBudget:
    """A share of the calls that may be repeats, so that retries cannot multiply the load on a service in trouble."""

    def __init__(self, share: float = 0.1, reserve: float = 10.0) -> None:
        self._share = share
        self._reserve = reserve
        self._credit = reserve

    def deposit(self) -> None:
        """A first attempt was made."""
        self._credit = min(self._reserve, self._credit + self._share)

    def withdraw(self) -> bool:
        """Whether one more attempt may be made."""
        if self._credit < 1:
            return False
        self._credit -= 1
        return True
