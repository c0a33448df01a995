"""For a terminal: what breaks first, with the place, the reason and the evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator

from paviour.report import counted
from sdkgen import positions
from sdkgen.compat.changes import LANGUAGES, LEVELS, Change, Result
from sdkgen.errors import Place

_MAX_OPERATIONS = 3
_MAX_WITNESS = 400


def render(result: Result) -> str:
    return "\n".join(_lines(result))


def _lines(result: Result) -> Iterator[str]:
    places = positions.places(change.node for change in result.changes)
    for level in reversed(LEVELS):
        found = [change for change in result.changes if change.level == level]
        for change in found:
            yield from _change(change, places[change.node.key])
    for axis, verdict in result.axes.items():
        yield f"{axis}: {verdict}"
    steps = [f"contract {result.bump()}", *(f"{language} {result.bump(language)}" for language in LANGUAGES)]
    yield f"version: {', '.join(steps)}"
    yield counted(len(result.changes), "change") if result.changes else "no change"


def _change(change: Change, place: Place) -> Iterator[str]:
    approved = " (approved)" if change.approval else ""
    yield f"{place}: {change.level}{approved}: {change.id}: {change.message}"
    if change.operations:
        more = len(change.operations) - _MAX_OPERATIONS
        listed = ", ".join(change.operations[:_MAX_OPERATIONS])
        yield f"  {change.axis}: {listed}{f' and {more} more' if more > 0 else ''}"
    else:
        yield f"  {change.axis}"
    if change.witness:
        payload = json.dumps(change.witness.value, ensure_ascii=False)
        payload = payload if len(payload) <= _MAX_WITNESS else f"{payload[:_MAX_WITNESS]}…"
        yield f"  valid by the {change.witness.valid_in} contract only: {payload}"
    elif change.argument:
        yield f"  {change.argument}"
    if change.level in ("breaking", "unknown"):
        yield f"  fingerprint {change.fingerprint}"
