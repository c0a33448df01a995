"""The verdict on two contracts, from their files."""

from __future__ import annotations

from pathlib import Path

from sdkgen.compat import operations, remarks, source
from sdkgen.compat.changes import Changes, Result
from sdkgen.compat.side import Side
from sdkgen.compat.untouched import same


def compare(old: Path, new: Path) -> Result:
    """Judge what changed from one contract to the next. Raises ContractError where one of them can't be read."""
    before, after = Side(old), Side(new)
    changes = Changes()
    if (
        not same(before.root.value, after.root.value)
        or len(before.documents.sources) + len(after.documents.sources) > 2
    ):
        operations.compare(before, after, changes)
        source.compare(before, after, changes)
        remarks.compare(before, after, changes)
    return Result(changes.all(), str(before.contract.version))
