"""Does the service start, stop and stand by as an orchestrator has to rely on?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from subprocess import TimeoutExpired

from paviour.verify.registry import Failed
from paviour.verify.service import Service
from tests.conformance.balancer import Balancer
from tests.conformance.checks.registry import LIFECYCLE
from tests.conformance.surroundings import BenchProbe, expect, status, unique
from tests.support.postgres import stoppable_cluster
from tests.support.sink import silence, sinking

_STARTS_SECONDS = 90.0
_CALLERS_KNOW_SECONDS = 1.0
"""After which whoever asks for readiness has asked again."""


def _wait(probe: BenchProbe, milliseconds: int, **rest: str) -> int:
    return probe.send(probe.message("wait", {"milliseconds": milliseconds, **rest})).status


@LIFECYCLE.check(
    "stop-announced",
    "house",
    "RFC 9110 section 15.6.4",
    "Told to stop (SIGTERM), the service first says that it is not ready, and serves on until callers can know.",
)
def _announced(probe: BenchProbe) -> None:
    with probe.another(SHUTDOWN_GRACE_SECONDS="12") as own:
        expect(own.replica.health("ready") == 200, "the service was not ready")
        own.replica.terminate()
        ends = time.monotonic() + 2
        while (ready := own.replica.health("ready")) == 200 and time.monotonic() < ends:
            time.sleep(0.02)
        expect(ready == 503, f"expected 503 from /health/ready after SIGTERM, got {ready}")
        time.sleep(_CALLERS_KNOW_SECONDS)
        expect(own.replica.health("live") == 200, "the service no longer lives while it announces its stop")
        status(own.send(own.message("countEffects")), 200)


@LIFECYCLE.check(
    "stop-drained",
    "house",
    "RFC 9112 section 9.6",
    "Told to stop (SIGTERM), the service finishes what is under way, and exits with 0.",
)
def _drained(probe: BenchProbe) -> None:
    with probe.another(SHUTDOWN_GRACE_SECONDS="8") as own, ThreadPoolExecutor(1) as pool:
        # Longer than the announcement, so that the listener is closed before it is over.
        answer = pool.submit(_wait, own, 4000)
        time.sleep(0.5)
        own.replica.terminate()
        expect(answer.result() == 204, f"expected 204 for a request under way, got {answer.result()}")
        code = own.replica.stop()
        expect(code == 0, f"expected exit status 0, got {code}")


@LIFECYCLE.check(
    "stop-in-time",
    "house",
    "RFC 9110 section 15.6.4",
    "A request that outlives the grace is answered with 503, and does not keep the service from its end.",
)
def _in_time(probe: BenchProbe) -> None:
    with probe.another(SHUTDOWN_GRACE_SECONDS="2") as own, ThreadPoolExecutor(1) as pool:
        answer = pool.submit(_wait, own, 14_500)
        time.sleep(0.5)
        started = time.monotonic()
        code = own.replica.stop()
        took = time.monotonic() - started
        expect(answer.result() == 503, f"expected 503, got {answer.result()}")
        expect(code == 0, f"expected exit status 0, got {code}")
        expect(took < 12, f"the stop took {took:.1f} s with a grace of 2 s")


@LIFECYCLE.check(
    "restart-rolling",
    "house",
    "RFC 9112 section 9.6",
    "Replicas are replaced one by one under load, and no request is lost.",
)
def _rolling(probe: BenchProbe) -> None:
    balancer = Balancer(lambda own: _wait(own, 50) == 204)
    with ExitStack() as stack:

        def start() -> BenchProbe:
            own = stack.enter_context(probe.another(SHUTDOWN_GRACE_SECONDS="8"))
            balancer.replicas.append(own)
            return own

        old = [start(), start()]
        with balancer.under_load(callers=4):
            for replica in old:
                balancer.wait_for(replica, 10)
                new = start()
                code = replica.replica.stop()
                expect(code == 0, f"expected exit status 0, got {code}")
                balancer.wait_for(new, 10)
    expect(not balancer.lost, f"{len(balancer.lost)} requests were lost: {balancer.lost[:3]}")


@LIFECYCLE.check(
    "deadline-cancels",
    "house",
    "RFC 9110 section 15.6.4",
    "A handler that takes too long is answered with 503 and ended: nothing of its effect is left, and nothing follows.",
)
def _deadline(probe: BenchProbe) -> None:
    name = unique("late")
    with sinking() as sink, probe.another(HANDLER_TIMEOUT_SECONDS="1") as own:
        sink.by_path["/silent"] = silence
        started = time.monotonic()
        with ThreadPoolExecutor(1) as pool:
            late = pool.submit(_wait, own, 3000, url=f"{sink.url}/late")
            answer = status(own.create(name, unique("key"), url=f"{sink.url}/silent"), 503)
            expect(b"deadline-exceeded" in answer.body, "the answer does not say that the deadline has passed")
            expect(late.result() == 503, f"expected 503, got {late.result()}")
        took = time.monotonic() - started
        expect(took < 3, f"with a deadline of 1 s the answer took {took:.1f} s")
        time.sleep(max(0.0, 3.5 - took))
        expect(not sink.of("/late"), "the handler went on after its deadline")
        expect(own.count(name) == 0, "an effect outlived its deadline")


@LIFECYCLE.check(
    "database-down",
    "house",
    "RFC 9110 section 15.6.4",
    "While the database is down the service lives, is not ready, and answers 503; when it is back, so is the service.",
)
def _database(probe: BenchProbe) -> None:
    with stoppable_cluster() as database, probe.another(database=database.url) as own:
        status(own.send(own.message("countEffects")), 200)
        database.stop()
        status(own.send(own.message("countEffects")), 503)
        expect(own.replica.health("ready") == 503, "the service is ready, though its database is down")
        expect(own.replica.health("live") == 200, "the service does not live while its database is down")
        database.start()
        own.wait_until("ready")
        status(own.send(own.message("countEffects")), 200)


_PRODUCTION = {
    "APP_ENV": "prod",
    "AUTH_ISSUER": "https://auth.example.com",
    "AUTH_JWKS_URL": "https://auth.example.com/jwks",
    "AUTH_AUDIENCE": "https://conformance.example.com",
}
_VALUE = "canary-of-a-setting"


@dataclass(frozen=True, slots=True)
class _Setting:
    name: str
    value: str = ""


def _missing(_: Service) -> Iterator[tuple[str, _Setting]]:
    for name in ("AUTH_ISSUER", "AUTH_JWKS_URL", "AUTH_AUDIENCE", "DATABASE_URL"):
        yield name, _Setting(name)
    yield "CLIENT_SECRET", _Setting("CLIENT_SECRET")


def _malformed(_: Service) -> Iterator[tuple[str, _Setting]]:
    for name, value in (
        ("APP_ENV", _VALUE),
        ("PORT", _VALUE),
        ("LOG_LEVEL", _VALUE),
        ("SHUTDOWN_GRACE_SECONDS", _VALUE),
        ("AUTH_PROFILE", _VALUE),
        ("AUTH_ISSUER", _VALUE),
        ("AUTH_JWKS_URL", f"http://{_VALUE}.example.com/jwks"),
        ("DATABASE_URL", f"postgresql://{_VALUE}:{_VALUE}@127.0.0.1:{_VALUE}/there"),
        ("CORS_ORIGINS", f"https://{_VALUE}.example.com/path"),
        ("FORWARDED_ALLOW_IPS", _VALUE),
        ("MAX_BODY_BYTES", _VALUE),
        ("HANDLER_TIMEOUT_SECONDS", "0"),
        ("OTEL_TRACES_EXPORTER", _VALUE),
        ("OTEL_METRICS_EXPORTER", _VALUE),
    ):
        yield f"{name}={value.replace(_VALUE, '…').replace('/', '')}", _Setting(name, value)


def _refuses_to_start(probe: BenchProbe, setting: _Setting) -> None:
    changes = _PRODUCTION | {setting.name: setting.value}
    environment = probe.bench.environment(probe.bench.issuer) | changes
    with probe.bench.starts, probe.bench.booting(environment) as replica:
        try:
            code = replica.process.wait(_STARTS_SECONDS)
        except TimeoutExpired:
            raise Failed("the service started") from None
        told = replica.log.read_text("utf-8", "replace")
    expect(code == 2, f"expected exit status 2, got {code}")
    expect(setting.name in told, f"{setting.name} is not named: {told[:200]}")
    expect(_VALUE not in told, f"the value of {setting.name} is shown")
    expect(len(told.splitlines()) <= 3, f"a wrong setting is told in {len(told.splitlines())} lines")


@LIFECYCLE.check(
    "setting-missing",
    "house",
    "Twelve-Factor App section III",
    "A setting that is missing stops the start with exit status 2, and is named in a line.",
    cases=_missing,
)
def _setting_missing(probe: BenchProbe, case: _Setting) -> None:
    _refuses_to_start(probe, case)


@LIFECYCLE.check(
    "setting-malformed",
    "house",
    "Twelve-Factor App section III",
    "A setting that is wrong stops the start with exit status 2, and is named in a line that does not have its value.",
    cases=_malformed,
)
def _setting_malformed(probe: BenchProbe, case: _Setting) -> None:
    _refuses_to_start(probe, case)
