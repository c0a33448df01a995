"""Does the service tell what it does, in the standards' words, and nothing that is secret?"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

from paviour.verify.message import Message
from paviour.verify.service import Service
from tests.conformance.checks.registry import TELEMETRY
from tests.conformance.surroundings import SECRETS, BenchProbe, expect, status, unique
from tests.support.otlp import Metric, Span
from tests.support.process import free_port
from tests.support.sink import reply, silence, sinking

_HTTP_SPANS = "OpenTelemetry semantic conventions, HTTP spans"
_HTTP_METRICS = "OpenTelemetry semantic conventions, HTTP metrics"
_ECS = "Elastic Common Schema 8"
_OCSF = "Open Cybersecurity Schema Framework, API Activity"
_LOAD = 300
_CALLERS = 6
_LATENCY_SECONDS = 6.0
"""Far above what a request takes, far below what a collector that never answers would cost."""
_STOP_SECONDS = 15.0
"""Far above the grace, far below what an export that is waited for would cost."""
_ROOM_KIB = 6_144
_WARMING_LOADS, _QUIET_LOADS, _LOADS = 8, 2, 4
_TOKEN = re.compile(r"eyJ[\w-]+\.(eyJ[\w-]{40,})\.([\w-]{40,})")
"""Its payload and its signature; there is nothing secret in its header."""
_LONG_WORD = re.compile(r"[\w-]{40,}")


def _traced(message: Message) -> tuple[str, Message]:
    """The request in a trace of its own, whose id comes first."""
    trace = uuid4().hex
    return trace, message.having(traceparent=f"00-{trace}-00f067aa0ba902b7-01")


def _spans(probe: BenchProbe, trace: str, kind: str, expected: int = 1) -> list[Span]:
    # A span that ends early may come in a message of its own, before the one that is asked for.
    spans = probe.bench.collector.spans(trace, expected=expected, kind=kind)
    found = [span for span in spans if span.kind == kind]
    expect(bool(found), f"no span of kind {kind} came for a request")
    return found


def _has(attributes: dict[str, Any], **expected: Any) -> None:
    named = {name.replace("__", "."): value for name, value in expected.items()}
    wrong = {name: attributes.get(name) for name, value in named.items() if attributes.get(name) != value}
    expect(not wrong, f"expected {named}, got {wrong}")


@TELEMETRY.check(
    "span-server",
    "must",
    _HTTP_SPANS,
    "A request is a SERVER span, named by method and route, whose parent is the caller's; the route is the template.",
)
def _server(probe: BenchProbe) -> None:
    trace, message = _traced(probe.message("countEffects", user_agent="the bench"))
    status(probe.send(message), 200)
    [span] = _spans(probe, trace, "SERVER")
    expect(span.name == "GET /effects/{name}", f"the span is called {span.name}")
    expect(span.parent_id == "00f067aa0ba902b7", "the span's parent is not the caller's")
    address, port = probe.service.server.host.split(":")
    _has(
        span.attributes,
        http__request__method="GET",
        http__route="/effects/{name}",
        url__path="/effects/one",
        url__scheme="http",
        http__response__status_code=200,
        server__address=address,
        server__port=int(port),
        user_agent__original="the bench",
    )
    expect("url.query" not in span.attributes, "the span has the query, whose values may be secret")
    expect("error.type" not in span.attributes, "a request that succeeded is called an error")


@TELEMETRY.check(
    "span-failure",
    "must",
    _HTTP_SPANS,
    "A failure of the service has an `error.type`; a fault of the caller's has none.",
)
def _failure(probe: BenchProbe) -> None:
    trace, message = _traced(probe.message("fail"))
    status(probe.send(message), 500)
    [span] = _spans(probe, trace, "SERVER")
    _has(span.attributes, http__response__status_code=500, http__route="/failures")
    expect(bool(span.attributes.get("error.type")), "a failure has no error.type")
    trace, message = _traced(probe.message("wait", {"milliseconds": -1}))
    status(probe.send(message), 422)
    [span] = _spans(probe, trace, "SERVER")
    expect("error.type" not in span.attributes, "a caller's fault is called the service's error")


@TELEMETRY.check(
    "span-client",
    "must",
    _HTTP_SPANS,
    "Each attempt of a call is a CLIENT span named by the path's template; a repeated one says so, a failed one too.",
)
def _client(probe: BenchProbe) -> None:
    with sinking(reply(503), reply(200)) as sink:
        call = {"upstream": sink.url, "url": f"{sink.url}/there?secret=1", "method": "GET"}
        trace, message = _traced(probe.message("callUpstream", call))
        status(probe.send(message), 200)
        spans = _spans(probe, trace, "CLIENT", expected=3)
        expect(len(spans) == 2, f"two attempts are {len(spans)} spans")
        first, second = spans
        sent = [request["traceparent"][36:52] for request in sink.requests]
        expect(sent == [first.span_id, second.span_id], "the calls don't have the ids of their spans")
    expect(first.name == second.name == "GET /{rest}", f"the spans are called {first.name}, {second.name}")
    port = int(sink.url.rpartition(":")[2])
    common: dict[str, Any] = {"http__request__method": "GET", "server__address": "127.0.0.1", "server__port": port}
    common["url__template"] = "/{rest}"
    _has(first.attributes, **common, http__response__status_code=503, error__type="503")
    _has(second.attributes, **common, http__response__status_code=200, http__request__resend_count=1)
    expect(str(second.attributes.get("url.full")).startswith(f"{sink.url}/there"), "the span has no url.full")


@TELEMETRY.check(
    "span-database",
    "must",
    "OpenTelemetry semantic conventions, database spans",
    "A statement is a CLIENT span with the database's system, name and address, and the statement without its values.",
)
def _database(probe: BenchProbe) -> None:
    trace, message = _traced(replace(probe.message("countEffects"), target=f"/effects/{unique('value')}"))
    status(probe.send(message), 200)
    [span, *_] = [s for s in _spans(probe, trace, "CLIENT", expected=2) if "db.query.text" in s.attributes]
    _has(
        span.attributes, db__system__name="postgresql", db__namespace="postgres", server__address="127.0.0.1",
        db__operation__name="SELECT",
    )  # fmt: skip
    expect("value-" not in str(span.attributes), "the span has a value of the statement")


def _measured(probe: BenchProbe, name: str) -> Metric:
    found = probe.bench.collector.metric(name)
    if found is None:
        expect(False, f"no metric {name} came")
        raise AssertionError
    expect((found.unit, found.kind) == ("s", "histogram"), f"{name} is a {found.kind} in {found.unit}")
    return found


@TELEMETRY.check(
    "metric-server",
    "must",
    _HTTP_METRICS,
    "`http.server.request.duration` is a histogram in seconds by method, route, status, and nothing a caller chooses.",
)
def _server_metric(probe: BenchProbe) -> None:
    status(probe.send(probe.message("countEffects")), 200)
    found = _measured(probe, "http.server.request.duration")
    allowed = {
        "http.request.method", "http.route", "http.response.status_code", "url.scheme", "network.protocol.version",
        "network.protocol.name", "error.type", "server.address", "server.port",
    }  # fmt: skip
    for point in found.points:
        extra = point.keys() - allowed
        expect(not extra, f"the metric has {sorted(extra)}")
        expect("http.request.method" in point and "url.scheme" in point, f"the metric has only {sorted(point)}")
    routes = {point.get("http.route") for point in found.points} - {None}
    declared = {operation.path for operation in probe.service.contract.operations}
    expect(bool(routes) and routes <= declared, f"routes are {sorted(map(str, routes - declared))}")


@TELEMETRY.check(
    "metric-client",
    "must",
    _HTTP_METRICS,
    "`http.client.request.duration` is a histogram in seconds by method and server.",
)
def _client_metric(probe: BenchProbe) -> None:
    with sinking() as sink:
        status(probe.call(sink.url), 200)
    for point in _measured(probe, "http.client.request.duration").points:
        expect({"http.request.method", "server.address", "server.port"} <= point.keys(), f"it has {sorted(point)}")
        expect("url.full" not in point, "the metric has the URL, of which there may be any number")


def _lines(probe: BenchProbe, holds: Callable[[dict[str, Any]], bool], expected: int = 1) -> list[dict[str, Any]]:
    """The lines of the log that are so, once there are as many as expected."""
    ends = time.monotonic() + 5
    while True:
        found = [line for line in _log(probe.replica.log) if holds(line)]
        if len(found) >= expected or time.monotonic() > ends:
            return found
        time.sleep(0.1)


def _log(path: Path) -> list[dict[str, Any]]:
    """All whole lines; raises Failed for one that is no JSON object."""
    text = path.read_text("utf-8", "replace")
    lines = []
    for line in text[: text.rfind("\n") + 1].splitlines():
        try:
            found = json.loads(line)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            expect(False, f"a line of the log is no JSON object: {line[:120]}")
        lines.append(found)
    return lines


@TELEMETRY.check(
    "log-shape",
    "house",
    _ECS,
    "Each line of the log is a JSON object with time, level, message, logger, service, and the schema's version.",
    when="afterwards",
)
def _shape(probe: BenchProbe) -> None:
    needed = {"@timestamp", "log.level", "message", "ecs.version", "service.name", "log.logger"}
    lines = _log(probe.replica.log)
    expect(len(lines) > 1, "the log is empty")
    for line in lines:
        expect(needed <= line.keys(), f"a line lacks {sorted(needed - line.keys())}: {str(line)[:120]}")


@TELEMETRY.check("log-trace", "house", _ECS, "Each line that a request causes has the ids of its trace and its span.")
def _log_trace(probe: BenchProbe) -> None:
    text = unique("message")
    trace, message = _traced(probe.message("fail", {"message": text}))
    status(probe.send(message), 500)
    [span] = _spans(probe, trace, "SERVER")
    told = _lines(probe, lambda line: text in str(line) or line.get("span.id") == span.span_id, expected=3)
    kinds = {"exception": "error.stack_trace", "access": "http.response.status_code", "audit": "ocsf"}
    for kind, member in kinds.items():
        expect(any(member in line for line in told), f"the request has no line of {kind}")
    strangers = [line for line in told if (line.get("trace.id"), line.get("span.id")) != (trace, span.span_id)]
    expect(not strangers, f"a line of the request has not its ids: {str(strangers)[:120]}")


@TELEMETRY.check(
    "log-access", "house", _ECS, "Each request is one line with method, path, route, status, duration and client."
)
def _access(probe: BenchProbe) -> None:
    trace, message = _traced(probe.message("countEffects"))
    status(probe.send(message), 200)
    told = _lines(probe, lambda line: line.get("trace.id") == trace and "http.response.status_code" in line)
    expect(len(told) == 1, f"a request is {len(told)} lines")
    [line] = told
    _has(
        line,
        http__request__method="GET",
        url__path="/effects/one",
        http__route="/effects/{name}",
        http__response__status_code=200,
    )
    expect(line.get("event.duration", 0) > 0, "the line has no duration")
    expect(bool(line.get("client.user.id")), "the line does not say whose request it was")


def _decisions(_: Service) -> Iterator[tuple[str, tuple[str | None, int, str]]]:
    """The credentials, where they are not good ones; the status; the policy."""
    yield "token-missing", ("", 401, "authenticate")
    yield "token-invalid", ("Bearer a.b.c", 401, "authenticate")
    yield "scope-missing", ("Bearer {no scopes}", 403, "authorize")
    yield "granted", (None, 200, "authorize")


@TELEMETRY.check(
    "audit-event",
    "house",
    _OCSF,
    "Each security decision is one event that says what was decided, about whom, and about which operation.",
    cases=_decisions,
)
def _audit(probe: BenchProbe, case: tuple[str | None, int, str]) -> None:
    credentials, code, policy = case
    decision = "allowed" if code == 200 else "denied"
    message = probe.message("countEffects")
    if credentials == "":
        message = message.without("Authorization")
    elif credentials is not None:
        message = message.having(authorization=credentials.replace("{no scopes}", probe.service.token([])))
    trace, message = _traced(message)
    status(probe.send(message), code)
    told = _lines(probe, lambda line: line.get("trace.id") == trace and "ocsf" in line)
    expect(len(told) == 1, f"a decision is {len(told)} events")
    event = told[0]["ocsf"]
    _has(event, category_uid=6, class_uid=6003, activity_id=2, type_uid=600302)
    _has(event["authorizations"][0], decision=decision, policy={"name": policy})
    expect(event["api"]["operation"] == "countEffects", "the event is of another operation")
    expect(event["status_id"] == (1 if code == 200 else 2), "the event has another status")
    expect(("app_uid" in event["actor"]) == (code != 401), "the event does not say who was let in, or kept out")
    expect(abs(event["time"] / 1000 - time.time()) < 60, "the event is of another time")
    expect(event["metadata"]["correlation_uid"] == trace, "the event is of another trace")


@TELEMETRY.check(
    "secrets-kept",
    "house",
    "OWASP Logging Cheat Sheet, Data to exclude",
    "No token, body, query or setting of the whole run is found in a log, a span, a metric or an error.",
    when="afterwards",
)
def _secrets(probe: BenchProbe) -> None:
    canary = f"canary-{uuid4().hex}"
    _send_in_confidence(probe, canary)
    sent = "\n".join(exchange.sent.decode("latin-1") for exchange in probe.service.exchanges)
    tokens = {part for parts in _TOKEN.findall(sent) for part in parts}
    expect(len(tokens) > 20, "hardly a token was sent, so nothing is said of them")
    time.sleep(1.5)
    metrics = probe.replica.client.get("/metrics").text
    answers = [e.answer for e in probe.service.exchanges if e.answer is not None]
    sinks = {
        "log": [replica.log.read_text("utf-8", "replace") for replica in probe.bench.replicas],
        "telemetry": [message.decode("latin-1") for _, message in probe.bench.collector.messages],
        "metrics": [metrics],
        "answers": ["\n".join([*map(str, answer.fields.items()), answer.body.decode("latin-1")]) for answer in answers],
    }
    expect(all(any(texts) for texts in sinks.values()), "a sink is empty, so nothing is said of it")
    for name, texts in sinks.items():
        whole = "\n".join(texts)
        found = [secret for secret in (canary, *SECRETS) if secret in whole]
        found += tokens.intersection(_LONG_WORD.findall(whole))
        expect(not found, f"{len(found)} secrets were found in the {name}")


def _send_in_confidence(probe: BenchProbe, canary: str) -> None:
    """Requests with a canary wherever a caller may put something secret, good ones and bad."""
    good = replace(probe.message("countEffects"), target=f"/effects/one?note={canary}&{canary}={canary}")
    create = probe.message("createEffect", {"name": canary}, idempotency_key=canary)
    for message in (
        good,
        good.having(authorization=f"Bearer {canary}"),
        good.having(authorization=f"Bearer a.{canary}.b"),
        good.having(authorization=f"Basic {canary}"),
        good.having(authorization=canary, cookie=f"session={canary}", tracestate=f"{canary}={canary}="),
        create,
        create,
        replace(create, body=json.dumps({"name": canary, "other": canary}).encode()),
        replace(create, body=json.dumps({"name": canary}).encode()[:-1]),
        replace(create, body=json.dumps({"name": [canary]}).encode()),
        replace(create, body=json.dumps({"name": f"{canary}\0"}).encode()).having(idempotency_key=unique("key")),
        create.having(content_type=f"text/{canary}"),
        replace(good, method="PROPFIND"),
    ):
        probe.send(message)
    with sinking(reply(401, canary.encode(), www_authenticate=canary)) as sink:
        sink.by_path["/token"] = reply(200, json.dumps({"access_token": canary, "token_type": "Bearer"}).encode())
        for credentials in ("oauth2", "sigv4"):
            probe.call(sink.url, url=f"/?secret={canary}", method="POST", credentials=credentials, content=canary)
    with sinking(reply(400, json.dumps({"error": canary}).encode())) as sink:
        probe.call(sink.url, credentials="oauth2")


@contextmanager
def _silent() -> Iterator[str]:
    with sinking(silence) as sink:
        yield sink.url


@contextmanager
def _refusing() -> Iterator[str]:
    yield f"http://127.0.0.1:{free_port()}"


def _collectors(_: Service) -> Iterator[tuple[str, Callable[[], AbstractContextManager[str]]]]:
    yield "silent", _silent
    yield "refusing", _refusing


@TELEMETRY.check(
    "collector-down",
    "house",
    "OpenTelemetry error handling principles",
    "A collector that is down, or never answers, costs no time and no memory under load, nor at the end.",
    cases=_collectors,
    when="alone",
)
def _collector_down(probe: BenchProbe, case: Callable[[], AbstractContextManager[str]]) -> None:
    # A queue that is small, so that what is kept beyond it shows.
    with (
        case() as url,
        probe.another(
            OTEL_EXPORTER_OTLP_ENDPOINT=url,
            OTEL_BSP_MAX_QUEUE_SIZE="64",
            OTEL_BSP_MAX_EXPORT_BATCH_SIZE="32",
            LOG_LEVEL="error",
        ) as own,
    ):
        message = replace(own.message("countEffects"), target=f"/effects/{'x' * 7500}")
        sizes = [_settled_kib(own, message)]
        slowest = 0.0
        for _ in range(_LOADS):
            slowest = max(slowest, _loaded(own, message))
            sizes.append(_resident_kib(own))
        grown = sizes[-1] - sizes[0]
        # What is kept of each request grows with every load. A runtime takes memory in steps, and only now and then.
        steps = sum(after - before > _ROOM_KIB / 12 for before, after in pairwise(sizes))
        expect(slowest < _LATENCY_SECONDS, f"99 of 100 requests took up to {slowest:.2f} s")
        expect(grown < _ROOM_KIB or steps < _LOADS - 1, f"the service grew by {grown} KiB, load by load")
        started = time.monotonic()
        own.replica.stop()
        expect(time.monotonic() - started < _STOP_SECONDS, "the service did not end in time")


def _loaded(probe: BenchProbe, message: Message) -> float:
    """Send many requests, some at once; returns the 99th percentile of their seconds."""

    def timed(_: int) -> float:
        started = time.monotonic()
        status(probe.send(message), 200)
        return time.monotonic() - started

    with ThreadPoolExecutor(_CALLERS) as pool:
        return sorted(pool.map(timed, range(_LOAD)))[int(_LOAD * 0.99)]


def _settled_kib(probe: BenchProbe, message: Message) -> int:
    """What the process takes once a load no longer makes it grow; a leak does, and then shows in what comes after."""
    most, quiet = 0, 0
    for _ in range(_WARMING_LOADS):
        _loaded(probe, message)
        now = _resident_kib(probe)
        quiet = quiet + 1 if now - most < _ROOM_KIB / 6 else 0
        most = max(most, now)
        if quiet == _QUIET_LOADS:
            break
    return most


def _resident_kib(probe: BenchProbe) -> int:
    """The memory that the process has, as Linux counts it."""
    text = Path(f"/proc/{probe.replica.process.pid}/status").read_text()
    return int(text.partition("VmRSS:")[2].split()[0])
