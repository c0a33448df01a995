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
