"""For a pull request's comment: the verdict as a table, then what breaks."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sdkgen.compat.changes import LANGUAGES, LEVELS, Change, Result
from sdkgen.compat.rules import RULES


def render(result: Result) -> str:
    return "\n".join(_lines(result))


def _lines(result: Result) -> Iterator[str]:
    yield "| axis | verdict | next version |"
    yield "| --- | --- | --- |"
    for axis, verdict in result.axes.items():
        language = axis.removeprefix("source.")
        step = result.bump(language) if language in LANGUAGES else result.bump()
        yield f"| {axis} | {verdict} | {step} |"
    for level in reversed(LEVELS):
        found = [change for change in result.changes if change.level == level]
        if found:
            yield ""
            yield f"## {level.capitalize()}"
            yield ""
            for change in found:
                yield from _change(change)


def _change(change: Change) -> Iterator[str]:
    where = f" ({', '.join(f'`{one}`' for one in change.operations[:5])})" if change.operations else ""
    approved = ", approved" if change.approval else ""
    yield f"- [{change.id}]({RULES[change.id].url}), {change.axis}{approved}: {escaped(change.message)}{where}"
    if change.witness:
        payload = json.dumps(change.witness.value, ensure_ascii=False)
        yield f"  - valid by the {change.witness.valid_in} contract only: {code(payload)}"
    if change.level in ("breaking", "unknown"):
        yield f"  - fingerprint `{change.fingerprint}`"


def escaped(text: str) -> str:
    """Text in which only backticks mean something."""
    outside = text.split("`")
    for index in range(0, len(outside), 2):
        for sign in "\\*_[]<>|":
            outside[index] = outside[index].replace(sign, f"\\{sign}")
    return "`".join(outside).replace("\n", " ")


def code(text: str) -> str:
    """Text as code, whatever backticks it has itself (CommonMark, code spans)."""
    fence = "`"
    while fence in text:
        fence += "`"
    pad = " " if "`" in text else ""
    return f"{fence}{pad}{text}{pad}{fence}".replace("\n", " ")
