"""SARIF 2.1.0. What a waiver accepts is there too, as suppressed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from paviour import sarif
from sdkgen.errors import pointer_text
from sdkgen.lint import Finding, Severity
from sdkgen.lint.catalog import rules

_HOME = "https://paviour.github.io/paviour/reference/command-line#paviour-contract-lint"
_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}


def render(findings: Sequence[Finding]) -> str:
    indices = {id: index for index, id in enumerate(dict.fromkeys(finding.id for finding in findings))}
    described = [_rule(next(found for found in findings if found.id == id)) for id in indices]
    return sarif.log("paviour contract lint", _HOME, described, [_result(f, indices[f.id]) for f in findings])


def _rule(finding: Finding) -> dict[str, Any]:
    known = rules().get(finding.id)
    if known is None:  # another linter's
        text = f"A rule of the ruleset: {finding.id}."
        return sarif.rule(finding.id, text, text, finding.docs or _HOME, _LEVELS[finding.severity], ["spectral"])
    text = known.text.replace("\n", " ")
    return sarif.rule(known.id, known.summary, text, known.docs, _LEVELS[known.severity], [known.family])


def _result(finding: Finding, index: int) -> dict[str, Any]:
    pointer = pointer_text(finding.pointer)
    region = {"startLine": finding.line, "startColumn": finding.column}
    location = {
        "physicalLocation": {"artifactLocation": {"uri": sarif.uri(finding.file)}, "region": region},
        "logicalLocations": [{"fullyQualifiedName": pointer, "kind": "member"}],
    }
    # A finding is the same one for as long as its value has its pointer, wherever that moves to in the file.
    identity = f"{finding.id} {finding.file.name} {pointer} {finding.message}"
    found: dict[str, Any] = {
        "ruleId": finding.id,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": sarif.message(f"{finding.message}; {finding.mend}"),
        "locations": [location],
        "partialFingerprints": {"place/v1": hashlib.sha256(identity.encode()).hexdigest()[:32]},
    }
    if finding.waiver is not None:
        found["suppressions"] = [{"kind": "external", "justification": finding.waiver}]
    return found
