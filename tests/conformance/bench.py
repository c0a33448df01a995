"""Services to judge: the rendered one, copies of it with a fault, and the framework without the platform."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx2

from paviour.verify.registry import GROUPS
from paviour.verify.requests import good_requests
from paviour.verify.run import Result, run
from paviour.verify.service import Service
from paviour.verify.wire import Server
from sdkgen import reader
from tests.support.command import REPOSITORY
from tests.support.issuer import Issuer
from tests.support.process import START_SECONDS, free_port

ORIGIN = "https://shop.example"
ENVIRONMENT = {"CORS_ORIGINS": ORIGIN, "MAX_CONCURRENCY": "40"}
"""What the service is told for the bench: who may call it from a browser, and to be small enough to be overloaded."""
PRODUCTION = {
    "APP_ENV": "prod",
    "AUTH_ISSUER": "https://auth.example.com",
    "AUTH_JWKS_URL": "https://127.0.0.1:9/jwks.json",
    "DATABASE_URL": "sqlite:///production.db",
}
OF_PRODUCTION = {"headers-hsts", "health-no-development"}
SLOW = ("slow-head", "slow-body")
"""What waits for the service's patience to end. Faults elsewhere don't change it."""


def verified(
    url: str,
    contract: Path,
    issuer: Issuer,
    groups: Collection[str] = GROUPS,
    without: Collection[str] = (),
    production: bool = False,
) -> list[Result]:
    read = reader.read(contract)
    service = Service(Server(url), read, good_requests(read), issuer.minter, ORIGIN, production)
    return run(service, groups, without)


def failed(results: list[Result]) -> dict[str, str]:
    """Why, by the check's id."""
    return {result.check.id: f"{result.id}: {result.reason}" for result in results if result.outcome == "failed"}


@contextmanager
def vanilla(environment: Mapping[str, str]) -> Iterator[str]:
    """Run `vanilla.py` with its server's defaults, and give its URL."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "tests.conformance.vanilla:app",
        f"--port={port}",
        "--log-level=critical",
    ]
    process = subprocess.Popen(command, cwd=REPOSITORY, env=os.environ | environment)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{url}/openapi.json", process)
        yield url
    finally:
        process.kill()
        process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if httpx2.get(url, trust_env=False).status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.05)
    raise AssertionError("the vanilla service did not start")
