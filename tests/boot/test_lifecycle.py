"""Starting and ending as an orchestrator makes it, and what slow callers and slow handlers come to."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.boot.test_starter import is_problem
from tests.support.command import paviour
from tests.support.process import Service, serving

CONTRACT = """\
openapi: 3.1.0
info: {title: Effects, version: 1.0.0}
security: []
components:
  schemas:
    Effects:
      type: object
      required: [kept, cancelled]
      properties: {kept: {type: integer}, cancelled: {type: integer}}
paths:
  /effects:
    get:
      operationId: countEffects
      responses:
        '200': {description: So many., content: {application/json: {schema: {$ref: '#/components/schemas/Effects'}}}}
    put:
      operationId: prepareEffects
      responses: {'204': {description: There is a place for them.}}
    post:
      operationId: addEffect
      requestBody: {required: true, content: {application/json: {schema: {type: number}}}}
      responses: {'204': {description: Kept.}}
"""
OPERATIONS = '''\
"""Effects that take their time."""

import asyncio

from sqlalchemy import text

from . import contract
from .contract import models


class Operations:
    def __init__(self) -> None:
        self._cancelled = 0

    async def count_effects(self, request, context):
        kept = await context.session.scalar(text("SELECT count(*) FROM effect"))
        return contract.CountEffects200(body=models.Effects(kept=kept, cancelled=self._cancelled))

    async def prepare_effects(self, request, context):
        await context.session.execute(text("CREATE TABLE IF NOT EXISTS effect (name TEXT)"))
        return contract.PrepareEffects204()

    async def add_effect(self, request, context):
        await context.session.execute(text("INSERT INTO effect VALUES (\'one\')"))
        try:
            await asyncio.sleep(request.body)
        except asyncio.CancelledError:
            self._cancelled += 1
            raise
        return contract.AddEffect204()
'''


@pytest.fixture(scope="module")
def effects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A service whose handlers take as long as they are told to."""
    room = tmp_path_factory.mktemp("effects")
    (room / "effects.yaml").write_text(CONTRACT)
    paviour("new", "effects", "--into", room / "effects", "--contract", room / "effects.yaml", "--no-lock")
    (room / "effects/src/effects/operations.py").write_text(OPERATIONS)
    return room / "effects"


class Balancer:
    """Sends each request to the next replica that said, a moment ago, that it is ready. It repeats none."""

    def __init__(self) -> None:
        self.replicas: list[Service] = []
        self.served: Counter[str] = Counter()
        self.lost: list[str] = []
        self._ready: list[str] = []
        self._next = 0
        self._ended = threading.Event()

    @contextmanager
    def under_load(self, callers: int) -> Iterator[None]:
        """Look at readiness ten times a second, and let so many callers call without a pause."""
        threads = [threading.Thread(target=work) for work in (self._look, *[self._call] * callers)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._ended.set()
            for thread in threads:
                thread.join()

    def wait_for(self, replica: Service, requests: int) -> None:
        """Return when the replica has served so many."""
        ends = time.monotonic() + 20
        while self.served[replica.url] < requests and time.monotonic() < ends:
            time.sleep(0.02)
        assert self.served[replica.url] >= requests

    def _look(self) -> None:
        with httpx2.Client(timeout=2, trust_env=False) as client:
            while not self._ended.wait(0.1):
                self._ready = [replica.url for replica in self.replicas if self._is_ready(client, replica.url)]

    def _is_ready(self, client: httpx2.Client, url: str) -> bool:
        try:
            return client.get(f"{url}/health/ready").status_code == 200
        except httpx2.TransportError:
            return False

    def _call(self) -> None:
        with httpx2.Client(timeout=10, trust_env=False) as client:
            while not self._ended.is_set():
                ready = self._ready
                if not ready:
                    time.sleep(0.01)
                    continue
                self._next += 1
                url = ready[self._next % len(ready)]
                try:
                    response = client.post(f"{url}/effects", json=0.05)
                except httpx2.TransportError as error:
                    self.lost.append(f"{url}: {error!r}")
                else:
                    if response.status_code != 204:
                        self.lost.append(f"{url}: {response.status_code} {response.text}")
                    self.served[url] += 1


def test_it_ends_with_0_when_it_is_told_to(own: Path) -> None:
    with serving(own) as service:
        assert service.client.get("/health/live").status_code == 200
        assert service.stop() == 0


def test_a_rolling_restart_under_load_loses_no_request(effects: Path, tmp_path: Path) -> None:
    balancer = Balancer()
    with ExitStack() as stack:

        def start(name: str) -> Service:
            folder = shutil.copytree(effects, tmp_path / name)
            service = stack.enter_context(serving(folder, {"SHUTDOWN_GRACE_SECONDS": "8"}))
            assert service.client.put("/effects").status_code == 204
            balancer.replicas.append(service)
            return service

        old = [start("old1"), start("old2")]
        with balancer.under_load(callers=4):
            for number, replica in enumerate(old):
                balancer.wait_for(replica, 10)
                new = start(f"new{number}")
                assert replica.stop() == 0
                balancer.wait_for(new, 10)
    assert balancer.lost == []


def test_a_handler_that_takes_too_long_is_cancelled_and_undone(effects: Path, tmp_path: Path) -> None:
    with serving(shutil.copytree(effects, tmp_path / "effects"), {"HANDLER_TIMEOUT_SECONDS": "0.5"}) as service:
        assert service.client.put("/effects").status_code == 204
        assert service.client.post("/effects", json=0).status_code == 204
        started = time.monotonic()
        assert is_problem(service.client.post("/effects", json=20), 503, "deadline-exceeded")
        assert time.monotonic() - started < 5
        assert service.client.get("/effects").json() == {"kept": 1, "cancelled": 1}


def test_a_request_under_way_at_the_stop_is_answered(effects: Path, tmp_path: Path) -> None:
    with serving(shutil.copytree(effects, tmp_path / "effects"), {"SHUTDOWN_GRACE_SECONDS": "8"}) as service:
        service.client.put("/effects")
        answers: list[int] = []
        call = threading.Thread(target=lambda: answers.append(service.client.post("/effects", json=3).status_code))
        call.start()
        time.sleep(0.3)
        assert service.stop() == 0
        call.join()
        assert answers == [204]


def test_slow_callers_are_cut_off(effects: Path, tmp_path: Path) -> None:
    with serving(shutil.copytree(effects, tmp_path / "effects"), {"BODY_TIMEOUT_SECONDS": "0.5"}) as service:
        address = (service.client.base_url.host, service.client.base_url.port)
        with socket.create_connection(address, timeout=20) as head, socket.create_connection(address, 20) as body:
            head.sendall(b"POST /effects HTTP/1.1\r\nHost: a\r\nX-Slow: ")
            body.sendall(b"POST /effects HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n")
            body.sendall(b"Content-Length: 9\r\n\r\n1")
            assert _answer(body).startswith(b"HTTP/1.1 408 ")
            # Each byte in time does not help: the whole head has to come.
            for _ in range(3):
                head.sendall(b"a")
                assert service.client.get("/health/live").status_code == 200
            assert _answer(head).startswith(b"HTTP/1.1 408 ")


def _answer(connection: socket.socket) -> bytes:
    """All that comes until the server closes."""
    return b"".join(iter(lambda: connection.recv(65536), b""))
