"""What the charts of the page show, as numbers and as shapes; how they look is the style's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from paviour.fleet.inventory import Entry

WIDTH, HEIGHT = 640, 220
_MOST_VERSIONS = 6
_OLDER = "older"
_POINTS = 60


@dataclass(frozen=True, slots=True)
class Area:
    """One version's share: the points of a polygon, and how many services it has today."""

    name: str
    points: str
    today: int


@dataclass(frozen=True, slots=True)
class Adoption:
    areas: Sequence[Area]
    most: int
    """What the vertical axis ends at."""
    days: Sequence[date]
    """The ends and the middle of the horizontal axis."""
    table: Sequence[tuple[date, Sequence[int]]]
    """How many services were on each version, on some days: the same without the picture."""


def adoption(entries: Sequence[Entry], today: date) -> Adoption | None:
    """How many services were on each version over time; None where no history is known."""
    histories = [[(date.fromisoformat(day), version) for day, version in entry.history] for entry in entries]
    histories = [history for history in histories if history]
    if not histories:
        return None
    first = min(history[0][0] for history in histories)
    span = max((today - first).days, 1)
    days = [first + timedelta(days=round(span * step / _POINTS)) for step in range(_POINTS + 1)]
    counts = [Counter(version for history in histories if (version := _on(history, day))) for day in days]
    known = sorted({version for count in counts for version in count}, key=_order)
    names = known[-_MOST_VERSIONS:]
    if len(known) > len(names):
        counts = [Counter(_merged(count, names)) for count in counts]
        names = [_OLDER, *names]
    most = len(histories)
    areas, floor = [], [0] * len(days)
    for name in names:
        top = [low + count[name] for low, count in zip(floor, counts, strict=True)]
        outline = [*_points(top, most), *reversed(_points(floor, most))]
        areas.append(Area(name, " ".join(outline), counts[-1][name]))
        floor = top
    step = _POINTS // 6
    table = [(days[at], [counts[at][name] for name in names]) for at in range(0, _POINTS + 1, step)]
    return Adoption(areas, most, [days[0], days[_POINTS // 2], days[-1]], table)


@dataclass(frozen=True, slots=True)
class Bar:
    name: str
    value: int
    services: int
    share: float
    """Of the longest one, in percent."""


def drift_by_team(entries: Sequence[Entry]) -> list[Bar]:
    """How many platform files have drifted in each team's services, most first; teams without drift have no bar."""
    drift: Counter[str] = Counter()
    services: Counter[str] = Counter()
    for entry in entries:
        if entry.drift:
            drift[entry.owner or "nobody"] += len(entry.drift)
            services[entry.owner or "nobody"] += 1
    most = max(drift.values(), default=1)
    ordered = sorted(drift.items(), key=lambda item: (-item[1], item[0]))
    return [Bar(name, value, services[name], round(value / most * 100, 1)) for name, value in ordered]


def _on(history: Sequence[tuple[date, str]], day: date) -> str | None:
    return next((version for since, version in reversed(history) if since <= day), None)


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdecimal() else -1 for part in version.split("."))


def _merged(count: Counter[str], names: Sequence[str]) -> dict[str, int]:
    found = {name: count[name] for name in names}
    return found | {_OLDER: sum(number for name, number in count.items() if name not in names)}


def _points(values: Sequence[int], most: int) -> list[str]:
    last = len(values) - 1
    return [f"{at / last * WIDTH:.1f},{HEIGHT - value / most * HEIGHT:.1f}" for at, value in enumerate(values)]
