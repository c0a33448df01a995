"""Faults in what the service tells, and in what it must not tell."""

from __future__ import annotations

from tests.conformance.faults.fault import Fault

TELEMETRY = (
    Fault(
        "the trace is not passed on",
        "outbound/transport.py",
        "        propagate.inject(request.headers, trace.set_span_in_context(span))\n",
        "",
        "trace-* state-kept state-dropped span-client",
    ),
    Fault(
        "of two traceparents one counts",
        "telemetry/middleware.py",
        ' or (key == "traceparent" and len(values) > 1)',
        "",
        "trace-restarted",
    ),
    Fault(
        "the caller's trace is not taken up",
        "telemetry/middleware.py",
        "caller = _PROPAGATOR.extract(headers, Context(), _HEADERS)",
        "pass",
        "trace-continued trace-flags state-kept state-dropped span-server span-failure span-client span-database "
        "log-trace log-access audit-event",
    ),
    Fault(
        "the query is recorded",
        "telemetry/middleware.py",
        '        "url.path": scope["path"],\n',
        '        "url.path": scope["path"],\n        "url.query": scope["query_string"].decode("latin-1"),\n',
        "span-server secrets-kept",
    ),
    Fault(
        "a repeated attempt does not say so",
        "outbound/transport.py",
        "        if resends:\n",
        "        if False:\n",
        "span-client",
    ),
    Fault(
        "the database is not named",
        "telemetry/database.py",
        '"db.system.name"',
        '"db.system"',
        "span-database",
    ),
    Fault(
        "warnings are text",
        "logs.py",
        "    logging.captureWarnings(True)\n",
        "",
        "log-shape log-trace log-access audit-event",
    ),
    Fault(
        "lines have no trace",
        "logs.py",
        'line["trace.id"] = trace.format_trace_id(span.trace_id)',
        "pass",
        "log-trace",
    ),
    Fault(
        "who is let in is not audited",
        "dispatch.py",
        '        _audit("authorize", "allowed", exchange, "granted")\n',
        "",
        "audit-event log-trace",
    ),
    Fault(
        "a bad token is logged",
        "auth.py",
        "            raise invalid_token() from error",
        '            __import__("logging").warning("%s", token)\n            raise invalid_token() from error',
        "secrets-kept",
    ),
    Fault(
        "spans wait without bound",
        "telemetry/sdk.py",
        "BatchSpanProcessor(SpanExporter())",
        "BatchSpanProcessor(SpanExporter(), max_queue_size=10**6)",
        "collector-down",
    ),
    Fault(
        "a measurement has no route",
        "telemetry/duration.py",
        'attributes["http.route"] = route',
        'attributes["route"] = route',
        "metric-server span-server span-failure",
    ),
    Fault(
        "calls are measured by their URL",
        "outbound/transport.py",
        '        del attributes["url.full"]\n',
        "",
        "metric-client",
    ),
)
