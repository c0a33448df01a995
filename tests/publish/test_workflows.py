"""What the workflows do about SDKs: their scripts as they stand, run with Git as the runner does; GitHub is stubbed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.publish.estate import estate
from tests.support.command import REPOSITORY
from tests.support.git import git

GH = """\
#!/bin/sh
echo "$@" >> "$GH_CALLS"
case "$1 $2" in "pr list") cat "$GH_OPEN" 2>/dev/null || true ;; esac
"""


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A runner: `gh` notes how it was called, and GitHub's repositories are folders."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "gh").write_text(GH)
    (programs / "gh").chmod(0o755)
    path = os.pathsep.join((str(programs), str(Path(sys.executable).parent), os.environ["PATH"]))
    (tmp_path / "temp").mkdir()
    for name, value in {
        "PATH": path,
        "GH_CALLS": tmp_path / "calls",
        "GH_OPEN": tmp_path / "open",
        "GITHUB_OUTPUT": tmp_path / "output",
        "GITHUB_SERVER_URL": tmp_path.as_uri(),
        "RUNNER_TEMP": tmp_path / "temp",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }.items():
        monkeypatch.setenv(name, str(value))
    return tmp_path


def step(workflow: Path, name: str) -> dict[str, Any]:
    steps = [one for job in yaml.safe_load(workflow.read_text())["jobs"].values() for one in job.get("steps", ())]
    found: dict[str, Any] = next(one for one in steps if one.get("name") == name)
    return found


def run(step: dict[str, Any], folder: Path, **settings: str) -> None:
    """As the runner does (`bash -e`); what it puts in from expressions is given as settings."""
    written = {name: value for name, value in step.get("env", {}).items() if "${{" not in value}
    environment = os.environ | written | settings
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def laid(service: Path, version: str, files: dict[str, str]) -> None:
    """What `paviour sdk publish` leaves."""
    folder = service / "dist/sdk/python"
    for name, text in files.items():
        (folder / "source" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "source" / name).write_text(text)
    (folder / "source/sdk.json").write_text(json.dumps({"files": dict.fromkeys(files, "")}))
    record = {"name": "quotes-client", "version": version, "notes": "### What is new\n\n- `list` is new."}
    (folder / "release.json").write_text(json.dumps(record))


def test_the_build_names_the_languages_there_is_something_for(room: Path) -> None:
    name_them = step(REPOSITORY / ".github/workflows/service-sdk.yml", "Name what there is to publish")
    run(name_them, room)
    (room / "dist/sdk/python").mkdir(parents=True)
    (room / "dist/sdk/typescript").mkdir()
    run(name_them, room)
    assert (room / "output").read_text() == "languages=\nlanguages=python typescript\n"


def test_only_what_was_uploaded_now_is_pushed_as_a_tag(room: Path, starter: Path) -> None:
    service, origin = room / "quotes", room / "origin.git"
    estate(service)
    git(service, "init", "--quiet", "--bare", origin)
    git(service, "remote", "add", "origin", origin)
    push = step(starter / ".github/workflows/release.yml", "Push the tags of what was uploaded")
    run(push, service)
    git(service, "tag", "sdk-python-v1.0.0")
    git(service, "commit", "--quiet", "--allow-empty", "-m", "Next")
    for name in ("sdk-python-v1.1.0", "sdk-typescript-v2.0.0", "v3.0.0"):
        git(service, "tag", name)
    run(push, service)
    assert git(origin, "tag", "--list").split() == ["sdk-python-v1.1.0", "sdk-typescript-v2.0.0"]


def test_an_sdk_repository_gets_the_package_as_a_pull_request_and_keeps_what_is_its_own(room: Path) -> None:
    service, target = room / "quotes", room / "acme/quotes-python.git"
    estate(service)
    git(room, "init", "--quiet", "--bare", "--initial-branch", "main", target)
    seed = room / "seed"
    git(room, "clone", "--quiet", target, seed)
    (seed / "SECURITY.md").write_text("Ours.\n")
    (seed / "old.py").write_text("# generated once\n")
    (seed / "sdk.json").write_text('{"files": {"old.py": "", "gone by hand.py": ""}}')
    git(seed, "add", ".")
    git(seed, "commit", "--quiet", "-m", "Begin")
    git(seed, "push", "--quiet", "origin", "HEAD:main")
    workflow = REPOSITORY / ".github/workflows/sdk-repository.yml"
    laid(service, "1.1.0", {"new.py": "1", "package.json": '{"name": "quotes"}', "src/client.py": "2"})
    settings = {"LANGUAGE": "python", "TARGET": "acme/quotes-python", "VERSION": "1.1.0"}

    run(step(workflow, "Open the pull request"), service, **settings)
    files = git(target, "ls-tree", "-r", "--name-only", "sdk-1.1.0").split()
    assert files == ["SECURITY.md", "new.py", "package.json", "sdk.json", "src/client.py"]
    assert git(target, "log", "--format=%s", "-1", "sdk-1.1.0") == "Release 1.1.0\n"
    manifest = json.loads(git(target, "show", "sdk-1.1.0:package.json"))
    assert manifest["repository"]["url"] == f"git+{room.as_uri()}/acme/quotes-python.git"
    calls = (room / "calls").read_text()
    assert "pr create --head sdk-1.1.0 --title Release 1.1.0" in calls
    assert (room / "temp/notes").read_text().startswith("### What is new")

    # Another run, after one that was cut off, finds the pull request and opens no other.
    subprocess.run(["rm", "-r", room / "temp/target", room / "calls"], check=True)
    (room / "open").write_text("7\n")
    run(step(workflow, "Open the pull request"), service, **settings)
    assert "pr create" not in (room / "calls").read_text()


def test_the_commit_that_an_sdk_repository_got_its_package_from_is_tagged(room: Path) -> None:
    service, origin = room / "quotes", room / "origin.git"
    estate(service)
    git(service, "init", "--quiet", "--bare", origin)
    git(service, "remote", "add", "origin", origin)
    laid(service, "1.1.0", {"new.py": "1"})
    workflow = REPOSITORY / ".github/workflows/sdk-repository.yml"
    run(step(workflow, "Tag the commit that it is made from"), service, LANGUAGE="python", VERSION="1.1.0")
    told = git(origin, "tag", "--list", "--format=%(contents)", "sdk-python-v1.1.0")
    assert told.strip() == "quotes-client 1.1.0\n\n### What is new\n\n- `list` is new."
