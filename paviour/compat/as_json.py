"""The machine format (docs/reference/schemas/diff.schema.json)."""

from __future__ import annotations

import json
from typing import Any

from sdkgen.compat.changes import LANGUAGES, Change, Result


def render(result: Result) -> str:
    return json.dumps(document(result), indent=2, ensure_ascii=False)


def document(result: Result) -> dict[str, Any]:
    """Verdict, version steps and changes."""
    return {
        "verdict": {
            "wire": result.verdict("wire"),
            "policy": result.verdict("policy"),
            "source": {language: result.verdict(f"source.{language}") for language in LANGUAGES},
        },
        "bump": {"contract": result.bump()} | {language: result.bump(language) for language in LANGUAGES},
        "changes": [change_document(change) for change in result.changes],
    }


def change_document(change: Change) -> dict[str, Any]:
    witness = change.witness
    return {
        "id": change.id,
        "axis": change.axis,
        "level": change.level,
        "pointer": change.pointer,
        "operation": change.operation,
        "operations": change.operations,
        "message": change.message,
        "before": _json(change.before),
        "after": _json(change.after),
        "witness": {"payload": witness.value, "validIn": witness.valid_in} if witness else None,
        "argument": change.argument,
        "fingerprint": change.fingerprint,
        "approval": change.approval,
        "consumers": change.consumers,
    }


def _json(value: Any) -> Any:
    return json.loads(json.dumps(value, default=str))
