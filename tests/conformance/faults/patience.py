"""Faults that only waiting shows."""

from __future__ import annotations

from tests.conformance.faults.fault import Fault

PATIENCE = (
    Fault("a head may take for ever", "server.py", "HEADER_SECONDS = 10.0", "HEADER_SECONDS = 1000.0", "slow-head"),
    Fault(
        "a body may take for ever",
        "limits.py",
        "get_running_loop().time() + seconds, _collect",
        "get_running_loop().time() + 3600, _collect",
        "slow-body",
    ),
)
