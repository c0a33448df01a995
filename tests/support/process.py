"""A service as a process of its own, spoken to over HTTP."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx2

from tests.support.node import NODE

START_SECONDS = 90.0
STOP_SECONDS = 30.0


def _ports() -> list[int]:
    """Below those that systems give to whoever connects (Linux: 32768 and up; IANA: 49152 and up), in any order.

    Test processes side by side have ports of their own.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    ports = range(20000 + worker, 32768, workers)
    return secrets.SystemRandom().sample(ports, len(ports))


_next_ports = cycle(_ports())


def free_port() -> int:
    """A port for a server that starts in a moment: nobody is given it meanwhile, neither a connection nor a server."""
    while True:
        port = next(_next_ports)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@dataclass(slots=True)
class Service:
    """A service that answers. Its log goes to `log`."""

    process: subprocess.Popen[bytes]
    client: httpx2.Client
    log: Path

    @property
    def url(self) -> str:
        return str(self.client.base_url).rstrip("/")

    def token(self, *scopes: str, client: str = "tests", **fields: str) -> str:
        """An access token of the embedded issuer."""
        form = {"grant_type": "client_credentials", "scope": " ".join(scopes), **fields}
        response = self.client.post("/dev/issuer/token", data=form, auth=(client, "any"))
        response.raise_for_status()
        token: str = response.json()["access_token"]
        return token

    def call(self, method: str, path: str, *scopes: str, **options: Any) -> httpx2.Response:
        """Call with a token that has these scopes."""
        headers = {"Authorization": f"Bearer {self.token(*scopes)}", **options.pop("headers", {})}
        return self.client.request(method, path, headers=headers, **options)

    def wait_until(self, state: str) -> None:
        """Return when it says that it is live, or ready to serve."""
        deadline = time.monotonic() + START_SECONDS
        while self.process.poll() is None and time.monotonic() < deadline:
            if self.health(state) == 200:
                return
            time.sleep(0.05)
        raise AssertionError(f"the service did not get {state}:\n{self.log.read_text('utf-8', 'replace')}")

    def health(self, name: str) -> int | None:
        """The status that `/health/{name}` answers with; None where nobody does."""
        try:
            return self.client.get(f"/health/{name}").status_code
        except httpx2.TransportError:
            return None

    def terminate(self) -> None:
        """Ask it to end (SIGTERM), and don't wait."""
        self.process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it where it stands (SIGKILL)."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """End it as an orchestrator does, and return its exit status."""
        if self.process.poll() is None:
            self.terminate()
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


@contextmanager
def booting(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Iterator[Service]:
    """Start a service of any stack and end it with the block; `environment` is added to its boot interface.

    It gets a free port where `environment` has no `PORT`.
    """
    given = environment.get("PORT", "")
    port = int(given) if given.isdecimal() else free_port()  # it may be a bad one, to be refused
    log = folder.parent / f"{folder.name}-{port}.log"
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "VIRTUAL_ENV"))}
    variables |= {"APP_ENV": "dev", "PORT": str(port), "SHUTDOWN_GRACE_SECONDS": "2", **environment}
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=variables, stdout=output, stderr=subprocess.STDOUT)
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as client:
        service = Service(process, client, log)
        try:
            yield service
        finally:
            service.stop()


def started(folder: Path, interpreter: Sequence[str] | None = None) -> tuple[list[str], dict[str, str]]:
    """The command that starts the rendered service in `folder`, and what its environment needs."""
    if (folder / "src" / "main.ts").exists():
        return [*(interpreter or [str(NODE)]), "src/main.ts", "serve"], {}
    package = next(path.parent.name for path in folder.glob("src/*/__main__.py"))
    return [*(interpreter or [sys.executable]), "-m", package, "serve"], {"PYTHONPATH": str(folder / "src")}


@contextmanager
def serving(
    folder: Path,
    environment: Mapping[str, str] | None = None,
    command: Sequence[str] | None = None,
    until: str = "ready",
) -> Iterator[Service]:
    """Boot the rendered service in `folder` on its embedded defaults and wait until it is ready, or live.

    By default it is run from its sources by the interpreter of these tests, so that nothing has to be installed for it.
    """
    start, variables = started(folder, command)
    with booting(start, folder, {**variables, **(environment or {})}) as service:
        service.wait_until(until)
        yield service
