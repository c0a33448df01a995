"""A Spectral ruleset runs beside the rules, through a real Spectral where one is to be had."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lint.support import changed, written
from tests.support.command import REPOSITORY
from tests.support.node import NPM, PATH

RULESET = """\
rules:
  no-partner:
    description: No partner
    message: "{{value}} is said\\nhere"
    severity: warn
    given: $.info.x-paved.audience
    then: {function: falsy}
"""
PEERS = REPOSITORY / "build" / "node"


@pytest.fixture(scope="session")
def spectral() -> Path:
    """The folder of an installed Spectral, which is fetched from npm once."""
    command = PEERS / "node_modules" / ".bin" / "spectral"
    if not command.exists():
        PEERS.mkdir(parents=True, exist_ok=True)
        package = [
            "--prefix",
            str(PEERS),
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "@stoplight/spectral-cli@6.16.3",
        ]
        try:
            done = subprocess.run([NPM, "install", *package], capture_output=True, text=True, check=False, timeout=240)
        except subprocess.TimeoutExpired:
            pytest.skip("npm did not deliver Spectral in time")
        if done.returncode:
            pytest.skip(f"npm can't deliver Spectral: {done.stderr.strip().splitlines()[-1:]}")
    return command.parent


def lint(folder: Path, path: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "paviour", "contract", "lint", "openapi.yaml"]
    options = ["--spectral", "rules.yaml", "--format", "json"]
    environment = os.environ | {"PATH": path}
    return subprocess.run(
        [*command, *options], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture
def ruled(tmp_path: Path) -> Path:
    written(tmp_path, changed())
    (tmp_path / "rules.yaml").write_text(RULESET)
    return tmp_path


def test_its_findings_come_in_the_same_shape(ruled: Path, spectral: Path) -> None:
    done = lint(ruled, f"{spectral}{os.pathsep}{PATH}")
    assert done.returncode == 0, done.stderr
    [finding] = json.loads(done.stdout)["findings"]
    assert finding == {
        "id": "spectral/no-partner",
        "severity": "warning",
        "file": "openapi.yaml",
        "line": 11,
        "column": 15,
        "pointer": "/info/x-paved/audience",
        "message": "partner is said here",
        "mend": "see the ruleset",
        "docs": None,
        "fixable": False,
        "waiver": None,
    }


def test_they_are_waived_like_others(ruled: Path, spectral: Path) -> None:
    (ruled / "waivers.yaml").write_text("- {id: spectral/no-partner, reason: they are partners}\n")
    printed = json.loads(lint(ruled, f"{spectral}{os.pathsep}{PATH}").stdout)
    assert [finding["waiver"] for finding in printed["findings"]] == ["they are partners"]


def test_a_ruleset_that_spectral_refuses(ruled: Path, spectral: Path) -> None:
    (ruled / "rules.yaml").write_text("rules: {a: {given: 1}}\n")
    done = lint(ruled, f"{spectral}{os.pathsep}{PATH}")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("paviour: rules.yaml: Spectral failed: ")
    assert done.stderr.count("\n") == 1


def test_without_spectral_one_line_says_how_to_get_it(ruled: Path) -> None:
    done = lint(ruled, "/nonexistent")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "paviour: rules.yaml: can't be applied: Spectral is not installed; install Node and run "
        "`npm install --save-dev @stoplight/spectral-cli`\n"
    )
