"""Killed at any point, an update has not happened, or is finished by the next."""

from __future__ import annotations

import fcntl
import json
import shutil
import signal
from pathlib import Path

import pytest

from tests.support.git import git
from tests.support.suites import Suite, committed, files
from tests.update.conftest import Estate, module

# Makes the process kill itself, as `kill -9` does, at the n-th call of a function.
KILL = """
import os, pathlib, shutil, signal
def deadly(function, number):
    calls = iter(range(10**9))
    def wrapped(*arguments, **options):
        if next(calls) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments, **options)
    return wrapped
{owner}.{name} = deadly({owner}.{name}, {number})
"""


@pytest.fixture(scope="module")
def edited(estate: Estate, stack: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A service whose update changes, adds, removes and conflicts."""
    service = shutil.copytree(estate.first[stack], tmp_path_factory.mktemp("edited") / "quotes", symlinks=True)
    (service / "Makefile").write_text((service / "Makefile").read_text().replace("## Run the tests", "## Test"))
    (service / module(stack, "platform/audit")).unlink()
    (service / module(stack, "rating")).write_text("RATE = 1\n")
    committed(service, "The team's")
    return service


@pytest.fixture(scope="module")
def finished(estate: Estate, edited: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], str]:
    """What an update that nobody interrupts gives, and prints."""
    service = shutil.copytree(edited, tmp_path_factory.mktemp("finished") / "quotes", symlinks=True)
    done = estate.suite.run("update", service, "--format", "json")
    assert done.returncode == 3, done.stderr
    return files(service), done.stdout


def killed(suite: Suite, service: Path, owner: str, name: str, number: int) -> None:
    done = suite.run("update", service, first=KILL.format(owner=owner, name=name, number=number))
    assert done.returncode == -signal.SIGKILL, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("owner", "name", "number"),
    [
        ("pathlib.Path", "write_bytes", 5),
        ("pathlib.Path", "write_bytes", 32),
        ("os", "replace", 1),
        ("os", "replace", 0),
        ("os", "fsync", 0),
    ],
)
def test_killed_before_the_last_step_nothing_has_happened(
    owner: str,
    name: str,
    number: int,
    estate: Estate,
    edited: Path,
    finished: tuple[dict[str, bytes], str],
    tmp_path: Path,
) -> None:
    service = shutil.copytree(edited, tmp_path / "quotes", symlinks=True)
    killed(estate.suite, service, owner, name, number)
    assert files(service) == files(edited)
    assert git(service, "status", "--porcelain") == ""
    done = estate.suite.run("update", service, "--format", "json")
    assert (files(service), done.stdout) == finished


@pytest.mark.parametrize("number", [4, 7, 11])
def test_killed_in_the_last_step_the_next_update_finishes_and_reports(
    number: int, estate: Estate, edited: Path, finished: tuple[dict[str, bytes], str], tmp_path: Path
) -> None:
    service = shutil.copytree(edited, tmp_path / "quotes", symlinks=True)
    # The first calls swap in the generated code and complete the journal.
    killed(estate.suite, service, "os", "replace", number)
    assert files(edited) != files(service) != finished[0]
    done = estate.suite.run("update", service, "--format", "json")
    assert (done.returncode, files(service), json.loads(done.stdout)) == (3, finished[0], json.loads(finished[1]))
    assert git(service, "diff", "--name-only", "--diff-filter=U") == "Makefile\n"
    assert not (service / ".git/paviour/update").exists()


@pytest.mark.parametrize("number", [0, 1])
def test_killed_between_removing_and_forgetting(
    number: int, estate: Estate, edited: Path, finished: tuple[dict[str, bytes], str], tmp_path: Path
) -> None:
    service = shutil.copytree(edited, tmp_path / "quotes", symlinks=True)
    killed(estate.suite, service, "shutil", "rmtree", number + 2)
    for _ in range(2):
        estate.suite.run("update", service)
    assert files(service) == finished[0]


def test_two_at_once_do_not_meet(estate: Estate, edited: Path, tmp_path: Path) -> None:
    service = shutil.copytree(edited, tmp_path / "quotes", symlinks=True)
    (service / ".git/paviour").mkdir()
    with (service / ".git/paviour/lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = estate.suite.run("update", service)
    assert (done.returncode, done.stdout) == (2, "")
    assert "another update" in done.stderr
    assert files(service) == files(edited)
    assert estate.suite.run("update", service).returncode == 3


def test_what_a_person_changed_meanwhile_is_not_overwritten(estate: Estate, edited: Path, tmp_path: Path) -> None:
    service = shutil.copytree(edited, tmp_path / "quotes", symlinks=True)
    killed(estate.suite, service, "os", "replace", 6)
    waiting = json.loads((service / ".git/paviour/update/plan.json").read_text())["steps"]
    path = next(
        step["path"]
        for number, step in enumerate(waiting)
        if (service / f".git/paviour/update/{number}").exists() and (service / step["path"]).exists()
    )
    (service / path).write_text("changed meanwhile\n")
    done = estate.suite.run("update", service)
    assert done.returncode == 2
    assert f"{path} was changed after the update had been interrupted" in done.stderr
    assert (service / path).read_text() == "changed meanwhile\n"
    git(service, "stash", "push", "--quiet", "--", path)
    assert estate.suite.run("update", service).returncode == 3
