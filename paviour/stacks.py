"""What is different from stack to stack: where a service has its code, what projects a contract, what locks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stack:
    source: str
    """The folder of the service's own modules."""
    operations: str
    """The team's module of handlers, in that folder."""
    projection: str
    """The package of `sdkgen` that writes the generated code, with the modules `server` and `stubs`."""


STACKS = {
    "python": Stack("src/{package}", "operations.py", "sdkgen.python"),
    "typescript": Stack("src", "operations.ts", "sdkgen.typescript"),
}
"""By name, as it is answered."""
