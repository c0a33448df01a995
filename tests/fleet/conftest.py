"""A suite with two releases, and repositories of services of the first."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.git import git
from tests.support.suites import Suite, committed

FRAGMENT = """# Changed: audit events have a new first line

So that it can be seen.

Files: `/src/*/platform/audit.py`, `/src/platform/audit.ts`
"""
AUDIT = "src/quotes/platform/audit.py"
STACKS = ("python", "typescript")
BRANCH = "refs/heads/paviour/update"


@dataclass(frozen=True)
class Estate:
    suite: Suite
    """On 1.1.0, which changes only a file of the platform; 1.0.0 came before."""
    first: Mapping[str, Path]
    """A bare repository with a service of 1.0.0 by stack. Shared: a test works on a copy."""


@pytest.fixture(scope="session")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Estate:
    room = tmp_path_factory.mktemp("fleet")
    suite = Suite(room / "suite", "1.0.0")
    work = {stack: suite.new(room / stack / "quotes", stack) for stack in STACKS}
    suite.edit("templates/{{ python }}/src/{{ package }}/platform/audit.py", '"""', '"""Changed. ')
    suite.edit("templates/{{ typescript }}/src/platform/audit.ts", "/**", "/** Changed.")
    suite.write("changes/1.1.0/audit.md", FRAGMENT)
    suite.release("1.1.0")
    for stack, folder in work.items():
        git(room, "clone", "--quiet", "--bare", folder, room / f"{stack}.git")
    return Estate(suite, {stack: room / f"{stack}.git" for stack in STACKS})


Edit = Callable[[Path], object]


class Fleet:
    """Repositories of one's own, and the fleet file that lists them."""

    def __init__(self, estate: Estate, room: Path) -> None:
        self.suite = estate.suite
        self.room = room
        self.file = room / "fleet.yaml"
        self._first = estate.first
        self.more: dict[str, Any] = {}
        self.repositories: list[dict[str, str]] = []

    def add(self, name: str, edit: Edit | None = None, *, by_url: bool = False, stack: str = "python") -> Path:
        """One more repository, with a commit of its team's where there is an `edit`."""
        place = shutil.copytree(self._first[stack], self.room / f"{name}.git")
        if edit:
            self.commit(place, edit)
        self.repositories.append({"url": place.as_uri()} if by_url else {"path": f"{name}.git"})
        return place

    def commit(self, repository: Path, edit: Edit, branch: str = "main") -> str:
        """What a person does: clone, change, push."""
        work = self.room / f"{repository.stem}-work"
        shutil.rmtree(work, ignore_errors=True)
        git(self.room, "clone", "--quiet", "--branch", branch, repository, work)
        edit(work)
        committed(work, "A person's")
        git(work, "push", "--quiet", "origin", branch)
        return git(work, "rev-parse", "HEAD").strip()

    def write(self, **more: Any) -> None:
        self.more |= more
        document = {"repositories": self.repositories, "templates": [str(self.suite.folder)], **self.more}
        self.file.write_text(yaml.safe_dump(document), "utf-8")

    def run(self, command: str, *options: str, first: str = "") -> subprocess.CompletedProcess[str]:
        self.write()
        call: list[str | Path] = ["fleet", command, "--fleet", self.file, "--workers", "1", *options]
        return self.suite.run(*call, cwd=self.room, first=first)

    def json(self, command: str, *options: str) -> dict[str, Any]:
        done = self.run(command, *options, "--format", "json")
        assert done.stdout, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def states(self, *options: str) -> dict[str, str]:
        """The outcome of an update for each repository."""
        return {entry["repository"]: entry["state"] for entry in self.json("update", *options)["repositories"]}


@pytest.fixture
def fleet(estate: Estate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fleet:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return Fleet(estate, tmp_path)


def at(repository: Path, revision: str, path: str) -> str:
    """A file of a commit."""
    return git(repository, "show", f"{revision}:{path}")


def tip(repository: Path, ref: str = BRANCH) -> str:
    """The commit of a branch; empty where there is none."""
    return git(repository, "for-each-ref", "--format=%(objectname)", ref).strip()
