"""A span and the W3C trace context for each attempt, where OpenTelemetry is installed; nothing where it is not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

try:
    from opentelemetry import propagate, trace
    from opentelemetry.trace import SpanKind, Status, StatusCode
except ImportError:  # pragma: no cover - the package works without
    _present = False
else:
    _present = True


@dataclass(slots=True)
class Attempt:
    """What is to be known of one attempt in the end."""

    attributes: dict[str, Any] = field(default_factory=dict)

    def answered(self, status: int) -> None:
        """Note the status; 4xx and 5xx are errors to a client."""
        self.attributes["http.response.status_code"] = status
        if status >= 400:
            self.attributes["error.type"] = str(status)


@contextmanager
def attempt(request: httpx2.Request, template: str, resends: int) -> Iterator[Attempt]:
    """Record one attempt; the trace context goes with the request."""
    found = Attempt()
    if not _present:
        yield found
        return
    url = request.url
    attributes: dict[str, Any] = {
        "http.request.method": request.method,
        "server.address": url.host,
        "server.port": url.port or {"https": 443}.get(url.scheme, 80),
        "url.template": template,
    }
    if resends:
        attributes["http.request.resend_count"] = resends
    tracer = trace.get_tracer(__name__)
    span = tracer.start_span(f"{request.method} {template}", kind=SpanKind.CLIENT, attributes=attributes)
    if span.is_recording():
        # Neither credentials nor the query's values, either of which may be secret.
        bare = url.copy_with(username=None, password=None, query=None, fragment=None)
        span.set_attribute("url.full", str(bare))
    propagate.inject(request.headers, trace.set_span_in_context(span))
    try:
        yield found
    except BaseException as error:
        found.attributes["error.type"] = type(error).__qualname__
        raise
    finally:
        span.set_attributes(found.attributes)
        if "error.type" in found.attributes:
            span.set_status(Status(StatusCode.ERROR))
        span.end()
