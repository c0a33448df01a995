"""An HTTP server of the tests, for a service to call: it answers by script, badly too, and remembers all it got."""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TypeAlias

_SILENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came."""

    method: str
    target: str
    fields: tuple[tuple[str, str], ...]
    body: bytes
    at: float
    """When, by the monotonic clock."""

    def all(self, name: str) -> list[str]:
        """The values of a field, as many as came."""
        return [value for key, value in self.fields if key.lower() == name]

    def __getitem__(self, name: str) -> str:
        """The value of a field that came once; empty where it did not."""
        values = self.all(name)
        return values[0] if len(values) == 1 else ""


Act: TypeAlias = Callable[[socket.socket, Received], bool]
"""What is done about a request, on its connection; False ends that."""


def reply(status: int = 200, body: bytes = b"", **fields: str) -> Act:
    """`retry_after` is `Retry-After`."""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-').title()}: {value}" for name, value in fields.items()]
    message = "".join(f"{line}\r\n" for line in [*lines, ""]).encode() + body

    def act(connection: socket.socket, _: Received) -> bool:
        connection.sendall(message)
        return True

    return act


def late(act: Act, seconds: float = 0.5) -> Act:
    """Do it after a while, in which others can come."""

    def wait(connection: socket.socket, request: Received) -> bool:
        time.sleep(seconds)
        return act(connection, request)

    return wait


def drip(pause: float = 0.2) -> Act:
    """Answer with a body that comes byte by byte and has no end."""

    def act(connection: socket.socket, _: Received) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\nContent-Type: application/json\r\n\r\n")
        for __ in range(int(_SILENCE_SECONDS / pause)):
            connection.sendall(b" ")
            time.sleep(pause)
        return False

    return act


def drip_head(pause: float = 0.2) -> Act:
    """Answer with a header that comes byte by byte and has no end."""

    def act(connection: socket.socket, _: Received) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        for __ in range(int(_SILENCE_SECONDS / pause)):
            connection.sendall(b"a")
            time.sleep(pause)
        return False

    return act


def reset(connection: socket.socket, _: Received) -> bool:
    """Break the connection off (RST)."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def hang_up(_: socket.socket, __: Received) -> bool:
    """Close the connection without an answer."""
    return False


def cut(connection: socket.socket, _: Received) -> bool:
    """Answer with a body that ends before it is whole."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nContent-Type: application/json\r\n\r\n"
    connection.sendall(head + b'{"id": "q1", "refer')
    return False


def silence(connection: socket.socket, _: Received) -> bool:
    """Never answer."""
    connection.settimeout(_SILENCE_SECONDS)
    connection.recv(1)
    return False


@dataclass(slots=True)
class Sink:
    url: str
    script: list[Act] = field(default_factory=lambda: [reply()])
    """What is done, request by request; the last of it again and again."""
    by_path: dict[str, Act] = field(default_factory=dict)
    """What is done instead for some paths."""
    requests: list[Received] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, path: str) -> list[Received]:
        """The requests for a path."""
        return [request for request in self.requests if request.target == path]

    def take(self, request: Received) -> Act:
        """Remember the request, and say what to do about it."""
        with self._lock:
            self.requests.append(request)
            if request.target in self.by_path:
                return self.by_path[request.target]
            return self.script.pop(0) if len(self.script) > 1 else self.script[0]


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    sink: Sink


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        with suppress(OSError, ValueError):
            while (request := self._read()) is not None:
                if not self.server.sink.take(request)(self.connection, request):
                    return

    def _read(self) -> Received | None:
        line = self.rfile.readline().decode("latin-1").split()
        if len(line) != 3:
            return None
        fields = []
        while field := self.rfile.readline().decode("latin-1").rstrip("\r\n"):
            name, _, value = field.partition(":")
            fields.append((name, value.strip(" \t")))
        lengths = [value for name, value in fields if name.lower() == "content-length"]
        body = self.rfile.read(int(lengths[0])) if lengths else b""
        return Received(line[0], line[1], tuple(fields), body, time.monotonic())


@contextmanager
def sinking(*script: Act) -> Iterator[Sink]:
    """Listen for as long as the block lasts, and answer with 200 where there is no script."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        address = ("127.0.0.1", server.server_address[1])
        sink = server.sink = Sink(f"http://{address[0]}:{address[1]}")
        sink.script = list(script) or sink.script
        ended = threading.Event()
        thread = threading.Thread(target=_serve, args=(server, ended), daemon=True)
        thread.start()
        try:
            yield sink
        finally:
            ended.set()
            with suppress(OSError), socket.create_connection(address):
                thread.join()


def _serve(server: _Server, ended: threading.Event) -> None:
    """Until it has ended, which a last connection tells: nothing has to look again and again whether it has."""
    while not ended.is_set():
        server.handle_request()


@contextmanager
def unconnectable() -> Iterator[str]:
    """The URL of a listener whose queue is full, so that connecting to it never ends."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        waiting = [socket.socket() for _ in range(8)]
        for connection in waiting:
            connection.setblocking(False)
            connection.connect_ex(address)
        try:
            yield f"http://127.0.0.1:{address[1]}"
        finally:
            for connection in waiting:
                connection.close()
