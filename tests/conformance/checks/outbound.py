"""Do calls to services that fail in every way end in time, and are they repeated only where that is safe?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from paviour.verify.service import Service
from paviour.verify.wire import Answer
from tests.conformance.checks.registry import OUTBOUND
from tests.conformance.surroundings import BenchProbe, expect, status, unique
from tests.support.sink import Act, Sink, drip, reply, reset, silence, sinking, unconnectable

_SOON_SECONDS = 7.0
"""Well after one of the short limits, and before the one of the whole call."""
_TRANSIENT: dict[str, Act] = {
    "429": reply(429),
    "502": reply(502),
    "503": reply(503),
    "504": reply(504),
    "409-retry-after": reply(409, retry_after="0"),
    "reset": reset,
}


def _attempts(sink: Sink, expected: int) -> None:
    found = len(sink.requests)
    expect(found == expected, f"expected {expected} attempts, got {found}")


def _fails_within(probe: BenchProbe, upstream: str, seconds: float) -> float:
    """A call that is not repeated is answered with 503 in time; returns the seconds it took."""
    started = time.monotonic()
    status(probe.call(upstream, method="POST"), 503)
    took = time.monotonic() - started
    expect(took < seconds, f"the call took {took:.1f} s")
    return took


@OUTBOUND.check(
    "outbound-connect-timeout", "house", "RFC 9110 section 15.6.4", "A service that can't be connected to is given up."
)
def _connect_timeout(probe: BenchProbe) -> None:
    with unconnectable() as url:
        _fails_within(probe, url, _SOON_SECONDS)


@OUTBOUND.check(
    "outbound-read-timeout", "house", "RFC 9110 section 15.6.4", "A service that does not answer is given up."
)
def _read_timeout(probe: BenchProbe) -> None:
    with sinking(silence) as sink:
        _fails_within(probe, sink.url, _SOON_SECONDS)
        _attempts(sink, 1)


@OUTBOUND.check(
    "outbound-total-timeout",
    "house",
    "RFC 9110 section 15.6.4",
    "An answer that comes byte by byte, each in time, is given up when the whole takes too long.",
)
def _total_timeout(probe: BenchProbe) -> None:
    with sinking(drip()) as sink:
        took = _fails_within(probe, sink.url, 14)
        expect(took > _SOON_SECONDS, f"the limit of the whole is 8 s, and the call took {took:.1f} s")


@OUTBOUND.check(
    "outbound-response-bounded", "house", "RFC 9110 section 15.6.3", "A body that is far too large is not taken in."
)
def _bounded(probe: BenchProbe) -> None:
    with sinking(reply(200, b" " * 20_000_000)) as sink:
        status(probe.call(sink.url, method="POST"), 502, 503)


def _safe(_: Service) -> Iterator[tuple[str, tuple[str, Act]]]:
    for name, act in _TRANSIENT.items():
        yield f"GET-{name}", ("GET", act)
    for method in ("PUT", "DELETE"):
        yield f"{method}-503", (method, _TRANSIENT["503"])


@OUTBOUND.check(
    "outbound-retried",
    "should",
    "RFC 9110 section 9.2.2",
    "A call that is idempotent is repeated when the service can't answer for the moment.",
    cases=_safe,
)
def _retried(probe: BenchProbe, case: tuple[str, Act]) -> None:
    method, act = case
    with sinking(act, reply(200)) as sink:
        status(probe.call(sink.url, method=method), 200)
        _attempts(sink, 2)


def _unsafe(_: Service) -> Iterator[tuple[str, tuple[str, Act]]]:
    for method in ("POST", "PATCH"):
        for name, act in _TRANSIENT.items():
            yield f"{method}-{name}", (method, act)


@OUTBOUND.check(
    "outbound-not-retried",
    "must",
    "RFC 9110 section 9.2.2",
    "A call that may not be idempotent is made once, whatever becomes of it.",
    cases=_unsafe,
)
def _not_retried(probe: BenchProbe, case: tuple[str, Act]) -> None:
    method, act = case
    with sinking(act, reply(200)) as sink:
        probe.call(sink.url, method=method, content="once")
        _attempts(sink, 1)


def _final(_: Service) -> Iterator[tuple[str, int]]:
    return ((str(code), code) for code in (400, 401, 403, 404, 409, 500, 501))


@OUTBOUND.check(
    "outbound-final",
    "house",
    "RFC 9110 section 15",
    "An answer that another attempt would not change is not asked for again.",
    cases=_final,
)
def _not_worth_it(probe: BenchProbe, case: int) -> None:
    with sinking(reply(case), reply(200)) as sink:
        answer = status(probe.call(sink.url), 200)
        expect(b"%d" % case in answer.body, f"expected {case} to be handed on, got {answer.body.decode()}")
        _attempts(sink, 1)


@OUTBOUND.check(
    "outbound-retried-key",
    "house",
    "draft-ietf-httpapi-idempotency-key-header section 2.4",
    "A call with an idempotency key is repeated with the same key and the same body.",
)
def _retried_key(probe: BenchProbe) -> None:
    key = unique("key")
    with sinking(reply(503), reset, reply(201)) as sink:
        status(probe.call(sink.url, method="POST", idempotency_key=key, content="same"), 200)
        _attempts(sink, 3)
        expect({request["idempotency-key"] for request in sink.requests} == {key}, "the key is not the same")
        expect({request.body for request in sink.requests} == {b'"same"'}, "the body is not the same")


@OUTBOUND.check("outbound-attempts", "house", "RFC 9110 section 9.2.2", "A call has three attempts and no more.")
def _three(probe: BenchProbe) -> None:
    with sinking(reply(503)) as sink:
        status(probe.call(sink.url), 200)
        _attempts(sink, 3)


def _pause(sink: Sink) -> float:
    _attempts(sink, 2)
    return sink.requests[1].at - sink.requests[0].at


@OUTBOUND.check(
    "outbound-retry-after-seconds", "should", "RFC 9110 section 10.2.3", "`Retry-After` in seconds is waited for."
)
def _after_seconds(probe: BenchProbe) -> None:
    with sinking(reply(429, retry_after="1"), reply(200)) as sink:
        status(probe.call(sink.url), 200)
        expect(_pause(sink) >= 0.9, f"told to wait for 1 s, the service waited for {_pause(sink):.2f} s")


@OUTBOUND.check(
    "outbound-retry-after-date", "should", "RFC 9110 section 10.2.3", "`Retry-After` as a date is waited for."
)
def _after_date(probe: BenchProbe) -> None:
    # A date has whole seconds: two seconds from now may be written as little more than one.
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    with sinking(reply(503, retry_after=moment), reply(200)) as sink:
        status(probe.call(sink.url), 200)
        expect(_pause(sink) >= 0.7, f"told to wait until then, the service waited for {_pause(sink):.2f} s")


@OUTBOUND.check(
    "outbound-retry-after-long",
    "house",
    "RFC 9110 section 10.2.3",
    "A `Retry-After` that is longer than anybody would wait is not waited for, and the call not repeated.",
)
def _after_long(probe: BenchProbe) -> None:
    with sinking(reply(503, retry_after="5"), reply(200)) as sink:
        started = time.monotonic()
        answer = status(probe.call(sink.url), 200)
        expect(b"503" in answer.body, f"expected 503 to be handed on, got {answer.body.decode()}")
        expect(time.monotonic() - started < 4.5, "the service waited for a `Retry-After` that is too long")
        _attempts(sink, 1)


@OUTBOUND.check(
    "outbound-retry-budget",
    "house",
    "RFC 9110 section 15.5.17",
    "Retries are a small share of the calls: of 40 calls that are all told to slow down, few are repeated.",
)
def _budget(probe: BenchProbe) -> None:
    with sinking(reply(429)) as sink, ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: probe.call(sink.url), range(40)))
        found = len(sink.requests)
        expect(found <= 60, f"40 calls made {found} attempts")
        expect(found > 40, "nothing was repeated, so nothing is said of a budget")


@OUTBOUND.check(
    "outbound-breaker-opens",
    "house",
    "RFC 9110 section 15.6.4",
    "A service that fails five times in a row is not called, and whoever needs it is answered with 503.",
)
def _breaker_opens(probe: BenchProbe) -> None:
    with sinking(reply(500)) as sink:
        answers = [probe.call(sink.url).status for _ in range(12)]
        expect(answers == [200] * 5 + [503] * 7, f"expected five calls, then 503: {answers}")
        _attempts(sink, 5)


@OUTBOUND.check(
    "outbound-breaker-apart",
    "house",
    "RFC 9110 section 15.6.4",
    "A service that fails does not keep another from work.",
)
def _breaker_apart(probe: BenchProbe) -> None:
    with sinking(reply(500)) as bad, sinking() as good:
        for _ in range(6):
            probe.call(bad.url)
        status(probe.call(good.url), 200)


@OUTBOUND.check(
    "outbound-breaker-recovers",
    "house",
    "RFC 9110 section 15.6.4",
    "After a while one call tries; while it fails, the others are kept out; when it succeeds, all are let in.",
)
def _breaker_recovers(probe: BenchProbe) -> None:
    with sinking(reply(500)) as sink:

        def tries(seen: int) -> Answer:
            """Call until the service is called again."""
            ends = time.monotonic() + 30
            while True:
                answer = probe.call(sink.url)
                if len(sink.requests) > seen or time.monotonic() > ends:
                    return answer
                time.sleep(0.2)

        for _ in range(5):
            probe.call(sink.url)
        opened = time.monotonic()
        tries(5)
        expect(time.monotonic() - opened > 2, "the service was called again at once")
        for _ in range(5):
            probe.call(sink.url)
        _attempts(sink, 6)
        sink.script = [reply(200)]
        expect(tries(6).status == 200, "the call that tried did not succeed")
        answers = [probe.call(sink.url).status for _ in range(5)]
        expect(answers == [200] * 5, f"expected all calls to be let in: {answers}")


@OUTBOUND.check(
    "outbound-deadline",
    "house",
    "RFC 7240 section 4.3",
    "A call says how long it waits (`Prefer: wait=`), which is never longer than its handler may.",
)
def _deadline(probe: BenchProbe) -> None:
    with sinking() as sink, probe.another(HANDLER_TIMEOUT_SECONDS="2") as own:
        status(probe.call(sink.url), 200)
        status(own.call(sink.url), 200)
        waits = [request["prefer"] for request in sink.requests]
        expect(waits == ["wait=8", "wait=2"], f"with 8 s for a call and 2 s for a handler, calls say {waits}")
        sink.script = [silence]
        started = time.monotonic()
        status(own.call(sink.url, url="/"), 503)
        expect(time.monotonic() - started < 6, "the call outlived its handler")


def _targets(_: Service) -> Iterator[tuple[str, str]]:
    yield "port", "{other}/"
    yield "host", "{named}/"
    yield "user-info", "{upstream}@{other_authority}/"
    yield "scheme", "https://{other_authority}/"


@OUTBOUND.check(
    "outbound-foreign-origin",
    "must",
    "RFC 6749 section 10.3",
    "A client with credentials calls no origin but its own.",
    cases=_targets,
)
def _foreign(probe: BenchProbe, case: str) -> None:
    token = reply(200, b'{"access_token": "t", "token_type": "Bearer", "expires_in": 3600}')
    with sinking() as upstream, sinking() as other:
        upstream.by_path["/token"] = token
        authority = other.url.removeprefix("http://")
        url = case.format(
            upstream=upstream.url,
            other=other.url,
            other_authority=authority,
            named=upstream.url.replace("127.0.0.1", "localhost"),
        )
        status(probe.call(upstream.url, url=url, credentials="oauth2"), 503)
        expect(not other.requests, "another origin was called")
        expect(not [request for request in upstream.requests if request.target != "/token"], "the origin was called")


def _redirects(_: Service) -> Iterator[tuple[str, int]]:
    return ((str(code), code) for code in (301, 302, 303, 307, 308))


@OUTBOUND.check(
    "outbound-redirect",
    "must",
    "RFC 6749 section 10.3",
    "A redirect to another origin is handed on, not followed: nobody there is given the token.",
    cases=_redirects,
)
def _redirect(probe: BenchProbe, case: int) -> None:
    with sinking() as upstream, sinking() as other:
        upstream.by_path["/token"] = reply(200, b'{"access_token": "t", "token_type": "Bearer"}')
        upstream.script = [reply(case, location=f"{other.url}/stolen")]
        answer = status(probe.call(upstream.url, credentials="oauth2"), 200)
        expect(b"%d" % case in answer.body, f"expected {case} to be handed on, got {answer.body.decode()}")
        expect(not other.requests, "the redirect was followed")
