"""From start to stop: what is opened is closed, in the opposite order, whatever fails on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TypeAlias

from fastapi import FastAPI

Step: TypeAlias = Callable[[], Awaitable[None]]


class Lifecycle:
    """The state of the process: `stopping` turns true with the request to stop, before anything is closed."""

    def __init__(self) -> None:
        self.stopping = False
        self._start: list[Step] = []
        self._stop: list[Step] = []

    def on_start(self, step: Step) -> None:
        """Run `step` before the first request; if it raises, the service does not start."""
        self._start.append(step)

    def on_stop(self, step: Step) -> None:
        """Run `step` after the last request; the last one registered runs first."""
        self._stop.append(step)

    @asynccontextmanager
    async def lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        """The lifespan of the ASGI application."""
        async with AsyncExitStack() as stack:
            for step in self._stop:
                stack.push_async_callback(step)
            for step in self._start:
                await step()
            yield
            self.stopping = True
