"""`uv tool install .`: the command works anywhere, without the checkout."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import uv

from tests.support.command import REPOSITORY
from tests.support.suites import committed


@pytest.mark.slow
def test_the_wheel_carries_all_that_a_service_is_made_from(tmp_path: Path) -> None:
    def run(*command: str | Path, cwd: Path = tmp_path) -> str:
        done = subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    wheels = tmp_path / "wheels"
    run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", wheels, cwd=REPOSITORY)
    run(uv.find_uv_bin(), "venv", "--quiet", "--python", sys.executable, tmp_path / "venv")
    python = tmp_path / "venv/bin/python"
    run(uv.find_uv_bin(), "pip", "install", "--quiet", "--python", python, *wheels.iterdir())
    command = tmp_path / "venv/bin/paviour"
    run(command, "new", "quotes", "--no-lock")
    assert "no differences" in run(command, "check", "quotes")
    committed(tmp_path / "quotes", "New")
    assert "nothing to do" in run(command, "update", "quotes")
    assert "0 errors, 0 warnings" in run(command, "contract", "lint", "quotes/contract/openapi.yaml")
    assert (tmp_path / "quotes/src/quotes/platform/auth.py").is_file()
