"""`scripts/demo`: the main job, shown on real processes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.command import REPOSITORY

DEMO = [sys.executable, str(REPOSITORY / "scripts" / "demo.py")]


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the demo keeps what it makes."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


@pytest.mark.slow
def test_it_shows_what_each_caller_gets_and_the_trace_of_one_call(room: Path) -> None:
    done = subprocess.run(DEMO, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    shown = re.findall(r"✓ (.+?)  +(\d{3})  (\S+)", done.stdout)
    assert [(title, status) for title, status, _ in shown] == [
        ("a good call", "201"),
        ("no token", "401"),
        ("a token without the scope", "403"),
        ("a bad body", "422"),
        ("the same idempotency key again", "201"),
        ("the key with another body", "422"),
        ("an order of the quote", "201"),
        ("cancelling what is ordered", "409"),
    ]
    both = ("POST /orders server", "GET /quotes/{quote_id} client", "GET /quotes/{quote_id} server", "SELECT client")
    back = ("POST /quotes/{quote_id}/cancel server", "GET /orders server")
    for told in ("POST /quotes server", "INSERT client", "authorize createQuote allowed", *both, *back, "Summary"):
        assert told in done.stdout
    assert list(room.iterdir()) == []


@pytest.mark.slow
def test_kept_running_it_serves_until_it_is_stopped_and_leaves_nothing(room: Path) -> None:
    with subprocess.Popen([*DEMO, "--keep"], stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        url = next(match[1] for line in lines if (match := re.search(r"keeps running at (http://[\d.:]+)", line)))
        import httpx2

        assert httpx2.get(f"{url}/health/ready", trust_env=False).status_code == 200
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(60) == 130
        with pytest.raises(httpx2.TransportError):
            httpx2.get(f"{url}/health/ready", trust_env=False)
    assert list(room.iterdir()) == []


def test_stopped_while_it_works_it_leaves_nothing(room: Path) -> None:
    with subprocess.Popen(DEMO, stdout=subprocess.DEVNULL, start_new_session=True) as process:
        while not list(room.glob("paviour-demo-*")):
            time.sleep(0.05)
        time.sleep(1)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(60) == 130
    assert list(room.iterdir()) == []
