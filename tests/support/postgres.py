"""A throwaway PostgreSQL cluster. Its server refuses to run as root, so there another user runs it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.process import free_port

_USER = "nobody"


def binaries() -> Path:
    """The folder of PostgreSQL's server programs: on the PATH, else where Debian puts them."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not versions:
        raise AssertionError("PostgreSQL's server is not installed: scripts/test installs it where it may")
    return versions[-1].parent


@dataclass(slots=True)
class Cluster:
    """A server that can be stopped and started again."""

    port: int
    _room: Path
    _server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Returns when it accepts connections."""
        settings = [
            f"-cport={self.port}",
            f"-cunix_socket_directories={self._room}",
            "-cfsync=off",
            "-clisten_addresses=127.0.0.1",
        ]
        self._server = subprocess.Popen(
            [*_as_other_user(), str(binaries() / "postgres"), f"-D{self._room / 'data'}", *settings],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
        )
        _wait_for(self.port)

    def stop(self) -> None:
        """Returns when it has ended; who is connected is cut off."""
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)
            self._server.wait(30)
            self._server = None


@contextmanager
def stoppable_cluster() -> Iterator[Cluster]:
    """Run a cluster for as long as the block lasts. Nothing of it is kept."""
    room = Path(tempfile.mkdtemp(prefix="paviour-postgres-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(room, _USER)
        room.chmod(0o700)
        data = room / "data"
        _run("initdb", "--auth=trust", "--no-sync", "--username=postgres", "--encoding=UTF8", f"--pgdata={data}")
        server = Cluster(free_port(), room)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(room, ignore_errors=True)


@contextmanager
def cluster() -> Iterator[str]:
    """Run a cluster for as long as the block lasts, and give its URL."""
    with stoppable_cluster() as server:
        yield server.url


def _run(program: str, *arguments: str) -> None:
    command = [*_as_other_user(), str(binaries() / program), *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


def _as_other_user() -> list[str]:
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={_USER}", "--regid=nogroup", "--clear-groups", "--no-new-privs"]


def _wait_for(port: int) -> None:
    for _ in range(200):
        ready = [str(binaries() / "pg_isready"), "--quiet", "--host=127.0.0.1", f"--port={port}"]
        if subprocess.run(ready, check=False).returncode == 0:
            return
        time.sleep(0.05)
    raise AssertionError("PostgreSQL did not start")
