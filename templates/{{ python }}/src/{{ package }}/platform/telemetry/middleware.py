"""The outermost layer: a SERVER span, one duration measurement and one access line for each request."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from opentelemetry import context, metrics, trace
from opentelemetry.context import Context
from opentelemetry.propagators.textmap import Getter
from opentelemetry.sdk import trace as sdk
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AttributeValue

from .. import logs
from .duration import Durations
from .sdk import durations
from .span import RequestSpan, RequestTracer

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

_METHODS = frozenset({"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"})
# Asked for every few seconds by an orchestrator and a scraper: worth no trace and no line.
_UNRECORDED = frozenset({"/health/live", "/health/ready", "/metrics"})
_PROPAGATOR = TraceContextTextMapPropagator()


@dataclass(slots=True)
class RequestRecord:
    """What is said of a request in telemetry and only the inner layers know; found at `scope["state"]["record"]`."""

    trace_id: str
    """In hexadecimal digits, as is the span's."""
    span_id: str
    route: str | None = None
    """The path template of the contract."""
    operation: str | None = None
    client: str | None = None
    """The OAuth client, once its token is verified."""
    error_type: str | None = None
    """A problem's slug or the name of an exception's class."""

    @classmethod
    def of(cls, span: Span) -> RequestRecord:
        ids = span.get_span_context()
        return cls(f"{ids.trace_id:032x}", f"{ids.span_id:016x}")


class TelemetryMiddleware:
    """Observes requests. Query values, headers other than User-Agent, and bodies are never recorded."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._tracer = trace.get_tracer(__name__)
        self._requests = RequestTracer(self._tracer, __name__) if isinstance(self._tracer, sdk.Tracer) else None
        self._durations = durations() or Durations(__name__, metrics.get_meter(__name__))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] in _UNRECORDED:
            span = _unrecorded_span()
            scope.setdefault("state", {})["record"] = RequestRecord.of(span)
            with trace.use_span(span):
                await self._app(scope, receive, send)
        else:
            await self._observe(scope, receive, send)

    async def _observe(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter_ns()
        method = scope["method"] if scope["method"] in _METHODS else "_OTHER"
        caller, attributes = _request(scope, method)
        span = self._start(method, caller, attributes)
        record = scope.setdefault("state", {})["record"] = RequestRecord.of(span)
        token = context.attach(trace.set_span_in_context(span, caller))
        status: int | None = None

        async def observed_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, observed_send)
        except BaseException as error:
            record.error_type = record.error_type or type(error).__qualname__
            raise
        finally:
            elapsed = time.perf_counter_ns() - started
            # The conventions call only the server's own faults errors.
            failed = status is None or status >= 500
            error_type = (record.error_type or str(status or "aborted")) if failed else None
            outcome = self._durations.series(
                method, scope["scheme"], scope["http_version"], record.route, status, error_type
            )
            name = f"{method} {record.route}" if record.route is not None else method
            _end(span, name, outcome.attributes, failed=failed)
            outcome.record(elapsed / 1e9, span.get_span_context())
            logs.access(method, scope["path"], status, elapsed, record)
            context.detach(token)

    def _start(self, name: str, caller: Context, attributes: dict[str, AttributeValue]) -> Span:
        if self._requests is not None:
            return self._requests.start(name, caller, attributes)
        return self._tracer.start_span(name, caller, SpanKind.SERVER, attributes)


def _end(span: Span, name: str, outcome: dict[str, AttributeValue], *, failed: bool) -> None:
    if isinstance(span, RequestSpan):
        span.finish(name, outcome, failed=failed)
        return
    span.update_name(name)
    span.set_attributes(outcome)
    if failed:
        span.set_status(StatusCode.ERROR)
    span.end()


def _unrecorded_span() -> Span:
    """For a request that leaves no trace and still has a trace id to name in a problem."""
    ids = RandomIdGenerator()
    return NonRecordingSpan(SpanContext(ids.generate_trace_id(), ids.generate_span_id(), is_remote=False))


def _request(scope: Scope, method: str) -> tuple[Context, dict[str, AttributeValue]]:
    """The trace of the caller, and the attributes that are known from the start."""
    attributes: dict[str, AttributeValue] = {
        "http.request.method": method,
        "url.path": scope["path"],
        "url.scheme": scope["scheme"],
    }
    if server := scope.get("server"):
        attributes["server.address"] = server[0]
        if server[1] is not None:
            attributes["server.port"] = server[1]
    if method == "_OTHER":
        attributes["http.request.method_original"] = scope["method"]
    caller, headers = Context(), scope["headers"]
    for name, value in headers:
        if name == b"user-agent":
            attributes.setdefault("user_agent.original", value.decode("latin-1"))
        elif name == b"traceparent":
            caller = _PROPAGATOR.extract(headers, Context(), _HEADERS)
    return caller, attributes


class _Headers(Getter[list[tuple[bytes, bytes]]]):
    """Reads ASGI's header list. A repeated `traceparent` is as good as none (Trace Context, section 3.2)."""

    def get(self, carrier: list[tuple[bytes, bytes]], key: str) -> list[str] | None:
        name = key.encode()
        values = [value.decode("latin-1") for header, value in carrier if header == name]
        return None if not values or (key == "traceparent" and len(values) > 1) else values

    def keys(self, carrier: list[tuple[bytes, bytes]]) -> list[str]:
        return [name.decode("latin-1") for name, _ in carrier]


_HEADERS = _Headers()
