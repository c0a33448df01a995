"""The verdict on two contracts, from their files."""

from __future__ import annotations

import gc
import sys
import threading
from pathlib import Path

from sdkgen.compat import operations, remarks, source
from sdkgen.compat.changes import Changes, Result
from sdkgen.compat.side import Side
from sdkgen.compat.untouched import same
from sdkgen.errors import ContractError, Place

_FRAMES = 60_000
_STACK = 512 << 20
"""Bytes; taken only as far as they are used."""


def compare(old: Path, new: Path) -> Result:
    """Judge what changed from one contract to the next. Raises ContractError where one of them can't be read."""
    # Schemas may refer to each other in long chains, so there has to be room to follow them.
    found: list[Result | BaseException] = []  # a `Future` takes as long to import as small contracts to compare
    limit, size = sys.getrecursionlimit(), threading.stack_size(_STACK)
    collects = gc.isenabled()
    try:
        gc.disable()  # nearly all that is made is kept to the end, so looking for garbage is a fifth of the time
        sys.setrecursionlimit(_FRAMES)
        thread = threading.Thread(target=_run, args=(found, old, new), daemon=True)
        thread.start()
        thread.join()
    finally:
        if collects:
            gc.enable()
        sys.setrecursionlimit(limit)
        threading.stack_size(size)
    (outcome,) = found
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome


def _run(found: list[Result | BaseException], old: Path, new: Path) -> None:
    try:
        found.append(_compared(old, new))
    except RecursionError:
        cause = "its schemas refer to each other in a chain too long to follow"
        found.append(ContractError(Place(new), cause, "shorten the chain"))
    except BaseException as error:  # whatever it is, it is the caller's
        found.append(error)


def _compared(old: Path, new: Path) -> Result:
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
