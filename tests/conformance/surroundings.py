"""The bench: a service with all that surrounds it under our control, and what a check of the bench works with."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from paviour.verify.message import Message
from paviour.verify.registry import Check, Failed
from paviour.verify.requests import good_requests
from paviour.verify.run import Result, judge
from paviour.verify.service import Probe, Service
from paviour.verify.wire import Answer, Pieces, Server, Unreachable
from sdkgen import reader
from tests.conformance.stacks import CONTRACT, Stack
from tests.support import process
from tests.support.issuer import Issuer, issuing
from tests.support.otlp import Collector, collecting
from tests.support.postgres import cluster

CLIENT_ID, CLIENT_SECRET = "the bench", "canary:secret+of/the client"
AWS_KEY, AWS_SECRET = "AKIDBENCH", "canary-secret-of-aws"
DATABASE_PASSWORD = "canary-password-of-the-database"  # noqa: S105 - the tests' own
SECRETS = (CLIENT_SECRET, "canary%3Asecret", AWS_SECRET, DATABASE_PASSWORD)
"""What the service is told in its environment and may tell nobody."""
_STARTS_AT_ONCE = 2


@dataclass(slots=True)
class Bench:
    stack: Stack
    issuer: Issuer
    collector: Collector
    database: str
    """The URL of a PostgreSQL database."""
    replicas: list[process.Service] = field(default_factory=list)
    """All that were ever started."""
    starts: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(_STARTS_AT_ONCE))
    """Starting is work, and what is in a hurry waits for it."""

    def environment(self, issuer: Issuer, database: str | None = None) -> dict[str, str]:
        """The boot interface, and the settings of the conformance service's own."""
        return {
            **self.stack.environment,
            **issuer.environment,
            "DATABASE_URL": with_password(database or self.database),
            "LOG_LEVEL": "debug",
            "HANDLER_TIMEOUT_SECONDS": "15",
            "RATE_LIMIT_REQUESTS": "1000000",
            "OTEL_EXPORTER_OTLP_ENDPOINT": self.collector.url,
            "OTEL_BSP_SCHEDULE_DELAY": "100",
            "OTEL_METRIC_EXPORT_INTERVAL": "500",
            "CLIENT_ID": CLIENT_ID,
            "CLIENT_SECRET": CLIENT_SECRET,
            "AWS_ACCESS_KEY_ID": AWS_KEY,
            "AWS_SECRET_ACCESS_KEY": AWS_SECRET,
        }

    @contextmanager
    def booting(self, environment: dict[str, str]) -> Iterator[process.Service]:
        """A replica that may not be ready yet; a variable that is empty is as good as none."""
        with process.booting(self.stack.command, self.stack.folder, environment) as replica:
            self.replicas.append(replica)
            yield replica


@dataclass(slots=True)
class BenchProbe(Probe):
    """A probe of one replica, with the bench around it."""

    bench: Bench = field(kw_only=True)
    replica: process.Service = field(kw_only=True)

    def send_once(self, message: Message | bytes, pieces: Pieces = ()) -> Answer:
        try:
            return Probe.send_once(self, message, pieces)
        except Unreachable as error:
            raise Failed(str(error)) from None

    @contextmanager
    def another(
        self, *, issuer: Issuer | None = None, database: str | None = None, ready: bool = True, **variables: str
    ) -> Iterator[BenchProbe]:
        """A probe of one more replica, with changes to its environment, for as long as the block lasts."""
        issuer = issuer or self.bench.issuer
        with ExitStack() as open:
            with self.bench.starts:
                environment = self.bench.environment(issuer, database) | variables
                replica = open.enter_context(self.bench.booting(environment))
                service = replace(self.service, server=Server(replica.url), credentials=issuer.minter)
                probe = BenchProbe(service, self.exchanges, bench=self.bench, replica=replica)
                probe.wait_until("ready" if ready else "live")
            yield probe

    def wait_until(self, state: str) -> None:
        """Return when it says that it is live, or ready."""
        try:
            self.replica.wait_until(state)
        except AssertionError as error:
            raise Failed(str(error)) from None

    def message(self, operation: str, body: Any = None, **fields: str) -> Message:
        """A good request of an operation; `body` replaces the contract's example."""
        good = self.service.good(self.service.requests[operation]).having(**fields)
        return good if body is None else replace(good, body=json.dumps(body).encode())

    def call(self, upstream: str, url: str = "/", method: str = "GET", **rest: str) -> Answer:
        """Have the service call another one."""
        return self.send(self.message("callUpstream", {"upstream": upstream, "url": url, "method": method, **rest}))

    def create(self, name: str, key: str, **rest: str) -> Answer:
        """Have the service keep an effect."""
        return self.send(self.message("createEffect", {"name": name, **rest}, idempotency_key=key))

    def count(self, name: str) -> int:
        """How many effects of that name are kept."""
        answer = self.send(replace(self.message("countEffects"), target=f"/effects/{name}"))
        expect(answer.status == 200, f"expected 200, got {answer.status}")
        found: int = json.loads(answer.body)["count"]
        return found


def expect(holds: bool, otherwise: str) -> None:
    """Raises Failed."""
    if not holds:
        raise Failed(otherwise)


def status(answer: Answer, *expected: int) -> Answer:
    """Raises Failed for another status."""
    expect(answer.status in expected, f"expected {' or '.join(map(str, expected))}, got {answer.status}")
    return answer


def unique(name: str) -> str:
    return f"{name}-{uuid4().hex[:12]}"


def with_password(url: str) -> str:
    """The server trusts everybody, and so whoever has a password too."""
    return url.replace("postgres@", f"postgres:{DATABASE_PASSWORD}@")


@contextmanager
def surrounded(stack: Stack, *more_keys: Any) -> Iterator[Bench]:
    """The bench around a stack, for as long as the block lasts."""
    with ExitStack() as open:
        issuer = open.enter_context(issuing())
        issuer.publish(issuer.minter.key.public_jwk(), *more_keys)
        collector, database = open.enter_context(collecting()), open.enter_context(cluster())
        yield Bench(stack, issuer, collector, database)


def judged(bench: Bench, checks: Iterable[Check]) -> list[Result]:
    """The results of these checks."""
    contract = reader.read(CONTRACT)
    with bench.booting(bench.environment(bench.issuer)) as replica:
        service = Service(Server(replica.url), contract, good_requests(contract), bench.issuer.minter)
        replica.wait_until("ready")
        return judge(service, checks, lambda s: BenchProbe(s, bench=bench, replica=replica))
