"""What can only be judged with the bench around a service. A module a group, and one for the trace context."""

from __future__ import annotations

from importlib import import_module

from paviour.verify.registry import Check
from tests.conformance.checks.registry import BENCH

__all__ = ["SLOW", "bench_checks"]

_MODULES = ("keys", "outbound", "credentials", "guard", "telemetry", "trace_context", "lifecycle", "durability")
SLOW = ("key-new", "key-removed", "key-flood", "key-set-outage", "outbound-breaker-recovers")
"""What waits for the service's clocks. Faults elsewhere don't change it."""


def bench_checks() -> dict[str, Check]:
    """By id, group by group."""
    for name in _MODULES:
        import_module(f"tests.conformance.checks.{name}")
    groups = list(dict.fromkeys(check.group for check in BENCH.values()))
    return dict(sorted(BENCH.items(), key=lambda entry: groups.index(entry[1].group)))
