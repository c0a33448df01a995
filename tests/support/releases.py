"""The released versions of the suite, as a repository with their tags: `releases.yaml` says on what they stand."""

from __future__ import annotations

from pathlib import Path

import yaml

from paviour import suite
from tests.support.command import REPOSITORY
from tests.support.git import git
from tests.support.suites import Suite

VERSIONS: dict[str, str] = yaml.safe_load((REPOSITORY / "releases.yaml").read_text("utf-8"))
"""Commits by version, oldest first."""
_MAJOR, _MINOR, _PATCH = list(VERSIONS)[-1].split(".")
SCRATCH = f"{_MAJOR}.{_MINOR}.{int(_PATCH) + 1}"
"""The version after the last released one: of a scratch release, for what no release has yet."""


def stacks(version: str) -> list[str]:
    """Those that a released version has."""
    documents = yaml.safe_load_all(git(REPOSITORY, "show", f"{VERSIONS[version]}:copier.yml"))
    return next(list(document["stack"]["choices"].values()) for document in documents if "stack" in document)


def unreleased_stacks() -> list[str]:
    """Those that no released version has yet."""
    released = {stack for version in VERSIONS for stack in stacks(version)}
    return [stack for stack in suite.template().questions["stack"]["choices"].values() if stack not in released]


def released(folder: Path) -> Suite:
    """A clone with a tag for each released version and nothing else."""
    git(folder.parent, "clone", "--quiet", "--shared", "--no-checkout", "--no-tags", REPOSITORY, folder)
    for version, commit in VERSIONS.items():
        git(folder, "tag", f"v{version}", commit)
    return Suite.of(folder)


def scratch(folder: Path) -> Suite:
    """This work tree, released as if a few lines of it were to come yet."""
    before = Suite(folder, "0.0.0")
    before.edit("templates/{{ common }}/Makefile.jinja", "## Run the tests", "## Run some tests")
    before.edit("templates/{{ common }}/AGENTS.md.jinja", "edit freely", "edit")
    before.release(SCRATCH)
    return before
