"""Schemathesis, which knows nothing of ours, on the rendered service."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.conformance.bench import vanilla
from tests.support.command import REPOSITORY
from tests.support.issuer import Issuer
from tests.support.process import serving

FOLDER = Path(__file__).parent
MANY = 200


def test_schemathesis_finds_no_fault(starter: Path, issuer: Issuer, tmp_path: Path) -> None:
    with serving(starter, issuer.environment) as service:
        done = schemathesis(service.url, starter, issuer, tmp_path, "--max-examples=15")
    print(done.stdout)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Tested: 5" in done.stdout
    generated = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert generated
    assert generated[1] == generated[2]
    assert int(generated[1]) > MANY


def test_schemathesis_finds_faults_in_the_framework_alone(starter: Path, issuer: Issuer, tmp_path: Path) -> None:
    with vanilla(issuer.environment) as url:
        done = schemathesis(url, starter, issuer, tmp_path, "--phases=examples,coverage", "--no-shrink")
    print(done.stdout[done.stdout.find("= SUMMARY =") :])

    assert done.returncode == 1, done.stdout + done.stderr
    assert "Undocumented HTTP status code" in done.stdout or "Undocumented Content-Type" in done.stdout


def schemathesis(
    url: str, service: Path, issuer: Issuer, room: Path, *options: str
) -> subprocess.CompletedProcess[str]:
    """All checks on all operations, with data that is valid and data that is not, the same each time."""
    command = [sys.executable, "-m", "schemathesis.cli", "--no-color", "--config-file", FOLDER / "schemathesis.toml"]
    command += ["run", service / "contract" / "openapi.yaml", "--url", url, "--checks=all", "--mode=all", "--seed=1"]
    command += ["--continue-on-failure", "--generation-database=none", *options]
    told = {
        "SCHEMATHESIS_HOOKS": "tests.conformance.schemathesis_hooks",
        "PYTHONPATH": str(REPOSITORY),
        "TEST_ISSUER_KEY": str(issuer.write_key(room / "key.json")),
    }
    return subprocess.run(
        list(map(str, command)),
        cwd=room,
        env=os.environ | issuer.environment | told,
        capture_output=True,
        text=True,
        timeout=240,
    )
