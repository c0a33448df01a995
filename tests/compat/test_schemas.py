"""Single edits of schemas, each labelled by hand: what do callers who send them, and those who read them, notice?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.compat.support import document, judged, table

CASES = [(case, role) for case in table("schemas") for role in ("request", "response")]


@pytest.mark.parametrize(("case", "role"), CASES, ids=[f"{case['edit']}-{role}" for case, role in CASES])
def test_an_edit_of_a_schema(case: dict[str, Any], role: str, tmp_path: Path) -> None:
    version = case.get("version", "3.0")
    old, new = (document(case[key], role, version) for key in ("was", "is"))

    result = judged(tmp_path, old, new)

    wanted = case[role] if isinstance(case[role], list) else [case[role]]
    assert result.axes["wire"] in wanted, [(change.id, change.level, change.message) for change in result.changes]
