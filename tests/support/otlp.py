"""An OpenTelemetry collector that only remembers (OTLP/HTTP, binary protobuf)."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True, slots=True)
class Span:
    trace_id: str
    span_id: str
    parent_id: str
    name: str
    kind: str
    start: int
    end: int
    """Nanoseconds since 1970."""
    attributes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric as it was last sent: what tells its points apart."""

    name: str
    unit: str
    kind: str
    points: tuple[dict[str, Any], ...]


@dataclass(slots=True)
class Collector:
    url: str
    messages: list[tuple[str, bytes]] = field(default_factory=list)
    """All that came: the path, which names the signal, and the content without compression."""
    _spans: list[Span] = field(default_factory=list)
    _metrics: dict[str, Metric] = field(default_factory=dict)
    _unread: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def spans(self, trace_id: str, *, expected: int = 1, kind: str = "", timeout: float = 15.0) -> list[Span]:
        """The spans of a trace, in the order they began, once there are as many as expected, and one of that kind."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                self._read()
                found = sorted((span for span in self._spans if span.trace_id == trace_id), key=lambda span: span.start)
                rest = deadline - time.monotonic()
                is_there = kind == "" or any(span.kind == kind for span in found)
                if (len(found) >= expected and is_there) or rest <= 0:
                    return found
                self._changed.wait(rest)

    def received(self) -> int:
        """How many spans have come."""
        with self._changed:
            self._read()
            return len(self._spans)

    def drain(self) -> int:
        """Forget all spans that came since the last time; returns how many they were."""
        with self._changed:
            spans = sum(_spans_in(message) for path, message in self.messages if path == "/v1/traces")
            self.messages.clear()
            self._unread = 0
            return spans

    def metric(self, name: str, timeout: float = 15.0) -> Metric | None:
        """The metric of that name, once it has come."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                self._read()
                rest = deadline - time.monotonic()
                if name in self._metrics or rest <= 0:
                    return self._metrics.get(name)
                self._changed.wait(rest)

    def take(self, path: str, message: bytes) -> None:
        """Keep a message. It is read when somebody asks, so that a flood of them costs those who send little."""
        with self._changed:
            self.messages.append((path, message))
            self._changed.notify_all()

    def _read(self) -> None:
        for path, message in self.messages[self._unread :]:
            match path:
                case "/v1/traces":
                    traces = ExportTraceServiceRequest.FromString(message)
                    spans = [s for group in traces.resource_spans for scope in group.scope_spans for s in scope.spans]
                    self._spans += map(_span, spans)
                case "/v1/metrics":
                    sent = ExportMetricsServiceRequest.FromString(message)
                    metrics = [
                        m for group in sent.resource_metrics for scope in group.scope_metrics for m in scope.metrics
                    ]
                    self._metrics |= {metric.name: _metric(metric) for metric in metrics}
        self._unread = len(self.messages)


def _spans_in(message: bytes) -> int:
    sent = ExportTraceServiceRequest.FromString(message)
    return sum(len(scope.spans) for group in sent.resource_spans for scope in group.scope_spans)


@contextmanager
def collecting() -> Iterator[Collector]:
    """Collect for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = self.headers["Content-Length"]
            body = b"".join(self._chunks()) if length is None else self.rfile.read(int(length))
            compressed = self.headers.get("Content-Encoding") == "gzip"
            collector.take(self.path, gzip.decompress(body) if compressed else body)
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _chunks(self) -> Iterator[bytes]:
            """The body, where its length is not known from the start (RFC 9112, section 7.1)."""
            while size := int(self.rfile.readline(), 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        collector = Collector(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield collector
        finally:
            server.shutdown()
            thread.join()


def _span(span: Any) -> Span:
    kinds = ("UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")
    return Span(
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex(),
        name=span.name,
        kind=kinds[span.kind],
        start=span.start_time_unix_nano,
        end=span.end_time_unix_nano,
        attributes={entry.key: _value(entry.value) for entry in span.attributes},
    )


def _metric(metric: Any) -> Metric:
    kind = metric.WhichOneof("data")
    points = getattr(metric, kind).data_points
    attributes = tuple({entry.key: _value(entry.value) for entry in point.attributes} for point in points)
    return Metric(metric.name, metric.unit, kind, attributes)


def _value(value: Any) -> Any:
    kind = value.WhichOneof("value")
    return [_value(item) for item in value.array_value.values] if kind == "array_value" else getattr(value, kind or "")
