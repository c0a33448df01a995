"""What came of one repository."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, TypeAlias

State: TypeAlias = Literal[
    "current",  # on the version already
    "planned",  # would be offered
    "offered",  # on a branch, in a pull request where there are any
    "merged",
    "refused",  # by the fleet file
    "declined",  # its pull request was closed by a person
    "taken",  # a person has committed to the branch
    "failed",
]
Checks: TypeAlias = Literal[
    "passed",
    "failed",  # a person has to decide something, or the repository's own checks say so
    "pending",
    "none",  # no verdict: `paviour check` finds what the update did not bring, or there are no checks
]


@dataclass(frozen=True, slots=True)
class Outcome:
    repository: str
    state: State
    why: str = ""
    """Why it is not current, offered or merged."""
    old: str = ""
    new: str = ""
    commit: str = ""
    """What was offered."""
    is_fresh: bool = False
    """Whether that was committed just now, so that no check can have seen it."""
    checks: Checks = "none"
    only_platform: bool = False
    """Whether no file of another zone than the platform's changes."""
    counts: dict[str, int] | None = None
    """How many files had each action."""
    needs_person: Sequence[str] = ()
    differences: Sequence[str] = ()
    title: str = ""
    body: str = ""
    url: str = ""

    @property
    def is_failure(self) -> bool:
        return self.state == "failed" or self.checks == "failed"

    @property
    def is_waiting(self) -> bool:
        return self.checks == "pending"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, document: dict[str, Any]) -> Outcome:
        return cls(**{field.name: document[field.name] for field in fields(cls) if field.name in document})
