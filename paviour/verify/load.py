"""Many requests at the same time, and how long each took."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

from paviour.verify.wire import TIMEOUT_SECONDS, Server


@dataclass(frozen=True, slots=True)
class Timed:
    """One answer; its status is 0 where none came."""

    status: int
    head: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Load:
    """What came back while this many requests were always under way."""

    connections: int
    answers: tuple[Timed, ...]

    @property
    def shed(self) -> list[Timed]:
        return [answer for answer in self.answers if answer.status == 503]

    def percentile(self, share: float) -> float:
        """The seconds within which this share of the requests that were served had their answer."""
        served = sorted(answer.seconds for answer in self.answers if 200 <= answer.status < 300)
        return served[max(0, math.ceil(share * len(served)) - 1)] if served else math.inf


def press(server: Server, messages: Sequence[bytes], connections: int, seconds: float) -> Load:
    """Keep this many connections busy with these requests, taken in turn, each on a connection of its own."""
    return asyncio.run(_press(server, messages, connections, seconds))


async def _press(server: Server, messages: Sequence[bytes], connections: int, seconds: float) -> Load:
    answers: list[Timed] = []
    end = time.monotonic() + seconds

    async def work(number: int) -> None:
        while time.monotonic() < end:
            answers.append(await _timed(server, messages[number % len(messages)]))

    await asyncio.gather(*(work(number) for number in range(connections)))
    return Load(connections, tuple(answers))


async def _timed(server: Server, message: bytes) -> Timed:
    began = time.monotonic()
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            head = (await _exchange(server, message)).partition(b"\r\n\r\n")[0].decode("latin-1")
        status = int(head.split(" ", 2)[1])
    except (OSError, ValueError, IndexError, TimeoutError):
        head, status = "", 0
    return Timed(status, head, time.monotonic() - began)


async def _exchange(server: Server, message: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(*server.address, ssl=server.tls)
    try:
        writer.write(message)
        return await reader.read(-1)
    finally:
        writer.close()
