"""Every path of a rendered service has one owner, and all that say so agree."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml
from pathspec import GitIgnoreSpec

from paviour.zones import Zones
from tests.support.git import git


@pytest.fixture(params=["starter", "own"])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    original: Path = request.getfixturevalue(request.param)
    copy = shutil.copytree(original, tmp_path / original.name)
    git(copy, "init", "--quiet")
    git(copy, "add", "--all")
    return copy


def paths(service: Path) -> list[str]:
    return [path for path in git(service, "ls-files", "-z").split("\0") if path]


def test_every_path_is_in_exactly_one_zone(service: Path) -> None:
    zones = Zones.of(service)
    assert {path: zones.claims(path) for path in paths(service) if len(zones.claims(path)) != 1} == {}


def test_every_pattern_names_something_or_a_place_that_is_still_to_come(service: Path) -> None:
    to_come = {"/uv.lock", "/sdk/", "/tests/*.py", "/src/*/migrations/", "/src/*/tables.py"}
    patterns = yaml.safe_load((service / ".paviour/zones.yaml").read_text())["zones"]
    for pattern in (pattern for listed in patterns.values() for pattern in listed):
        spec = GitIgnoreSpec.from_lines([pattern])
        assert pattern in to_come or any(spec.match_file(path) for path in paths(service)), pattern


def test_gitattributes_say_the_same(service: Path) -> None:
    zones = Zones.of(service)
    told = git(service, "check-attr", "zone", "--", *paths(service))
    found = dict(re.findall(r"^(.*): zone: (\w+)$", told, re.MULTILINE))
    assert found == {path: zones.zone(path) for path in paths(service)}


def test_codeowners_send_changes_of_platform_files_to_the_platform_team(service: Path) -> None:
    zones = Zones.of(service)
    rules = [
        line.split() for line in (service / ".github/CODEOWNERS").read_text().splitlines() if line[:1] in ("/", "*")
    ]
    for path in paths(service):
        # The last rule that matches decides.
        owners = [owners for pattern, *owners in rules if GitIgnoreSpec.from_lines([pattern]).match_file(path)][-1]
        assert ("@example-org/platform" in owners) == (zones.zone(path) in ("platform", "shared")), path
