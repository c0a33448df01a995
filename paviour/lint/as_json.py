"""JSON, as `docs/reference/schemas/lint.schema.json` describes."""

from __future__ import annotations

import json
from collections.abc import Sequence

from paviour.lint.content import summary
from sdkgen.errors import pointer_text
from sdkgen.lint import Finding


def render(findings: Sequence[Finding]) -> str:
    entries = [
        {
            "id": finding.id,
            "severity": finding.severity,
            "file": finding.file.as_posix(),
            "line": finding.line,
            "column": finding.column,
            "pointer": pointer_text(finding.pointer) if finding.pointer else "",
            "message": finding.message,
            "mend": finding.mend,
            "docs": finding.docs,
            "fixable": finding.fix is not None,
            "waiver": finding.waiver,
        }
        for finding in findings
    ]
    return json.dumps({"summary": summary(findings), "findings": entries}, indent=2)
