"""A throwaway PostgreSQL cluster. Its server refuses to run as root, so there another user runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def cluster() -> Iterator[str]:
    """Run a cluster for as long as the block lasts, and give its URL. Nothing of it is kept."""
    room = Path(tempfile.mkdtemp(prefix="paviour-postgres-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(room, _USER)
        room.chmod(0o700)
        data = room / "data"
        _run("initdb", "--auth=trust", "--no-sync", "--username=postgres", "--encoding=UTF8", f"--pgdata={data}")
        port = free_port()
        settings = [
            f"-cport={port}",
            f"-cunix_socket_directories={room}",
            "-cfsync=off",
            "-clisten_addresses=127.0.0.1",
        ]
        server = subprocess.Popen(
            [*_as_other_user(), str(binaries() / "postgres"), f"-D{data}", *settings],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
        )
        try:
            _wait_for(port)
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            server.terminate()
            server.wait(30)
    finally:
        shutil.rmtree(room, ignore_errors=True)


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
