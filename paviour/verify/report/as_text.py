"""For whoever reads a terminal."""

from __future__ import annotations

from paviour.report import counted
from paviour.verify.report.content import LEVELS, Report, Score, docs
from paviour.verify.run import Result

_MAX_LINES = 12


def render(report: Report) -> str:
    """The failures in full, why checks were skipped, and the score of each group."""
    lines = [line for result in report.failures for line in _failure(result)]
    lines += [f"skipped: {counted(number, 'check')}: {reason}" for reason, number in report.skipped.items()]
    for group, results in report.groups.items():
        score = Score.of(results)
        lines.append(f"{group}: {score.passed} of {score.tried} passed")
    score = report.score
    lines.append(f"{score.passed} passed, {score.failed} failed, {score.skipped} skipped")
    return "\n".join(lines)


def _failure(result: Result) -> list[str]:
    check = result.check
    lines = [
        f"{result.id}: {result.reason}",
        f"  {LEVELS[check.level]}, {check.standard}: {check.rule}",
        f"  {docs(result)}",
    ]
    for name, text in (("sent", result.sent), ("received", result.received)):
        lines += [f"  {name}: {line}" for line in text.splitlines()[:_MAX_LINES]]
    return [*lines, ""]
