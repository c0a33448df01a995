"""The checks, each with what it holds a service to and where that is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from paviour.verify.service import Probe, Service

Level = Literal["must", "should", "house"]
When = Literal["together", "alone", "afterwards"]
"""Beside other checks; with nothing beside it, as it puts the service under load; once all others have run."""
GROUPS = (
    "http",
    "limits",
    "tokens",
    "authorization",
    "tenancy",
    "schemas",
    "errors",
    "headers",
    "idempotency",
    "preconditions",
    "deprecation",
    "health",
)


@dataclass(frozen=True, slots=True)
class Check:
    """One rule. It holds unless `run` raises; it runs once for each of its cases, or once where it has none."""

    id: str
    group: str
    level: Level
    standard: str
    """Document and section."""
    rule: str
    """What is expected, in a sentence."""
    run: Callable[..., None]
    cases: Callable[[Service], Iterable[tuple[str, Any]]] | None = None
    """The rest of the id, and what `run` is given, for each case that the contract makes."""
    when: When = "together"


CHECKS: dict[str, Check] = {}


@dataclass(frozen=True, slots=True)
class Group:
    """Where a module puts its checks."""

    name: str
    checks: dict[str, Check] = field(default_factory=lambda: CHECKS)

    def add(self, id: str, level: Level, standard: str, rule: str, run: Callable[..., None], **options: Any) -> None:
        """Raises ValueError where the id is taken."""
        if id in self.checks:
            raise ValueError(f"two checks are called {id}")
        self.checks[id] = Check(id, self.name, level, standard, rule, run, **options)

    def check(
        self, id: str, level: Level, standard: str, rule: str, **options: Any
    ) -> Callable[[Callable[..., None]], Callable[..., None]]:
        """Make a check of the function, which is given a probe and, where there are cases, the case."""

        def register(run: Callable[[Probe], None]) -> Callable[..., None]:
            self.add(id, level, standard, rule, run, **options)
            return run

        return register


class Failed(Exception):
    """The service broke the rule; the message says how."""


class NotApplicable(Exception):
    """The rule can't be tried on this service, or with what the caller gave; the message says why."""
