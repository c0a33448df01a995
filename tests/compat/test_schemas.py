"""Single edits of schemas, each labelled by hand: what do callers who send them, and those who read them, notice?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sdkgen.compat.gaps import Direction
from sdkgen.compat.oracle import Oracle
from tests.compat.support import documents, judged, schema, sides, table

CASES = [(case, role) for case in table("schemas") for role in ("request", "response")]


@pytest.mark.parametrize(("case", "role"), CASES, ids=[f"{case['edit']}-{role}" for case, role in CASES])
def test_an_edit_of_a_schema(case: dict[str, Any], role: Direction, tmp_path: Path) -> None:
    result = judged(tmp_path, *documents(case, role))

    wanted = case[role] if isinstance(case[role], list) else [case[role]]
    assert result.axes["wire"] in wanted, [(change.id, change.level, change.message) for change in result.changes]

    breaking = [change for change in result.changes if change.axis == "wire" and change.level == "breaking"]
    old, new = sides(tmp_path) if breaking else (None, None)
    for change in breaking:
        assert change.witness is not None or change.id in _WITHOUT, change
        if change.witness is not None and old is not None and new is not None:
            inside, outside = (old, new) if change.witness.valid_in == "old" else (new, old)
            readings = (inside.normal, inside.open)  # a contract may be silent about what is not declared
            assert any(Oracle(one).valid(schema(inside, role, one), change.witness.value) for one in readings)
            assert Oracle(outside.normal).valid(schema(outside, role), change.witness.value) is False


_WITHOUT = {"request-default-changed", "response-property-removed"}
"""A default refuses nothing; and a property of any value may be missed without being refused."""
