"""Killed at any point and run again: no repository twice, none forgotten, nothing of a person's overwritten."""

from __future__ import annotations

import fcntl
import signal
import time
from pathlib import Path

import pytest

from tests.fleet.conftest import BRANCH, Fleet, at, tip
from tests.support.git import git

# Makes the process kill itself, as `kill -9` does, before or after the n-th call of a function.
KILL = """
import os, signal
import {module} as module
deadly, calls = module.{name}, iter(range(10**9))
def wrapped(*arguments, **options):
    is_last = next(calls) == {number}
    if is_last and not {after}:
        os.kill(os.getpid(), signal.SIGKILL)
    result = deadly(*arguments, **options)
    if is_last:
        os.kill(os.getpid(), signal.SIGKILL)
    return result
module.{name} = wrapped
"""


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("module", "name", "number"),
    [
        ("paviour.fleet.visit", "repository", 1),
        ("paviour.fleet.visit", "plan", 1),
        ("paviour.fleet.visit", "write", 1),
        ("paviour.fleet.repositories", "git", 1),  # makes the mirror, fetches, pushes
        ("paviour.fleet.repositories", "git", 2),
        ("paviour.fleet.state", "write", 0),
        ("paviour.fleet.state", "write", 2),
        ("os", "replace", 2),
    ],
)
def test_killed_at_any_point_and_run_again(module: str, name: str, number: int, after: bool, fleet: Fleet) -> None:
    places = {
        "a": fleet.add("a"),
        "b": fleet.add("b", by_url=True),
        "c": fleet.add("c"),
    }
    done = fleet.run("update", first=KILL.format(module=module, name=name, number=number, after=after))
    assert done.returncode == -signal.SIGKILL, done.stdout + done.stderr
    before = {name: tip(place) for name, place in places.items()}
    assert fleet.states() == dict.fromkeys("abc", "offered")
    for name, place in places.items():
        assert at(place, BRANCH, ".paviour/standard") == "1.1.0\n"
        assert git(place, "rev-list", "--count", f"main..{BRANCH}").strip() == "1", "not offered twice"
        assert before[name] in ("", tip(place)), "what was offered before the end is still it"


def test_a_person_s_commit_between_two_runs_is_seen(fleet: Fleet) -> None:
    places = [fleet.add("a"), fleet.add("b", by_url=True)]
    done = fleet.run("update", first=KILL.format(module="paviour.fleet.state", name="write", number=2, after=False))
    assert done.returncode == -signal.SIGKILL
    theirs = fleet.commit(places[1], lambda work: (work / "theirs.txt").write_text(""), "paviour/update")
    fleet.commit(places[1], lambda work: (work / "more.txt").write_text(""))
    assert fleet.states() == {"a": "offered", "b": "taken"}
    assert tip(places[1]) == theirs


def test_without_its_notes_a_run_does_nothing_twice(fleet: Fleet, tmp_path: Path) -> None:
    place = fleet.add("a", by_url=True)
    fleet.states("--state", str(tmp_path / "here"))
    before = git(place, "for-each-ref")
    assert fleet.states("--state", str(tmp_path / "elsewhere")) == {"a": "offered"}
    assert git(place, "for-each-ref") == before


def test_a_stream_that_breaks_off_is_no_commit(fleet: Fleet) -> None:
    place = fleet.add("a")
    cut = """
import paviour.fleet.objects as objects
whole = objects.git
objects.git = lambda *a, given: whole(*a, given=given.partition(b"get-mark")[0])
"""
    done = fleet.run("update", first=cut)
    assert (done.returncode, tip(place)) == (1, "")
    assert fleet.states() == {"a": "offered"}


def test_two_runs_do_not_meet(fleet: Fleet, tmp_path: Path) -> None:
    fleet.add("a")
    (tmp_path / ".paviour-fleet").mkdir()
    with (tmp_path / ".paviour-fleet/lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = fleet.run("update")
    assert (done.returncode, "another fleet update is under way" in done.stderr) == (2, True)


LEAVE = """
import multiprocessing, os, pathlib, signal
import paviour.fleet.run as run
def told(self, outcome):
    workers = [str(child.pid) for child in multiprocessing.active_children()]
    pathlib.Path({path!r}).write_text(" ".join(workers))
    os.kill(os.getpid(), signal.SIGKILL)
run.Run._told = told
"""


def test_workers_end_when_their_command_is_killed_and_the_next_run_goes_on(fleet: Fleet) -> None:
    for name in "abc":
        fleet.add(name)
    noted = fleet.room / "workers"
    done = fleet.run("update", "--workers", "2", first=LEAVE.format(path=str(noted)))
    assert done.returncode == -signal.SIGKILL, done.stderr
    workers = noted.read_text().split()
    assert workers, "it had none to leave behind"
    until = time.monotonic() + 60
    while any(is_running(worker) for worker in workers):
        assert time.monotonic() < until, "a worker was left behind"
        time.sleep(0.02)
    done = fleet.run("update", "--workers", "2")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "1.1.0: 3 offered"


def is_running(process: str) -> bool:
    """Whether it is there, and not only its exit status."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
