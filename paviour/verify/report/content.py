"""What all formats tell: the results, the scores, and how they are worded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from paviour.report import counted
from paviour.verify.run import Result
from sdkgen.model import Contract, Operation

DOCS = "https://paviour.github.io/paviour/standards/conformance#"
LEVELS = {"must": "MUST", "should": "SHOULD", "house": "House rule"}


@dataclass(frozen=True, slots=True)
class Score:
    """How many checks had each outcome."""

    passed: int
    failed: int
    skipped: int

    @classmethod
    def of(cls, results: Iterable[Result]) -> Score:
        outcomes = Counter(result.outcome for result in results)
        return cls(outcomes["passed"], outcomes["failed"], outcomes["skipped"])

    @property
    def tried(self) -> int:
        return self.passed + self.failed

    def as_dict(self) -> dict[str, int]:
        return {"passed": self.passed, "failed": self.failed, "skipped": self.skipped}


@dataclass(frozen=True)
class Report:
    """The results of one run, in the order of the groups, and what they are about."""

    url: str
    contract: Contract
    at: datetime
    """When the run began."""
    results: Sequence[Result]

    @cached_property
    def score(self) -> Score:
        return Score.of(self.results)

    @cached_property
    def groups(self) -> dict[str, list[Result]]:
        """The results of each group that has any."""
        found: dict[str, list[Result]] = {}
        for result in self.results:
            found.setdefault(result.check.group, []).append(result)
        return found

    @property
    def failures(self) -> list[Result]:
        return [result for result in self.results if result.outcome == "failed"]

    @property
    def skipped(self) -> Counter[str]:
        """How many checks were skipped, by the reason."""
        return Counter(result.reason for result in self.results if result.outcome == "skipped")

    @property
    def headline(self) -> str:
        if self.score.failed:
            return f"{self.score.failed} of {counted(self.score.tried, 'check')} failed"
        return f"all {self.score.tried} checks passed" if self.score.tried else "no check could be tried"

    def operation(self, result: Result) -> Operation | None:
        """The operation that a case is about: its name begins with the operation's id."""
        _, _, case = result.id.partition("/")
        return self._operations.get(case.partition("/")[0])

    @cached_property
    def _operations(self) -> dict[str, Operation]:
        return {operation.id: operation for operation in self.contract.operations}


def docs(result: Result) -> str:
    """Where the rule is explained."""
    return DOCS + result.check.id


def received(result: Result) -> str:
    """What came back; where the check was skipped, why."""
    return result.reason if result.outcome == "skipped" else result.received
