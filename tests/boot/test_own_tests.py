"""A rendered service passes its own tests and the checks of its own tools, before a line of it is written."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.postgres import cluster

BIN = Path(sys.executable).parent
SERVICES = ["starter", "own", "mef_quote", pytest.param("digitalocean", marks=pytest.mark.slow)]


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> Path:
    found: Path = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def database() -> Iterator[str]:
    with cluster() as url:
        yield url


def run(folder: Path, *command: str, **environment: str) -> None:
    paths = {"PYTHONPATH": str(folder / "src"), "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "OTEL_"))}
    done = subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=folder,
        env=kept | paths | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_passes_its_own_tests(service: Path, database: str) -> None:
    run(service, "pytest", "--quiet", "-p", "no:cacheprovider", TEST_DATABASE_URL=database)


def test_it_passes_the_checks_of_its_own_tools(service: Path, tmp_path: Path) -> None:
    run(service, "ruff", "format", "--check", "--no-cache")
    run(service, "ruff", "check", "--no-cache")
    run(service, "mypy", "--cache-dir", str(tmp_path))
