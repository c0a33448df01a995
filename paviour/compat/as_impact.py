"""Who is concerned, for people and for machines (docs/reference/schemas/impact.schema.json)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from paviour.compat.as_json import change_document
from paviour.compat.as_next_version import following
from paviour.errors import UserError
from sdkgen.compat.changes import LANGUAGES, Bump, Change, Result
from sdkgen.compat.impact import Report


def as_text(result: Result, reports: list[Report], early: list[Change]) -> str:
    return "\n".join(_lines(result, reports, early))


def _since(result: Result, report: Report) -> dict[str, str | None]:
    """The versions that bring what concerns a consumer: of the contract, and of the SDK in its language."""
    languages = {impact.change.axis.partition(".")[2] for impact in report.impacts} - {""}
    on_wire = any(not impact.change.axis.startswith("source.") for impact in report.impacts)
    sdk = report.consumer.language if report.consumer.language in LANGUAGES else None
    return {
        "contract": _following(result, result.bump()) if on_wire else None,
        "sdk": _following(result, result.bump(sdk)) if sdk and (on_wire or sdk in languages) else None,
    }


def _following(result: Result, step: Bump) -> str | None:
    try:
        return following(result.version, step)
    except UserError:  # the contract has no version that can be counted up
        return None


def _lines(result: Result, reports: list[Report], early: list[Change]) -> Iterator[str]:
    for report in reports:
        since = _since(result, report)
        named = [("contract", since["contract"]), (f"{report.consumer.language} SDK", since["sdk"])]
        brought = ", ".join(f"{name} {version}" for name, version in named if version)
        yield f"{report.consumer.name}: {report.effect}{f', from {brought} on' if brought else ''}"
        for found in report.impacts:
            field = f" by `{found.field}`" if found.field else ""
            yield f"  {found.effect}{field}: {found.change.id}: {found.change.message} ({found.change.fingerprint})"
    for change in early:
        end = f"before its sunset on {change.before}" if change.before else "without a sunset"
        yield f"{change.message} {end} ({change.fingerprint})"
    if not reports:
        yield "no consumer is registered"


def as_json(result: Result, reports: list[Report], early: list[Change]) -> dict[str, Any]:
    return {
        "consumers": [
            {
                "name": report.consumer.name,
                "verdict": report.effect,
                "since": _since(result, report),
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
