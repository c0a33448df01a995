"""A few repositories first, then twice as many, while little fails; a file stops everything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from paviour.fleet import run as module
from paviour.fleet.definition import Fleet, Member
from paviour.fleet.outcome import Outcome
from paviour.fleet.ramp import shard, waves
from paviour.fleet.run import Result, Run
from paviour.fleet.state import State
from paviour.fleet.visit import Order

TODAY = date(2026, 12, 1)
Visit = Callable[[Member], Outcome]
Update = Callable[[Fleet, Visit], tuple[Result, list[str]]]


def fleet_of(folder: Path, count: int, **more: object) -> Fleet:
    listed = [Member(f"s{number:02}", f"/s{number:02}.git", is_here=True) for number in range(count)]
    return Fleet(folder, listed, stop_file=folder / "STOP", **more)  # type: ignore[arg-type]


def good(member: Member) -> Outcome:
    return Outcome(member.name, "offered", checks="passed")


def bad(*names: str) -> Visit:
    return lambda member: Outcome(member.name, "failed", "broken") if member.name in names else good(member)


@pytest.fixture
def updated(monkeypatch: pytest.MonkeyPatch) -> Update:
    """An update whose visits give what a test says; and whom it has visited, in order."""

    def run(fleet: Fleet, visit: Visit) -> tuple[Result, list[str]]:
        visited: list[str] = []

        def noted(member: Member, _: Order, __: date) -> Outcome:
            visited.append(member.name)
            return visit(member)

        monkeypatch.setattr(module, "visit", noted)
        state = State(fleet.folder / "state")
        with ThreadPoolExecutor(1) as pool, state.alone():
            return Run(fleet, pool, None, TODAY).update(fleet.members(), state), visited

    return run


def names(members: Sequence[Member]) -> list[str]:
    return [member.name for member in members]


def test_waves_double_and_none_spans_two_rings(tmp_path: Path) -> None:
    fleet = fleet_of(tmp_path, 12, rings={"canary": ["s03"], "early": ["s0[0-2]", "s11"]})
    assert [names(wave) for wave in waves(fleet.members(), 1)] == [
        ["s03"],
        ["s00"],
        ["s01", "s02"],
        ["s11"],
        ["s04"],
        ["s05", "s06"],
        ["s07", "s08", "s09", "s10"],
    ]
    assert [len(wave) for wave in waves(fleet_of(tmp_path, 20).members(), 3)] == [3, 6, 11]


def test_shards_share_the_fleet_out_ring_by_ring(tmp_path: Path) -> None:
    fleet = fleet_of(tmp_path, 11, rings={"canary": ["s03", "s04"]})
    parts = [names(shard(fleet.members(), number, 3)) for number in (1, 2, 3)]
    assert sorted(name for part in parts for name in part) == names(
        sorted(fleet.members(), key=lambda member: member.name)
    )
    assert [part[0] for part in parts] == ["s03", "s04", "s02"]


def test_all_are_visited_where_nothing_fails(tmp_path: Path, updated: Update) -> None:
    result, visited = updated(fleet_of(tmp_path, 9), good)
    assert (len(visited), result.stopped, result.left) == (9, None, [])


def test_a_failing_canary_stops_it(tmp_path: Path, updated: Update) -> None:
    result, visited = updated(fleet_of(tmp_path, 9), bad("s00"))
    assert visited == ["s00"]
    assert result.stopped == "1 of 1 failed, more than 10%: s00"
    assert result.left == [f"s{number:02}" for number in range(1, 9)]


def test_it_goes_on_while_the_ratio_is_low_and_stops_when_it_is_not(tmp_path: Path, updated: Update) -> None:
    fails = bad("s05", *(f"s{number}" for number in range(15, 21)))
    result, visited = updated(fleet_of(tmp_path, 40, failures=0.2), fails)
    assert (len(visited), len(result.left)) == (31, 9)
    assert result.stopped == "7 of 31 failed, more than 20%: s05, s15, s16, s17, s18 and others"
    result, visited = updated(fleet_of(tmp_path, 40, failures=0.25), fails)
    assert (len(visited), result.stopped) == (40, None)


def test_once_it_was_mended_the_next_run_goes_through(tmp_path: Path, updated: Update) -> None:
    fleet = fleet_of(tmp_path, 9)
    assert updated(fleet, bad("s00"))[0].stopped
    result, visited = updated(fleet, good)
    assert (len(visited), result.stopped) == (9, None)


def test_what_was_not_tried_is_neither_failed_nor_good(tmp_path: Path, updated: Update) -> None:
    def visit(member: Member) -> Outcome:
        return good(member) if member.name == "s03" else Outcome(member.name, "refused", "until later")

    assert updated(fleet_of(tmp_path, 9), visit)[0].stopped is None


def test_what_needs_a_person_counts_as_failed(tmp_path: Path, updated: Update) -> None:
    result, _ = updated(fleet_of(tmp_path, 9), lambda member: Outcome(member.name, "offered", checks="failed"))
    assert result.stopped == "1 of 1 failed, more than 10%: s00"


def test_the_next_wave_waits_for_the_checks_of_this_one(tmp_path: Path, updated: Update) -> None:
    def pending(member: Member) -> Outcome:
        return Outcome(member.name, "offered", checks="pending" if member.name == "s02" else "passed")

    result, visited = updated(fleet_of(tmp_path, 9), pending)
    assert (visited, result.waits_for) == (["s00", "s01", "s02"], ["s02"])
    result, visited = updated(fleet_of(tmp_path, 9, waits_for_checks=False), pending)
    assert (len(visited), result.waits_for) == (9, [])


def test_the_stop_file_stops_it_between_two_repositories(tmp_path: Path, updated: Update) -> None:
    def visit(member: Member) -> Outcome:
        if member.name == "s04":
            (tmp_path / "STOP").write_text("The registry is down.\nCall 123.\n")
        return good(member)

    result, visited = updated(fleet_of(tmp_path, 30), visit)
    assert result.stopped == f"{tmp_path / 'STOP'} is there: The registry is down."
    assert "s04" in visited
    assert len(visited) < 10, "what was handed to the worker is finished, nothing else is begun"
    assert updated(fleet_of(tmp_path, 30), visit)[1] == []
    (tmp_path / "STOP").unlink()
    assert len(updated(fleet_of(tmp_path, 30), good)[1]) == 30


def test_an_interrupted_run_goes_on_and_a_finished_one_begins_anew(tmp_path: Path, updated: Update) -> None:
    fleet = fleet_of(tmp_path, 9)

    def interrupted(member: Member) -> Outcome:
        if member.name == "s05":
            raise KeyboardInterrupt
        return good(member)

    with pytest.raises(KeyboardInterrupt):
        updated(fleet, interrupted)
    result, visited = updated(fleet, good)
    assert not {"s00", "s01", "s02"} & set(visited), "no repository twice"
    assert set(result.outcomes) == {member.name for member in fleet.members()}, "none forgotten"
    assert len(updated(fleet, good)[1]) == 9
