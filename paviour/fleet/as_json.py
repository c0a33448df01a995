"""The results as JSON (docs/reference/schemas/fleet-update.schema.json, fleet-report.schema.json)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from paviour import __version__
from paviour.fleet.definition import Member
from paviour.fleet.inventory import Entry
from paviour.fleet.outcome import Outcome
from paviour.fleet.run import Result


def result(found: Result, members: Sequence[Member]) -> str:
    """In the order of an update."""
    rings = {member.name: member.ring for member in members}
    outcomes = [found.outcomes[member.name] for member in members if member.name in found.outcomes]
    document = {
        "version": __version__,
        "stopped": found.stopped,
        "waits_for": found.waits_for,
        "left": found.left,
        "summary": dict(sorted(Counter(outcome.state for outcome in outcomes).items())),
        "repositories": [_outcome(outcome, rings[outcome.repository]) for outcome in outcomes],
    }
    return json.dumps(document, indent=2)


def _outcome(outcome: Outcome, ring: str) -> dict[str, Any]:
    return {
        "repository": outcome.repository,
        "ring": ring,
        "state": outcome.state,
        "why": outcome.why,
        "from": outcome.old,
        "to": outcome.new,
        "commit": outcome.commit,
        "checks": outcome.checks,
        "only_platform": outcome.only_platform,
        "files": outcome.counts or {},
        "needs_person": list(outcome.needs_person),
        "differences": list(outcome.differences),
        "url": outcome.url,
    }


def inventory(entries: Sequence[Entry]) -> str:
    document = {
        "version": __version__,
        "summary": {
            "services": len(entries),
            "behind": sum(entry.is_behind for entry in entries),
            "drifted": sum(bool(entry.drift) for entry in entries),
            "unreadable": sum(entry.error is not None for entry in entries),
        },
        "services": [entry.as_dict() for entry in entries],
    }
    return json.dumps(document, indent=2)
