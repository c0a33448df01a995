"""OpenTelemetry: the SDK, a span and a measurement for each request, the trace id for logs and problems."""

from __future__ import annotations

from opentelemetry import trace

from .middleware import RequestRecord, TelemetryMiddleware
from .sdk import configure, flush, metrics_text

__all__ = ["RequestRecord", "TelemetryMiddleware", "configure", "flush", "metrics_text", "trace_id"]


def trace_id() -> str:
    """The id of the current trace: 32 hexadecimal digits, all zero outside of a trace."""
    return trace.format_trace_id(trace.get_current_span().get_span_context().trace_id)
