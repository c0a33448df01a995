"""The groups of the bench. `paviour verify` does not know them."""

from __future__ import annotations

from paviour.verify.registry import Check, Group

BENCH: dict[str, Check] = {}
KEYS = Group("keys", BENCH)
OUTBOUND = Group("outbound", BENCH)
TELEMETRY = Group("telemetry", BENCH)
LIFECYCLE = Group("lifecycle", BENCH)
DURABILITY = Group("durability", BENCH)
