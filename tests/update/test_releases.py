"""From every released version to the work tree: what the team wrote is there, and the service passes its own tests.

A stack that no released version has is tried from a scratch release of the work tree, until one has it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.command import paviour
from tests.support.git import git
from tests.support.node import npm, service_modules
from tests.support.releases import SCRATCH, VERSIONS, released, scratch, stacks, unreleased_stacks
from tests.support.suites import Suite, committed


@dataclass(frozen=True)
class Team:
    """What a team does to its service of a stack, and how the service's own tests are run."""

    added: dict[str, str]
    lines: dict[str, tuple[str, str]]
    """By file: a line of the team's, and what it stands before; the end, where that is empty."""
    tests: Callable[[Path], subprocess.CompletedProcess[str]]

    def work(self, service: Path) -> None:
        for path, text in self.added.items():
            (service / path).write_text(text)
        for path, (line, before) in self.lines.items():
            text = (service / path).read_text()
            assert before in text, path
            changed = text.replace(before, f"{line}\n{before}", 1) if before else f"{text}\n{line}\n"
            (service / path).write_text(changed)
        (service / "docs/runbook.md").unlink()
        committed(service, "Prices")


def by_pytest(service: Path) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "OTEL_"))}
    environment = kept | {"PYTHONPATH": str(service / "src")}
    return subprocess.run(call, cwd=service, env=environment, capture_output=True, text=True, check=False)


def by_npm(service: Path) -> subprocess.CompletedProcess[str]:
    (service / "node_modules").symlink_to(service_modules())
    return npm("test", cwd=service)


MAKEFILE = ("\nprices: ## Print the prices\n\t@echo 3", "")
PYTHON = Team(
    added={
        "src/quotes/rating.py": '''"""What a megabit costs."""


def price(megabits: int) -> int:
    return megabits * 3
''',
        "tests/test_rating.py": """from quotes.rating import price


def test_a_megabit_has_its_price() -> None:
    assert price(100) == 300
""",
    },
    lines={
        "src/quotes/operations.py": ("# The prices are in rating.py.", ""),
        # In the middle of a list that the standard changes, too.
        "pyproject.toml": ('    "packaging>=24",', '    "tenacity'),
        "Makefile": MAKEFILE,
    },
    tests=by_pytest,
)
TYPESCRIPT = Team(
    added={
        "src/rating.ts": """/** What a megabit costs. */
export function price(megabits: number): number {
    return megabits * 3;
}
""",
        "tests/rating.test.ts": """import { expect, test } from "vitest";

import { price } from "../src/rating.ts";

test("a megabit has its price", () => {
    expect(price(100)).toBe(300);
});
""",
    },
    lines={
        "src/operations.ts": ("// The prices are in rating.ts.", ""),
        "package.json": ('    "bullmq": "^5.0.0",', '    "pino"'),
        "Makefile": MAKEFILE,
    },
    tests=by_npm,
)
TEAMS = {"python": PYTHON, "typescript": TYPESCRIPT}
CASES = [(version, stack) for version in VERSIONS for stack in stacks(version)]
CASES += [(SCRATCH, stack) for stack in unreleased_stacks()]


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Suite:
    return released(tmp_path_factory.mktemp("released") / "paviour")


@pytest.mark.slow
@pytest.mark.parametrize(("version", "stack"), CASES)
def test_a_service_of_a_released_version_is_updated_and_passes_its_own_tests(
    version: str, stack: str, releases: Suite, tmp_path: Path
) -> None:
    suite = scratch(tmp_path / "suite") if version == SCRATCH else releases.at(version, tmp_path / "suite")
    service, team = suite.new(tmp_path / "quotes", stack), TEAMS[stack]
    team.work(service)
    report = json.loads(paviour("update", service, "--format", "json").stdout)
    committed(service, "Update")
    assert (report["from"], report["needs_person"], report["differences"]) == (version, [], [])
    for path, text in team.added.items():
        assert (service / path).read_text() == text
    for path, (line, _) in team.lines.items():
        assert f"{line}\n" in (service / path).read_text(), path
    assert not (service / "docs/runbook.md").exists()
    assert paviour("check", service).returncode == 0
    assert git(service, "status", "--porcelain") == ""
    tests = team.tests(service)
    assert tests.returncode == 0, tests.stdout[-4000:]
