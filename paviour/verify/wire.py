"""HTTP/1.1 as bytes: what is sent is exactly what a check wrote, faults included."""

from __future__ import annotations

import select
import socket
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 20.0
"""How long an answer may take. A service that lets a slow sender go on for longer has no bound worth the name."""

Pieces = Iterable[tuple[float, bytes]]
"""What is sent after the first bytes: the seconds to wait before each piece, and the piece."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The first response on a connection. Field names are in lower case; the values of one name are joined."""

    status: int
    fields: dict[str, str]
    body: bytes


class NoAnswer(Exception):
    """There was no response."""


class Closed(NoAnswer):
    """The connection ended without one."""


class TimedOut(NoAnswer):
    """The time ended without one."""


class Unreachable(Exception):
    """Nothing accepts connections there."""


class Server:
    """Where the service listens."""

    def __init__(self, url: str) -> None:
        """Raises ValueError for what is no `http` or `https` URL."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url} is no http or https URL")
        self.tls = ssl.create_default_context() if parts.scheme == "https" else None
        self.address = (parts.hostname, parts.port or (443 if self.tls else 80))
        self.host = parts.netloc.rpartition("@")[2]
        self.url = f"{parts.scheme}://{self.host}"
        self.path = parts.path.rstrip("/")

    def exchange(self, data: bytes, pieces: Pieces = (), *, head: bool = False) -> Answer:
        """Send on a connection of its own, and read the first response; sending stops once there is one.

        `head` says that the response has no body whatever it says of it. Raises Closed, TimedOut and Unreachable.
        """
        deadline = time.monotonic() + TIMEOUT_SECONDS
        with self._connect() as connection:
            try:
                _send(connection, data, pieces, deadline)
                connection.settimeout(max(0.1, deadline - time.monotonic()))
                response = HTTPResponse(connection, method="HEAD" if head else None)
                response.begin()
                fields: dict[str, str] = {}
                for name, value in response.getheaders():
                    known = fields.get(name.lower())
                    fields[name.lower()] = value if known is None else f"{known}, {value}"
                return Answer(response.status, fields, response.read())
            except TimeoutError:
                raise TimedOut(f"no answer within {TIMEOUT_SECONDS:g} seconds") from None
            except (OSError, HTTPException) as error:
                raise Closed(f"the connection was closed without an answer ({type(error).__name__})") from None

    def _connect(self) -> socket.socket:
        try:
            connection = socket.create_connection(self.address, TIMEOUT_SECONDS)
            if self.tls is None:
                return connection
            return self.tls.wrap_socket(connection, server_hostname=self.address[0])
        except OSError as error:
            raise Unreachable(f"{self.url} can't be reached: {error.strerror or error}") from None


def _send(connection: socket.socket, data: bytes, pieces: Pieces, deadline: float) -> None:
    try:
        connection.sendall(data)
        for pause, piece in pieces:
            if select.select([connection], [], [], pause)[0] or time.monotonic() > deadline:
                return
            connection.sendall(piece)
    except (BrokenPipeError, ConnectionResetError):
        # It was refused before all of it was sent; the answer may have come all the same.
        return
