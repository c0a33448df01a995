"""Registries of the tests: real ones, each in a process of its own on loopback, and a line to them that can break."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.support.command import REPOSITORY
from tests.support.node import NODE, NPM
from tests.support.process import free_port

USER, PASSWORD = "ci", "right-password"
_VERDACCIO = Path(__file__).parent / "verdaccio"
_PYPISERVER = """\
import sys, pypiserver, waitress
packages, users, port = sys.argv[1:]
options = {"password_file": users, "authenticate": ["update"], "disable_fallback": True}
waitress.serve(pypiserver.app(roots=[packages], **options), host="127.0.0.1", port=port)
"""
_CONFIG = """\
storage: ./storage
auth: {htpasswd: {file: ./htpasswd, max_users: 1}}
web: {enable: false}
uplinks: {}
packages: {'**': {access: $all, publish: $authenticated}}
log: {type: stdout, format: json, level: warn}
"""


@dataclass(slots=True)
class Registry:
    url: str
    folder: Path
    """Where it keeps what was uploaded."""
    token: str = ""


@contextmanager
def pypi(room: Path) -> Iterator[Registry]:
    """pypiserver, that lets one user upload and everybody download. Waitress hands it none but whole requests."""
    packages, users = room / "packages", room / "users"
    packages.mkdir()
    users.write_text(f"{USER}:{PASSWORD}\n")
    port = free_port()
    command = [sys.executable, "-c", _PYPISERVER, str(packages), str(users), str(port)]
    with _running(command, room, f"http://127.0.0.1:{port}/") as url:
        yield Registry(url, packages)


@contextmanager
def npm(room: Path) -> Iterator[Registry]:
    """Verdaccio, that lets one user upload and everybody download."""
    (room / "config.yaml").write_text(_CONFIG)
    port = free_port()
    command = [str(NODE), str(_verdaccio()), "--config", "config.yaml", "--listen", f"127.0.0.1:{port}"]
    with _running(command, room, f"http://127.0.0.1:{port}/", "-/ping") as url:
        body = json.dumps({"name": USER, "password": PASSWORD}).encode()
        path = f"{url}-/user/org.couchdb.user:{USER}"
        request = urllib.request.Request(path, body, {"Content-Type": "application/json"}, method="PUT")  # noqa: S310
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            token = json.load(answer)["token"]
        yield Registry(url, room / "storage", token)


def digests(files: Iterable[Path]) -> dict[str, str]:
    """SHA-256 by name."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _verdaccio() -> Path:
    """Verdaccio's program, installed from its lock file into the environment of the tests where it is not yet."""
    lock = (_VERDACCIO / "package-lock.json").read_bytes()
    room = REPOSITORY / ".venv" / f"verdaccio-{hashlib.sha256(lock).hexdigest()[:12]}"
    program = room / "node_modules/verdaccio/bin/verdaccio"
    with (REPOSITORY / ".venv/verdaccio.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # another worker may be about to do the same
        if not (room / "complete").exists():
            shutil.rmtree(room, ignore_errors=True)
            room.mkdir()
            for name in ("package.json", "package-lock.json"):
                shutil.copy(_VERDACCIO / name, room)
            command = [
                str(NPM),
                "ci",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--prefer-offline",
            ]
            subprocess.run(command, cwd=room, check=True, capture_output=True)
            (room / "complete").touch()
    return program


@contextmanager
def _running(command: Sequence[str], room: Path, url: str, probe: str = "") -> Iterator[str]:
    log = room / "log"
    with log.open("wb") as output:
        # A session of its own: what a program has started has to end with it.
        process = subprocess.Popen(command, cwd=room, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        deadline = time.monotonic() + 60
        while True:
            with suppress(urllib.error.URLError, ConnectionError):
                urllib.request.urlopen(url + probe, timeout=5).close()  # noqa: S310
                break
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield url
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


@dataclass(slots=True)
class Line:
    """Passes bytes on to a registry, and breaks when it is told to."""

    url: str
    whole: int = 1_000_000
    """How many uploads get through from now on, until one is cut off."""
    asked: bool = False
    """Is what is cut off not the upload but its answer?"""


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    target: tuple[str, int]
    line: Line


class _Handler(socketserver.BaseRequestHandler):
    server: _Server
    request: socket.socket

    def handle(self) -> None:
        line = self.server.line
        with suppress(OSError), socket.create_connection(self.server.target) as registry:
            back = threading.Thread(target=self._back, args=(registry,), daemon=True)
            back.start()
            while data := self.request.recv(65_536):
                if data.startswith((b"POST", b"PUT")):
                    line.whole -= 1
                    if line.whole < 0 and not line.asked:
                        registry.sendall(data[: len(data) // 2])
                        self.request.shutdown(socket.SHUT_RDWR)
                        break
                registry.sendall(data)
            registry.shutdown(socket.SHUT_RDWR)  # closing it would not wake the other thread

    def _back(self, registry: socket.socket) -> None:
        with suppress(OSError):
            while data := registry.recv(65_536):
                if self.server.line.whole < 0:
                    break
                self.request.sendall(data)
            self.request.shutdown(socket.SHUT_RDWR)


@contextmanager
def through(url: str) -> Iterator[Line]:
    """A line to the registry at that URL, for as long as the block lasts."""
    parts = urlsplit(url)
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.target = (parts.hostname or "", parts.port or 80)
        server.line = Line(f"http://127.0.0.1:{server.server_address[1]}/")
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server.line
        finally:
            server.shutdown()
            thread.join()
