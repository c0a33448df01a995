"""A service in TypeScript passes its own tests and the checks of its own tools, before a line of it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import in_typescript
from tests.support.command import CONTRACTS
from tests.support.node import node

SERVICES = ["starter_typescript", "own_typescript"]


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> Path:
    found: Path = request.getfixturevalue(request.param)
    return found


def run(folder: Path, program: str, *arguments: str) -> None:
    done = node(f"node_modules/{program}", *arguments, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_passes_its_own_tests(service: Path) -> None:
    run(service, "vitest/vitest.mjs", "run", "--reporter=dot")


def test_it_passes_the_checks_of_its_own_tools(service: Path) -> None:
    run(service, "@biomejs/biome/bin/biome", "check", "--error-on-warnings")
    run(service, "typescript/bin/tsc")


@pytest.mark.parametrize(("contract", "name"), [("mef/quote-8.0.1.yaml", "quotes"), ("digitalocean.json", "clouds")])
@pytest.mark.skipif(not CONTRACTS.is_dir(), reason=f"the real contracts are not at hand ({CONTRACTS} is absent)")
def test_the_code_of_a_real_contract_is_typed(contract: str, name: str, tmp_path: Path) -> None:
    folder = in_typescript(tmp_path, name, "--contract", CONTRACTS / contract)
    run(folder, "typescript/bin/tsc")
