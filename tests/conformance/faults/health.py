"""Faults in what an orchestrator is told."""

from __future__ import annotations

from tests.conformance.faults.fault import Fault

HEALTH = (
    Fault(
        "health is somewhere else",
        "health.py",
        'PlatformRoute("/health/live", live)',
        'PlatformRoute("/healthz", live)',
        "health-live health-live-with-a-bad-token health-head health-fresh health-discreet health-methods",
    ),
    Fault(
        "health is looked up by a path that is decoded",
        "routing.py",
        'if scope.get("raw_path") == self.path.encode() else',
        "if True else",
        "health-encoded-slash",
    ),
    Fault(
        "readiness is only for those who stay",
        "health.py",
        "async def ready(_: Request) -> Response:\n        if lifecycle.stopping:",
        "async def ready(_: Request) -> Response:\n"
        '        if lifecycle.stopping or _.headers.get("connection") == "close":',
        "health-ready health-ready-with-a-bad-token health-head health-fresh health-discreet errors-server-failure",
    ),
    Fault(
        "readiness looks at tokens",
        "health.py",
        "async def ready(_: Request) -> Response:\n        if lifecycle.stopping:",
        'async def ready(_: Request) -> Response:\n        if lifecycle.stopping or "authorization" in _.headers:',
        "health-ready-with-a-bad-token errors-server-failure",
    ),
    Fault(
        "being alive looks at tokens",
        "health.py",
        '        return _ok("live")',
        '        if "authorization" in _.headers:\n            raise Unavailable\n        return _ok("live")',
        "health-live-with-a-bad-token errors-server-failure",
    ),
    Fault(
        "HEAD is not healthy",
        "health.py",
        '        return _ok("live")',
        '        if _.method == "HEAD":\n            raise Unavailable\n        return _ok("live")',
        "health-head",
    ),
    Fault(
        "caches may keep health",
        "health.py",
        'headers={"cache-control": "no-store"}',
        "headers={}",
        "health-fresh",
    ),
    Fault(
        "health tells where the database is",
        "health.py",
        'JSONResponse({"status": status}',
        'JSONResponse({"status": status, "database": "postgresql://db.internal/quotes"}',
        "health-discreet",
    ),
    Fault(
        "health may be written",
        "health.py",
        'Route("/health/live", live)',
        'Route("/health/live", live, methods=["GET", "POST"])',
        "health-methods",
    ),
    Fault(
        "metrics are somewhere else",
        "app.py",
        'Route("/metrics", _metrics)',
        'Route("/prometheus", _metrics)',
        "health-metrics health-metrics-route",
    ),
    Fault(
        "metrics are JSON",
        "app.py",
        'media_type="text/plain; version=0.0.4"',
        'media_type="application/json"',
        "health-metrics",
    ),
)
