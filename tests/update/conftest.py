"""A suite with two releases, and services of the first."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.suites import Suite

MIGRATION = '''"""The mock's module is called `examples` now."""

RENAMED = {
    "src/{package}/platform/mock.py": "src/{package}/platform/examples.py",
    "src/platform/mock.ts": "src/platform/examples.ts",
}
'''
FRAGMENT = """# Changed: the mock's module is called `examples`

It says what it is.

Files: `/src/*/platform/examples.py`, `/src/platform/examples.ts`
"""
STACKS = ("python", "typescript")
ONCE = pytest.mark.parametrize("stack", ["python"], indirect=True)
"""For what is decided before the stack can matter. All else is tried with a service of each."""


@dataclass(frozen=True)
class Estate:
    suite: Suite
    """On its newest release, 1.2.0; 1.0.0 and 1.1.0 came before."""
    first: Mapping[str, Path]
    """A service of 1.0.0 by stack. Shared: a test works on a copy."""


def module(stack: str, name: str) -> str:
    """Where a service of that stack has one of its modules."""
    return f"src/quotes/{name}.py" if stack == "python" else f"src/{name}.ts"


@pytest.fixture(scope="session")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Estate:
    room = tmp_path_factory.mktemp("estate")
    suite = Suite(room / "suite", "1.0.0")
    first = {stack: suite.new(room / stack / "quotes", stack) for stack in STACKS}
    suite.edit("templates/{{ common }}/Makefile.jinja", "## Run the tests", "## Run all tests")
    suite.write("templates/{{ python }}/src/{{ package }}/platform/fresh.py", '"""New in 1.1.0."""\n')
    suite.write("templates/{{ typescript }}/src/platform/fresh.ts", "/** New in 1.1.0. */\n")
    suite.release("1.1.0")
    platform = suite.folder / "templates/{{ python }}/src/{{ package }}/platform"
    (platform / "mock.py").rename(platform / "examples.py")
    platform = suite.folder / "templates/{{ typescript }}/src/platform"
    (platform / "mock.ts").rename(platform / "examples.ts")
    for user in ("app.ts", "dispatch.ts"):
        suite.edit(f"templates/{{{{ typescript }}}}/src/platform/{user}", '"./mock.ts"', '"./examples.ts"')
    suite.edit("templates/{{ python }}/src/{{ package }}/platform/fresh.py", "1.1.0", "1.1.0, changed in 1.2.0")
    suite.edit("templates/{{ typescript }}/src/platform/fresh.ts", "1.1.0", "1.1.0, changed in 1.2.0")
    suite.edit("copier.yml", 'default: "0.0.0"', 'default: "1.2.0"')
    suite.write("hooks/migrations/v1_2_0/rename_mock/migration.py", MIGRATION)
    suite.write("changes/1.2.0/examples.md", FRAGMENT)
    suite.release("1.2.0")
    return Estate(suite, first)


@pytest.fixture(scope="module", params=STACKS)
def stack(request: pytest.FixtureRequest) -> str:
    """The stack of a test's service: each of them."""
    return str(request.param)


@pytest.fixture
def service(estate: Estate, stack: str, tmp_path: Path) -> Path:
    """A service of 1.0.0 of one's own."""
    return shutil.copytree(estate.first[stack], tmp_path / "quotes", symlinks=True)
