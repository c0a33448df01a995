"""How an update gathers speed: a few repositories of a ring first, then twice as many, while little fails."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from paviour.fleet.definition import Fleet, Member
from paviour.fleet.outcome import Outcome

_NOT_TRIED = {"refused", "declined", "taken"}


def waves(members: Sequence[Member], first: int) -> Iterator[list[Member]]:
    """Members in the order of their rings, in waves that double; none spans two rings."""
    for _, ring in groupby(members, key=lambda member: member.ring):
        rest, size = list(ring), first
        while rest:
            yield rest[:size]
            rest, size = rest[size:], size * 2


def too_many_failures(outcomes: Iterable[Outcome], fleet: Fleet) -> str | None:
    """Why it has to stop; None where it may go on."""
    tried = [outcome for outcome in outcomes if outcome.state not in _NOT_TRIED]
    failed = sorted(outcome.repository for outcome in tried if outcome.is_failure)
    if not failed or len(failed) <= fleet.failures * len(tried):
        return None
    named = ", ".join(failed[:5]) + (" and others" if len(failed) > 5 else "")
    return f"{len(failed)} of {len(tried)} failed, more than {fleet.failures:.0%}: {named}"


def halted(fleet: Fleet) -> str | None:
    """What the file says that stops everything; None where it is not there."""
    try:
        lines = fleet.stop_file.read_text("utf-8", "replace").strip().splitlines()
    except FileNotFoundError:
        return None
    except OSError as error:
        return f"{fleet.stop_file} can't be read: {error.strerror}"
    return f"{fleet.stop_file} is there: {lines[0] if lines else 'no reason given'}"


def shard(members: Sequence[Member], number: int, of: int) -> list[Member]:
    """Every so-many-th of each ring, so that each shard has a ramp of its own."""
    chosen = []
    for _, ring in groupby(members, key=lambda member: member.ring):
        chosen += list(ring)[number - 1 :: of]
    return chosen
