"""A service of each stack, made from one contract: what one is asked, the other is asked, and both answers are kept."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPResponse
from io import BytesIO
from typing import Any

from paviour.verify.answers import PROBLEM
from paviour.verify.message import Message
from paviour.verify.service import Probe, Service
from paviour.verify.wire import TIMEOUT_SECONDS, Answer, NoAnswer, Pieces, Server

Verdict = tuple[Any, ...]
_OF_THE_CONNECTION = {"date", "connection", "keep-alive"}
_COUNTED = ("ratelimit", "retry-after")
"""Fields that tell how much is left at that moment."""
_OF_THE_INSTANCE = {"etag", "traceresponse"}


@dataclass(slots=True)
class Twins:
    service: Service
    """The one in Python, which the requests are made for. Nothing in them depends on where they are sent."""
    other: Server
    compared: list[tuple[str, Verdict, Verdict]] = field(default_factory=list)
    """What was asked, and how each answered."""

    def compare(self, name: str, data: bytes) -> None:
        """Send it to both, as all that is sent on a connection."""
        one, other = (_answers(server, data) for server in (self.service.server, self.other))
        self.compared.append((name, one, other))

    def assert_alike(self, at_least: int) -> None:
        """Raises AssertionError where some answers differ, or so many were not compared."""
        found = [f"{name}: Python {one}, TypeScript {other}" for name, one, other in self.compared if one != other]
        print(f"{len(self.compared)} requests, {len(found)} differences")
        if found:
            # pytest would compare the lists, and they are long.
            raise AssertionError("\n".join(difference[:2000] for difference in found[:20]))
        assert len(self.compared) >= at_least


@dataclass(slots=True)
class TwinProbe(Probe):
    """A check's probe: what the check sends is sent to both, and it sees what the one in Python answers."""

    twins: Twins = field(kw_only=True)

    def send_once(self, message: Message | bytes, pieces: Pieces = ()) -> Answer:
        data, pieces = message.encode() if isinstance(message, Message) else message, tuple(pieces)
        other = _outcome(self.twins.other, data, pieces)
        try:
            one = Probe.send_once(self, data, pieces)
        except NoAnswer as error:
            self.twins.compared.append((_shown(data), (type(error).__name__,), other))
            raise
        self.twins.compared.append((_shown(data), verdict(one), other))
        return one

    def send_together(self, messages: Sequence[Message]) -> list[Answer]:
        """To the one in Python alone: which of several is the first is another one each time."""
        with ThreadPoolExecutor(len(messages)) as pool:
            return list(pool.map(lambda message: Probe.send_once(self, message), messages))


def verdict(answer: Answer) -> Verdict:
    """What of an answer is the same in both stacks: all that is no coincidence, but for the words of a detail."""
    fields = {name: _field(name, value) for name, value in answer.fields.items() if name not in _OF_THE_CONNECTION}
    is_last = "close" in answer.fields.get("connection", "")
    if not answer.body or "json" not in answer.fields.get("content-type", ""):
        return answer.status, is_last, fields, answer.body
    # The same number may be written in more than one way.
    del fields["content-length"]
    content = json.loads(answer.body)
    if answer.fields["content-type"] != PROBLEM:
        return answer.status, is_last, fields, content
    # A pointer of jsonschema-rs has no empty steps.
    places = sorted({(error["in"], re.sub("/+(?=/|$)", "", error["pointer"])) for error in content.pop("errors", ())})
    return answer.status, is_last, fields, {**content, "trace_id": "", "detail": ""}, places


def _field(name: str, value: str) -> Any:
    if name in _OF_THE_INSTANCE:
        return "some"
    if name.startswith(_COUNTED):
        return re.sub(r"\d+", "0", value)
    return sorted(value.split(", ")) if name in ("allow", "vary") else value


def _outcome(server: Server, data: bytes, pieces: Pieces) -> Verdict:
    try:
        return verdict(server.exchange(data, pieces, head=data.startswith(b"HEAD ")))
    except NoAnswer as error:
        return (type(error).__name__,)


def _answers(server: Server, data: bytes) -> Verdict:
    """How often the sender was told to go on, and the answers until the connection was closed."""
    with socket.create_connection(server.address, TIMEOUT_SECONDS) as connection:
        connection.sendall(data)
        received = b"".join(iter(lambda: connection.recv(65_536), b""))
    stream, found = _Stream(received), []
    while stream.tell() < len(received):
        response = HTTPResponse(stream, method="HEAD" if data.startswith(b"HEAD ") else None)  # type: ignore[arg-type]
        response.begin()
        fields = {name.lower(): value for name, value in response.getheaders()}
        found.append(verdict(Answer(response.status, fields, response.read())))
    return received.count(b"HTTP/1.1 100 Continue\r\n"), *found


class _Stream(BytesIO):
    """What was received, as the connection that HTTPResponse reads from, and does not close."""

    def makefile(self, _: str) -> _Stream:
        return self

    def close(self) -> None:
        return


def _shown(data: bytes) -> str:
    return re.sub(rb"eyJ[\w.-]+", b"<token>", data[:600]).decode("latin-1")
