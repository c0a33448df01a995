"""What a consumer reads of a new version: which operation, who is affected, before and after, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from paviour.compat.as_json import change_document
from paviour.compat.as_markdown import code, escaped
from paviour.compat.as_next_version import following
from sdkgen.compat.advice import advice
from sdkgen.compat.changes import LANGUAGES, Change, Result, shown
from sdkgen.compat.rules import RULES

_HEADINGS = {
    "breaking": "What you have to change",
    "unknown": "What to look at",
    "compatible": "What is new",
    "same": "Wording",
}


def as_json(result: Result) -> dict[str, Any]:
    """The changes with what to do about them."""
    versions = {"contract": following(result.version, result.bump())}
    versions |= {language: following(result.version, result.bump(language)) for language in LANGUAGES}
    entries = [
        change_document(change) | {"rule": RULES[change.id].url, "advice": advice(change)} for change in result.changes
    ]
    return {"from": result.version, "to": versions, "entries": entries}


def as_markdown(result: Result) -> str:
    return "\n".join(_lines(result))


def _lines(result: Result) -> Iterator[str]:
    yield f"# {following(result.version, result.bump())}"
    yield ""
    yield f"Follows {result.version}."
    yield from body(result.changes, 2)


def body(changes: Sequence[Change], depth: int) -> Iterator[str]:
    """The changes with what to do about them; `depth` is that of the headings."""
    for level, heading in _HEADINGS.items():
        groups: dict[str, list[Change]] = {}
        for change in _told_once([found for found in changes if found.level == level]):
            groups.setdefault(change.operation or "The whole contract", []).append(change)
        if groups:
            yield ""
            yield f"{'#' * depth} {heading}"
        for operation, found in groups.items():
            yield ""
            yield f"{'#' * (depth + 1)} {escaped(operation)}"
            yield ""
            for change in found:
                yield from _entry(change)


def _told_once(changes: list[Change]) -> list[Change]:
    """What is the same in all languages is told once."""
    seen: dict[tuple[str, str, str], Change] = {}
    for change in changes:
        seen.setdefault((change.id, change.pointer, change.message), change)
    return list(seen.values())


def _entry(change: Change) -> Iterator[str]:
    yield f"- {escaped(change.message[:1].upper() + change.message[1:])}. ([{change.id}]({RULES[change.id].url}))"
    others = change.operations[1:]
    if others:
        more = f" and {len(others) - 5} more" if len(others) > 5 else ""
        yield f"  - also: {', '.join(code(one) for one in others[:5])}{more}"
    if change.before is not None or change.after is not None:
        yield f"  - before: {code(shown(change.before))}, after: {code(shown(change.after))}"
    if change.consumers:
        yield f"  - concerns: {', '.join(escaped(name) for name in change.consumers)}"
    if change.approval:
        yield f"  - approved by {escaped(change.approval['owner'])}: {escaped(change.approval['reason'])}"
    yield f"  - {escaped(advice(change))}"
