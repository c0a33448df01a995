"""For programs."""

from __future__ import annotations

import json

from paviour.verify.report.content import Report, Score, docs, received


def render(report: Report) -> str:
    """As `docs/reference/schemas/verify.schema.json` describes."""
    checks = [
        {
            "id": result.id,
            "group": result.check.group,
            "level": result.check.level,
            "standard": result.check.standard,
            "outcome": result.outcome,
            "sent": result.sent,
            "received": received(result),
            "docs": docs(result),
        }
        for result in report.results
    ]
    groups = {group: Score.of(results).as_dict() for group, results in report.groups.items()}
    return json.dumps({"summary": report.score.as_dict(), "groups": groups, "checks": checks}, indent=2)
