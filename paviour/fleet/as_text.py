"""The results as people read them in a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from paviour import __version__
from paviour.fleet.definition import Fleet, Member
from paviour.fleet.inventory import Entry
from paviour.fleet.outcome import Outcome
from paviour.fleet.ramp import waves
from paviour.fleet.run import Result
from paviour.report import counted


def line(outcome: Outcome) -> str:
    parts: list[str] = [outcome.state]
    if outcome.old and outcome.old != outcome.new:
        parts.append(f"{outcome.old} to {outcome.new}")
    if outcome.needs_person:
        parts.append(f"{counted(len(outcome.needs_person), 'file')} to be decided by a person")
    if outcome.checks in ("pending", "failed") and not outcome.needs_person:
        parts.append(f"checks {outcome.checks}")
    parts += filter(None, [outcome.why, outcome.url])
    return f"{outcome.repository}: {', '.join(parts)}"


def result(found: Result) -> str:
    lines = [line(outcome) for outcome in found.outcomes.values()]
    if found.left:
        lines.append(f"not visited: {', '.join(found.left)}")
    if found.stopped:
        lines.append(f"stopped: {found.stopped}")
    if found.waits_for:
        lines.append(f"waits for the checks of {', '.join(found.waits_for)}; run it again later")
    return "\n".join([*lines, f"{__version__}: {_counts(found)}"])


def plan(found: Result, members: Sequence[Member], fleet: Fleet) -> str:
    lines = []
    for number, wave in enumerate(waves(members, fleet.first), start=1):
        lines.append(f"wave {number}, ring {wave[0].ring}")
        lines += [f"  {line(found.outcomes[member.name])}{_extent(found.outcomes[member.name])}" for member in wave]
    return "\n".join([*lines, f"{__version__}: {_counts(found)}"])


def _extent(outcome: Outcome) -> str:
    counts = ", ".join(f"{number} {action}" for action, number in sorted((outcome.counts or {}).items()))
    only = "; the platform's files only" if outcome.only_platform else ""
    return f": {counts}{only}" if counts and outcome.state == "planned" else ""


def _counts(found: Result) -> str:
    counts = Counter(outcome.state for outcome in found.outcomes.values())
    return ", ".join(f"{number} {state}" for state, number in sorted(counts.items())) or "no repository"


def inventory(entries: Sequence[Entry]) -> str:
    head = ("REPOSITORY", "STANDARD", "DRIFT", "CONTRACT", "OWNER", "RING")
    rows = [head, *map(_row, entries)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([*lines, *_notes(entries), _summary(entries)])


def _row(entry: Entry) -> tuple[str, ...]:
    standard = f"{entry.standard or '?'}{' behind' if entry.is_behind else ''}"
    drift = "?" if entry.error else str(len(entry.drift))
    return entry.repository, standard, drift, entry.contract or "-", entry.owner or "-", entry.ring


def _notes(entries: Sequence[Entry]) -> Iterator[str]:
    for entry in entries:
        if entry.error:
            yield f"{entry.repository}: {entry.error}"
        if entry.refused:
            yield f"{entry.repository}: refused {entry.refused}"


def _summary(entries: Sequence[Entry]) -> str:
    behind, drifted = sum(entry.is_behind for entry in entries), sum(bool(entry.drift) for entry in entries)
    return f"{counted(len(entries), 'service')}: {behind} behind {__version__}, {drifted} drifted"
