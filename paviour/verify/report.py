"""What a verification found, for people and for machines."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from paviour.report import counted
from paviour.verify.registry import GROUPS
from paviour.verify.run import Result

DOCS = "https://paviour.github.io/paviour/standards/conformance#"
LEVELS = {"must": "MUST", "should": "SHOULD", "house": "House rule"}


def as_json(results: Sequence[Result]) -> str:
    """As `docs/reference/schemas/verify.schema.json` describes."""
    checks = [
        {
            "id": result.id,
            "group": result.check.group,
            "level": result.check.level,
            "standard": result.check.standard,
            "outcome": result.outcome,
            "sent": result.sent,
            "received": result.reason if result.outcome == "skipped" else result.received,
            "docs": DOCS + result.check.id,
        }
        for result in results
    ]
    return json.dumps({"summary": summary(results), "checks": checks}, indent=2)


def summary(results: Sequence[Result]) -> dict[str, int]:
    outcomes = Counter(result.outcome for result in results)
    return {outcome: outcomes[outcome] for outcome in ("passed", "failed", "skipped")}


def as_text(results: Sequence[Result]) -> str:
    """The failures in full, why checks were skipped, and the score of each group."""
    lines = [line for result in results if result.outcome == "failed" for line in _failure(result)]
    skipped = Counter(result.reason for result in results if result.outcome == "skipped")
    lines += [f"skipped: {counted(number, 'check')}: {reason}" for reason, number in skipped.items()]
    for group in GROUPS:
        of_group = [result for result in results if result.check.group == group]
        if of_group:
            found = summary(of_group)
            lines.append(f"{group}: {found['passed']} of {found['passed'] + found['failed']} passed")
    found = summary(results)
    lines.append(f"{found['passed']} passed, {found['failed']} failed, {found['skipped']} skipped")
    return "\n".join(lines)


def _failure(result: Result) -> list[str]:
    check = result.check
    lines = [
        f"{result.id}: {result.reason}",
        f"  {LEVELS[check.level]}, {check.standard}: {check.rule}",
        f"  {DOCS}{check.id}",
    ]
    for name, text in (("sent", result.sent), ("received", result.received)):
        lines += [f"  {name}: {line}" for line in text.splitlines()[:12]]
    return [*lines, ""]
