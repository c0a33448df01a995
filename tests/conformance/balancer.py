"""A load balancer, and callers behind it."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from paviour.verify.registry import Failed
from paviour.verify.wire import NoAnswer
from tests.conformance.surroundings import BenchProbe


class Balancer:
    """Sends each request to the next replica that said, a moment ago, that it is ready. It repeats none."""

    def __init__(self, call: Callable[[BenchProbe], bool]) -> None:
        self.replicas: list[BenchProbe] = []
        self.lost: list[str] = []
        self._call = call
        self._served: Counter[str] = Counter()
        self._ready: list[BenchProbe] = []
        self._next = 0
        self._ended = threading.Event()

    @contextmanager
    def under_load(self, callers: int) -> Iterator[None]:
        """Look at readiness ten times a second, and let so many callers call without a pause."""
        threads = [threading.Thread(target=work) for work in (self._look, *[self._work] * callers)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._ended.set()
            for thread in threads:
                thread.join()

    def wait_for(self, replica: BenchProbe, requests: int) -> None:
        """Return when the replica has served so many. Raises Failed where it does not within 20 s."""
        ends = time.monotonic() + 20
        while self._served[replica.replica.url] < requests:
            if time.monotonic() > ends:
                raise Failed(f"a replica that is ready did not serve {requests} requests in 20 s")
            time.sleep(0.02)

    def _look(self) -> None:
        while not self._ended.wait(0.1):
            self._ready = [probe for probe in self.replicas if probe.replica.health("ready") == 200]

    def _work(self) -> None:
        while not self._ended.is_set():
            ready = self._ready
            if not ready:
                time.sleep(0.01)
                continue
            self._next += 1
            probe = ready[self._next % len(ready)]
            try:
                served = self._call(probe)
            except (NoAnswer, Failed) as error:
                self.lost.append(f"{probe.replica.url}: {error}")
            else:
                if not served:
                    self.lost.append(f"{probe.replica.url}: refused")
                self._served[probe.replica.url] += 1
