"""Faults in how the service starts, stops and stands by."""

from __future__ import annotations

from tests.conformance.faults.fault import Fault

LIFECYCLE = (
    Fault(
        "readiness is not dropped",
        "health.py",
        "if lifecycle.stopping:",
        "if False:",
        "stop-announced restart-rolling",
    ),
    Fault(
        "the stop is not announced",
        "server.py",
        "announce_seconds = settings.shutdown_grace_seconds / 4",
        "announce_seconds = 0.0",
        "stop-announced",  # and sometimes, by chance, a request is lost, too
    ),
    Fault(
        "what is under way is cut off",
        "server.py",
        "timeout_graceful_shutdown=max(1, int(settings.shutdown_grace_seconds - announce_seconds))",
        "timeout_graceful_shutdown=1",
        "stop-drained",
    ),
    Fault(
        "a stop is a failure",
        "server.py",
        "    Server(config, lifecycle, announce_seconds).run()",
        "    Server(config, lifecycle, announce_seconds).run()\n    raise SystemExit(1)",
        "stop-drained stop-in-time restart-rolling",
    ),
    Fault(
        "a handler may take for ever",
        "limits.py",
        "asyncio.timeout_at(loop_time)",
        "asyncio.timeout_at(None)",
        "deadline-cancels",
    ),
    Fault(
        "readiness does not ask the database",
        "app.py",
        '{"database": database.ping, "jwks": keys.ready}',
        '{"jwks": keys.ready}',
        "database-down",
    ),
    Fault(
        "the value of a wrong setting is shown",
        "settings.py",
        '            print(f"{name}: {message}", file=sys.stderr)',
        '            print(f"{name}: {message}", __import__("os").environ.get(name), file=sys.stderr)',
        "setting-malformed",
    ),
    Fault(
        "a missing setting ends with another status",
        "settings.py",
        '            message = "is required" if fault["type"] == "missing"',
        '            if fault["type"] == "missing":\n                raise SystemExit(1) from None\n'
        '            message = "is required" if fault["type"] == "missing"',
        "setting-missing",
    ),
)
