"""What a service of any stack executes as data: the contract's schemas, its examples, and the contract itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sdkgen.bundle import document
from sdkgen.examples import examples
from sdkgen.model import Contract
from sdkgen.validation import schemas


def write_artefacts(contract: Contract, folder: Path) -> None:
    """Write `schemas.json`, `examples.json` and `openapi.yaml`. The same contract gives the same bytes."""
    (folder / "schemas.json").write_text(_json(schemas(contract)) + "\n", "utf-8")
    (folder / "examples.json").write_text(_json(examples(contract), depth=1) + "\n", "utf-8")
    (folder / "openapi.yaml").write_bytes(document(contract.documents))


def _json(value: Any, depth: int = 2) -> str:
    """JSON with a line for each entry of the upper levels: small and fast, and yet a change shows where it is."""
    if depth and isinstance(value, dict):
        entries = ",\n".join(f"{json.dumps(key)}: {_json(entry, depth - 1)}" for key, entry in value.items())
        return f"{{\n{entries}\n}}"
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
