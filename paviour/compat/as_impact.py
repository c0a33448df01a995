"""Who is concerned, for people and for machines (docs/reference/schemas/impact.schema.json)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from paviour.compat.as_json import change_document
from sdkgen.compat.changes import Change
from sdkgen.compat.impact import Report


def as_text(reports: list[Report], early: list[Change]) -> str:
    return "\n".join(_lines(reports, early))


def _lines(reports: list[Report], early: list[Change]) -> Iterator[str]:
    for report in reports:
        yield f"{report.consumer.name}: {report.effect}"
        for found in report.impacts:
            field = f" by `{found.field}`" if found.field else ""
            yield f"  {found.effect}{field}: {found.change.id}: {found.change.message} ({found.change.fingerprint})"
    for change in early:
        end = f"before its sunset on {change.before}" if change.before else "without a sunset"
        yield f"{change.message} {end} ({change.fingerprint})"
    if not reports:
        yield "no consumer is registered"


def as_json(reports: list[Report], early: list[Change]) -> dict[str, Any]:
    return {
        "consumers": [
            {
                "name": report.consumer.name,
                "verdict": report.effect,
                "impacts": [
                    {
                        "verdict": found.effect,
                        "field": found.field,
                        "id": found.change.id,
                        "axis": found.change.axis,
                        "operations": found.change.operations,
                        "message": found.change.message,
                        "fingerprint": found.change.fingerprint,
                    }
                    for found in report.impacts
                ],
            }
            for report in reports
        ],
        "tooEarly": [change_document(change) for change in early],
    }
