"""Git repositories of the tests."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.support.command import REPOSITORY

_IDENTITY = ["-c", "user.name=Paviour", "-c", "user.email=paviour@example.com", "-c", "commit.gpgsign=false"]


_RENDERED = ("copier.yml", "templates", "cookiecutter.json", "hooks", "{{ cookiecutter.service }}")


def git(folder: Path, *arguments: str | Path) -> str:
    command = ["git", "-C", str(folder), *_IDENTITY, *map(str, arguments)]
    environment = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout


def suite_repository(folder: Path, tag: str, parts: tuple[str, ...] = _RENDERED) -> Path:
    """A repository with this work tree's templates, released as `tag`: what Copier is pointed at."""
    folder.mkdir()
    listed = git(REPOSITORY, "ls-files", "-z", "--cached", "--others", "--exclude-standard", *parts)
    for name in filter(None, listed.split("\0")):
        source, target = REPOSITORY / name, folder / name
        if source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
            target.chmod(source.stat().st_mode)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=Release")
    git(folder, "tag", tag)
    return folder
