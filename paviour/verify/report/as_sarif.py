"""SARIF 2.1.0 (OASIS), for what shows findings beside the code, such as code scanning on a pull request.

Only failures become results, because many readers show whatever stands there as a finding. Their place is in the
contract, which the service is held to: at the operation, where the check is about one.
"""

from __future__ import annotations

from datetime import UTC
from typing import Any

from paviour import sarif
from paviour.report import counted
from paviour.verify.registry import Check
from paviour.verify.report.content import DOCS, LEVELS, Report, Score
from paviour.verify.run import Result
from sdkgen.errors import pointer_text

_HOME = "https://paviour.github.io/paviour/reference/command-line#paviour-verify"
_LEVELS = {"must": "error", "should": "warning", "house": "note"}
"""Breaking a rule of the house is no fault of a service that was never asked to keep it."""


def render(report: Report) -> str:
    """One run, whose rules are the checks that were selected."""
    rules = {result.check.id: result.check for result in report.results}
    indices = {id: index for index, id in enumerate(rules)}
    return sarif.log(
        "paviour verify",
        _HOME,
        [_rule(check) for check in rules.values()],
        [_result(report, result, indices[result.check.id]) for result in report.failures],
        invocations=[
            {
                "executionSuccessful": True,
                "startTimeUtc": report.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "toolExecutionNotifications": [
                    {"level": "note", "message": sarif.message(f"Skipped {counted(number, 'check')}: {reason}")}
                    for reason, number in report.skipped.items()
                ],
            }
        ],
        properties={
            "service": report.url,
            "summary": report.score.as_dict(),
            "groups": {group: Score.of(results).as_dict() for group, results in report.groups.items()},
        },
    )


def _rule(check: Check) -> dict[str, Any]:
    text = f"{LEVELS[check.level]}, {check.standard}. {check.rule}"
    return sarif.rule(check.id, check.rule, text, DOCS + check.id, _LEVELS[check.level], [check.group, check.level])


def _result(report: Report, result: Result, index: int) -> dict[str, Any]:
    return {
        "ruleId": result.check.id,
        "ruleIndex": index,
        "level": _LEVELS[result.check.level],
        "message": sarif.message(f"{result.id}: {result.reason}"),
        "locations": [_location(report, result)],
        # A finding is the same one for as long as its case is, wherever the operation moves to in the file.
        "partialFingerprints": {"case/v1": result.id},
        "properties": {"sent": result.sent, "received": result.received},
    }


def _location(report: Report, result: Result) -> dict[str, Any]:
    operation = report.operation(result)
    node = operation.node if operation else report.contract.documents.node
    place = node.place
    region = {"startLine": place.line or 1}
    found: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": sarif.uri(place.file)}, "region": region}}
    if operation:
        name = pointer_text(place.pointer)
        found["logicalLocations"] = [{"name": operation.id, "fullyQualifiedName": name, "kind": "member"}]
    return found
