"""What only the bench can show, asked of the conformance service in each stack."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from paviour.verify.report import as_text
from paviour.verify.report.content import Report
from paviour.verify.run import Result
from sdkgen import reader
from tests.conformance import stacks
from tests.conformance.checks import bench_checks
from tests.conformance.checks.keys import keys_beside
from tests.conformance.surroundings import judged, surrounded

BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def bench_results(conformance: stacks.Stack) -> list[Result]:
    with surrounded(conformance, *keys_beside()) as bench:
        return judged(bench, bench_checks().values())


@pytest.mark.slow
def test_the_service_passes_every_check_of_the_bench(bench_results: list[Result]) -> None:
    print(as_text.render(Report("the bench", reader.read(stacks.CONTRACT), datetime.now(UTC), bench_results)))
    assert {result.id: result.reason for result in bench_results if result.outcome != "passed"} == {}
    assert {result.check.id for result in bench_results} == bench_checks().keys()


def test_the_team_zone_in_python_passes_the_checks_of_its_tools(conformance: stacks.Stack, tmp_path: Path) -> None:
    environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    for tool, *arguments in (("ruff", "check", "--no-cache", "src"), ("mypy", "--cache-dir", str(tmp_path))):
        command = [str(BIN / tool), *arguments]
        done = subprocess.run(
            command, cwd=conformance.folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
