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


_STACKS = {
    "python": Stack("src/{package}", "operations.py", "sdkgen.python"),
    "typescript": Stack("src", "operations.ts", "sdkgen.typescript"),
}


def stack(name: object) -> Stack:
    """The stack of that name. A service that was rendered before there was more than one names none."""
    return _STACKS[name] if isinstance(name, str) and name in _STACKS else _STACKS["python"]
