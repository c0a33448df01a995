"""A stack's services have nothing of the other stacks, whatever becomes of those."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.support.suites import Suite, files

NODE = re.compile(rb"\bnpm\b|\bnode\.?js|node-version|typescript|package\.json", re.IGNORECASE)


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Suite:
    return Suite(tmp_path_factory.mktemp("stacks") / "suite", "1.0.0")


@pytest.mark.parametrize(("stack", "other"), [("python", "typescript"), ("typescript", "python")])
def test_a_service_is_the_same_without_the_templates_of_the_other_stack(
    stack: str, other: str, suite: Suite, tmp_path: Path
) -> None:
    service = suite.new(tmp_path / "with/quotes", stack)
    without = suite.at("1.0.0", tmp_path / "suite")
    for folder in (other, f"{other}_starter"):
        shutil.rmtree(without.folder / "templates" / f"{{{{ {folder} }}}}")
    found, expected = files(without.new(tmp_path / "without/quotes", stack)), files(service)
    for one, source in ((found, without), (expected, suite)):
        one[".copier-answers.yml"] = one[".copier-answers.yml"].replace(str(source.folder).encode(), b"")
    assert found == expected


def test_a_python_service_needs_nothing_of_node_s(suite: Suite, tmp_path: Path) -> None:
    """Only the workflow of a release mentions it: that publishes the SDKs in TypeScript too."""
    found = files(suite.new(tmp_path / "quotes"))
    assert {path for path in found if path.endswith((".ts", ".js", "package.json", "tsconfig.json"))} == set()
    assert {path for path, content in found.items() if NODE.search(content)} == {".github/workflows/release.yml"}
