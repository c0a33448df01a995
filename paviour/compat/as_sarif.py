"""SARIF, for what shows findings beside the code: what breaks, and what nobody could decide."""

from __future__ import annotations

from typing import Any

from paviour import sarif
from sdkgen import positions
from sdkgen.compat.changes import Change, Result
from sdkgen.compat.rules import RULES, Rule
from sdkgen.errors import Place

_LEVELS = {"breaking": "error", "unknown": "warning", "compatible": "note", "same": "note"}
_HOME = "https://paviour.github.io/paviour/reference/compatibility"


def render(result: Result) -> str:
    used = sorted({change.id for change in result.changes})
    places = positions.places(change.node for change in result.changes)
    results = [_result(change, places[change.node.key]) for change in result.changes]
    return sarif.log("paviour contract diff", _HOME, [_rule(RULES[id]) for id in used], results)


def _rule(rule: Rule) -> dict[str, Any]:
    return sarif.rule(rule.id, rule.title, rule.title, rule.url, _LEVELS[rule.level], [rule.axis])


def _result(change: Change, place: Place) -> dict[str, Any]:
    location = {"artifactLocation": {"uri": sarif.uri(place.file)}, "region": {"startLine": place.line or 1}}
    found: dict[str, Any] = {
        "ruleId": change.id,
        "level": _LEVELS[change.level],
        "message": sarif.message(change.message),
        "locations": [{"physicalLocation": location, "logicalLocations": [{"fullyQualifiedName": change.pointer}]}],
        "partialFingerprints": {"paviourChange/v1": change.fingerprint},
        "properties": {"axis": change.axis, "operations": change.operations},
    }
    if change.approval:
        reason = sarif.message(change.approval["reason"])["text"]
        found["suppressions"] = [{"kind": "external", "status": "accepted", "justification": reason}]
    return found
