"""What stands between a service and its database, and can act at any point of their conversation."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_CHUNK = 65_536


@dataclass(slots=True)
class Proxy:
    """Passes bytes on. A client that waits for each answer makes one step of each piece it sends."""

    url: str
    """As the one of the database, but through the proxy."""
    steps: int = 0
    """How many there were since it was armed."""
    acted: threading.Event = field(default_factory=threading.Event)
    _step: int = 0
    _act: Callable[[], None] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def arm(self, step: int, act: Callable[[], None]) -> None:
        """Act when the database has answered this step from now on (the first is 1), before the client knows."""
        with self._lock:
            self.steps, self._step, self._act = 0, step, act
            self.acted.clear()

    def sent(self) -> None:
        with self._lock:
            self.steps += 1

    def answered(self) -> None:
        """Called for each piece that the database sends, before it is passed on."""
        with self._lock:
            act = self._act if self._act is not None and self.steps >= self._step else None
            if act is not None:
                self._act = None
        if act is not None:
            act()
            self.acted.set()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    target: tuple[str, int]
    proxy: Proxy


class _Handler(socketserver.BaseRequestHandler):
    server: _Server
    request: socket.socket

    def handle(self) -> None:
        with suppress(OSError), socket.create_connection(self.server.target) as database:
            back = threading.Thread(target=self._back, args=(database,), daemon=True)
            back.start()
            try:
                while data := self.request.recv(_CHUNK):
                    self.server.proxy.sent()
                    database.sendall(data)
            finally:
                database.shutdown(socket.SHUT_RDWR)
                back.join()

    def _back(self, database: socket.socket) -> None:
        with suppress(OSError):
            while data := database.recv(_CHUNK):
                self.server.proxy.answered()
                self.request.sendall(data)
            self.request.shutdown(socket.SHUT_RDWR)


@contextmanager
def between(url: str) -> Iterator[Proxy]:
    """Stand before the database of that URL for as long as the block lasts."""
    parts = urlsplit(url)
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.target = (parts.hostname or "", parts.port or 5432)
        port = f":{parts.port}/"
        proxy = server.proxy = Proxy(url.replace(port, f":{server.server_address[1]}/"))
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            server.shutdown()
            thread.join()
