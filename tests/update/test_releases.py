"""From every released version to the work tree: what the team wrote is there, and the service passes its own tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from paviour.service import Service
from paviour.update.sources import template_at
from tests.support.command import paviour
from tests.support.git import git
from tests.support.releases import VERSIONS, generated_by, tagged_repository
from tests.support.suites import committed

RATING = '''"""What a megabit costs."""

RATE = 3


def price(megabits: int) -> int:
    return megabits * RATE
'''
TEST = """from quotes.rating import price


def test_a_megabit_has_its_price() -> None:
    assert price(100) == 300
"""


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tagged_repository(tmp_path_factory.mktemp("released") / "paviour")


def service_of(version: str, released: Path, room: Path) -> Path:
    """A service as that version's own command made it, but for the lock file."""
    service = room / "quotes"
    template_at(str(released), f"v{version}").render(
        {"service": "quotes"}, service, commit=f"v{version}", source=str(released)
    )
    generated_by(version, service, room)
    committed(service, "New")
    return service


def edited_by_the_team(service: Path) -> dict[str, str]:
    """The team's work, in its own files and in shared ones; returns the lines that must be there afterwards."""
    operations = service / "src/quotes/operations.py"
    (operations.parent / "rating.py").write_text(RATING)
    (service / "tests/test_rating.py").write_text(TEST)
    operations.write_text(operations.read_text() + "\n\n# The prices are in rating.py.\n")
    pyproject = service / "pyproject.toml"
    text = pyproject.read_text()
    # In the middle of a list that the standard changes, too.
    pyproject.write_text(text.replace('"tenacity', '"packaging>=24",\n    "tenacity', 1))
    makefile = service / "Makefile"
    makefile.write_text(makefile.read_text() + "\nprices: ## Print the prices\n\t@echo 3\n")
    (service / "docs/runbook.md").unlink()
    committed(service, "Prices")
    return {
        "src/quotes/operations.py": "# The prices are in rating.py.",
        "pyproject.toml": '    "packaging>=24",',
        "Makefile": "prices: ## Print the prices",
    }


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_a_service_of_a_released_version_is_updated_and_passes_its_own_tests(
    version: str, released: Path, tmp_path: Path
) -> None:
    service = service_of(version, released, tmp_path)
    lines = edited_by_the_team(service)
    done = paviour("update", service, "--format", "json")
    report = json.loads(done.stdout)
    committed(service, "Update")
    assert (report["from"], report["needs_person"], report["differences"]) == (version, [], [])
    for path, line in lines.items():
        assert line in (service / path).read_text().splitlines(), path
    assert (service / "src/quotes/rating.py").read_text() == RATING
    assert not (service / "docs/runbook.md").exists()
    assert paviour("check", service).returncode == 0
    assert Service.at(service).generated.is_dir()
    assert git(service, "status", "--porcelain") == ""
    call = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "OTEL_"))}
    tests = subprocess.run(
        call, cwd=service, env=kept | {"PYTHONPATH": str(service / "src")}, capture_output=True, text=True, check=False
    )
    assert tests.returncode == 0, tests.stdout[-4000:]
