"""`paviour eject` and `uneject`: a platform file is the team's, and everything that says whose it is agrees."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
import yaml

from tests.support.command import paviour
from tests.support.git import git
from tests.support.suites import committed, files
from tests.update.conftest import module

STARTER = {"python": "starter", "typescript": "starter_typescript"}


@pytest.fixture
def service(stack: str, request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    starter: Path = request.getfixturevalue(STARTER[stack])
    copy = shutil.copytree(starter, tmp_path / "quotes", ignore=shutil.ignore_patterns("node_modules"))
    committed(copy, "New")
    return copy


@pytest.fixture
def mock(stack: str) -> str:
    """A file of the platform's."""
    return module(stack, "platform/mock")


def ejected(service: Path, *paths: str) -> None:
    done = paviour("eject", *paths, "--reason", "our own  examples", "--service", service)
    assert done.returncode == 0, done.stderr


def refused(*arguments: str | Path) -> str:
    done = paviour(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    return done.stderr


def test_a_file_taken_over_is_the_team_s_wherever_it_is_asked(service: Path, mock: str) -> None:
    ejected(service, mock)
    manifest = yaml.safe_load((service / ".paviour/zones.yaml").read_text())
    assert manifest["ejected"] == {mock: {"since": "0.2.0", "reason": "our own examples"}}
    assert f"/{mock}" in manifest["zones"]["team"]
    assert f"{mock}: zone: team" in git(service, "check-attr", "zone", mock)
    assert (service / ".github/CODEOWNERS").read_text().splitlines()[-1] == f"/{mock} @example-org/quotes"
    (service / mock).write_text("ours\n")
    assert paviour("check", service).returncode == 0
    committed(service, "Ours")
    assert "nothing to do" in paviour("update", service).stdout
    assert (service / mock).read_text() == "ours\n"


def test_a_file_taken_over_may_be_deleted(service: Path) -> None:
    ejected(service, "AGENTS.md")
    (service / "AGENTS.md").unlink()
    committed(service, "Without")
    assert paviour("check", service).returncode == 0
    assert paviour("update", service).returncode == 0
    assert not (service / "AGENTS.md").exists()


def test_a_file_given_back_is_the_standard_s_and_leaves_no_trace(service: Path, mock: str) -> None:
    before = files(service)
    ejected(service, mock, "AGENTS.md")
    (service / mock).write_text("ours\n")
    assert "not committed" in refused("uneject", mock, "--service", service)
    committed(service, "Ours")
    done = paviour("uneject", mock, "AGENTS.md", "--service", service)
    assert done.returncode == 0, done.stderr
    assert files(service) == before


def test_a_path_may_be_given_from_the_current_folder(service: Path, mock: str) -> None:
    here = (service / mock).parent
    root = os.path.relpath(service, here)
    done = paviour("eject", Path(mock).name, "--reason", "x", "--service", root, cwd=here)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{mock} is the team's now\n"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("contract/openapi.yaml", "is team, not platform"),
        ("README.md", "is shared, not platform"),
        (".paviour/zones.yaml", "stays the platform's"),
        (".copier-answers.yml", "stays the platform's"),
        ("tests/platform/none.py", "there is no file"),
        ("/etc/passwd", "is not in the service"),
    ],
)
def test_what_can_not_be_taken_over_is_refused(path: str, said: str, service: Path) -> None:
    before = files(service)
    assert said in refused("eject", path, "--reason", "x", "--service", service)
    assert files(service) == before


def test_twice_or_without_a_reason_is_refused(service: Path, mock: str) -> None:
    ejected(service, mock)
    assert "is the team's since 0.2.0" in refused("eject", mock, "--reason", "x", "--service", service)
    assert paviour("eject", mock, "--service", service).returncode == 2
    committed(service, "Ours")
    assert f"what is: {mock}" in refused("uneject", "AGENTS.md", "--service", service)
