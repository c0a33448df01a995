"""Single edits of a whole contract, each labelled by hand on every axis."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.compat.support import edited, judged, table

BASE = table("base")
CASES = table("contracts")
_NAMES = {"wire": "wire", "policy": "policy", "python": "source.python", "typescript": "source.typescript"}


@pytest.mark.parametrize("case", CASES, ids=[case["edit"] for case in CASES])
def test_an_edit_of_a_contract(case: dict[str, Any], tmp_path: Path) -> None:
    base = edited(BASE, case.get("given", []))
    result = judged(tmp_path, base, edited(base, case["edits"]))

    found = {name: result.axes[axis] for name, axis in _NAMES.items()}
    wanted = {name: case.get(name, "same") for name in _NAMES}
    assert found == wanted, [(change.id, change.axis, change.level, change.message) for change in result.changes]
    if "bump" in case:
        assert result.bump() == case["bump"]


def test_a_type_is_said_to_be_renamed_only_where_no_other_could_be_meant(tmp_path: Path) -> None:
    one_gone = {
        "at": "/components/schemas/Gone",
        "set": {"type": "object", "properties": {"only": {"type": "integer"}}},
    }
    base = edited(BASE, [one_gone])
    alike = [one_gone | {"at": f"/components/schemas/{name}"} for name in ("Here", "There")]
    gone = {"at": "/components/schemas/Gone", "remove": True}

    def said(fresh: list[dict[str, Any]]) -> set[str]:
        changes = judged(tmp_path, base, edited(base, [gone, *fresh])).changes
        return {change.id for change in changes if change.name == "Gone" and change.axis.startswith("source.")}

    assert said(alike[:1]) == {"source-type-renamed"}
    assert said(alike) == {"source-type-removed"}
