"""Where one machine is not enough: the workers of a Dask cluster, one of which is killed half-way."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.fleet.conftest import BRANCH, Fleet, at
from tests.support.git import git
from tests.support.process import free_port

KILLER = """
import os, signal
import paviour.fleet.visit as visit
def dask_setup(worker):
    written = visit.write
    def last(*arguments):
        written(*arguments)
        os.kill(os.getpid(), signal.SIGKILL)
    visit.write = last
"""


@contextmanager
def started(room: Path, environment: dict[str, str], *command: str | Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", *map(str, command)],
        cwd=room,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def wait_for(port: int) -> None:
    """Until something listens there."""
    until = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert time.monotonic() < until, "the scheduler did not start"
            time.sleep(0.05)


@pytest.mark.slow
def test_a_worker_that_is_killed_half_way_loses_nothing(fleet: Fleet, tmp_path: Path) -> None:
    places = [fleet.add(name) for name in "abcd"]
    (tmp_path / "killer.py").write_text(KILLER)
    # The suite of the tests, not the checkout that is installed.
    environment = os.environ | {"PYTHONPATH": str(fleet.suite.folder)}
    scheduler = f"tcp://127.0.0.1:{free_port()}"
    local = ("--host", "127.0.0.1", "--no-dashboard")
    worker = (
        "distributed.cli.dask_worker",
        scheduler,
        "--no-nanny",
        "--nthreads",
        "1",
        "--local-directory",
        tmp_path,
        *local,
    )
    with ExitStack() as processes:
        port = scheduler.rpartition(":")[2]
        start = processes.enter_context
        start(started(tmp_path, environment, "distributed.cli.dask_scheduler", "--port", port, *local))
        wait_for(int(port))
        mortal = start(started(tmp_path, environment, *worker, "--preload", tmp_path / "killer.py"))
        update = start(ThreadPoolExecutor(1)).submit(fleet.run, "update", "--scheduler", scheduler)
        assert mortal.wait(120) == -9, update.result().stderr
        start(started(tmp_path, environment, *worker))
        done = update.result()
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "1.1.0: 4 offered"
    for place in places:
        assert at(place, BRANCH, ".paviour/standard") == "1.1.0\n"
        assert git(place, "rev-list", "--count", f"main..{BRANCH}").strip() == "1"


def test_a_scheduler_that_is_not_there_is_named(fleet: Fleet) -> None:
    fleet.add("a")
    impatient = "import paviour.fleet.executors as executors; executors._PATIENCE = 1"
    done = fleet.run("update", "--scheduler", "tcp://127.0.0.1:1", first=impatient)
    assert done.returncode == 2
    assert "there is no Dask scheduler at tcp://127.0.0.1:1" in done.stderr
    assert len(done.stderr.splitlines()) == 1
