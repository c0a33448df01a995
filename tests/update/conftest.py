"""A suite with two releases, and services of the first."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.suites import Suite

MIGRATION = '''"""The mock's module is called `examples` now."""

RENAMED = {"src/{package}/platform/mock.py": "src/{package}/platform/examples.py"}
'''
FRAGMENT = """# Changed: the mock's module is called `examples`

It says what it is.

Files: `/src/*/platform/examples.py`
"""


@dataclass(frozen=True)
class Estate:
    suite: Suite
    """On its newest release, 1.2.0; 1.0.0 and 1.1.0 came before."""
    first: Path
    """A service of 1.0.0. Shared: a test works on a copy."""


@pytest.fixture(scope="session")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Estate:
    room = tmp_path_factory.mktemp("estate")
    suite = Suite(room / "suite", "1.0.0")
    first = suite.new(room / "quotes")
    suite.edit("templates/{{ common }}/Makefile.jinja", "## Run the tests", "## Run all tests")
    suite.write("templates/{{ python }}/src/{{ package }}/platform/fresh.py", '"""New in 1.1.0."""\n')
    suite.release("1.1.0")
    platform = suite.folder / "templates/{{ python }}/src/{{ package }}/platform"
    (platform / "mock.py").rename(platform / "examples.py")
    suite.edit("templates/{{ python }}/src/{{ package }}/platform/fresh.py", "1.1.0", "1.1.0, changed in 1.2.0")
    suite.edit("copier.yml", 'default: "0.0.0"', 'default: "1.2.0"')
    suite.write("hooks/migrations/v1_2_0/rename_mock/migration.py", MIGRATION)
    suite.write("changes/1.2.0/examples.md", FRAGMENT)
    suite.release("1.2.0")
    return Estate(suite, first)


@pytest.fixture
def service(estate: Estate, tmp_path: Path) -> Path:
    """A service of 1.0.0 of one's own."""
    return shutil.copytree(estate.first, tmp_path / "quotes", symlinks=True)
