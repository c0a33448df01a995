"""A suite of the tests' own: this checkout's code and templates, changed and released as a test needs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.git import git, suite_repository

PARTS = (
    "copier.yml",
    "templates",
    "hooks",
    "changes",
    "paviour",
    "sdkgen",
    "cookiecutter.json",
    "{{ cookiecutter.service }}",
    "docs/reference/schemas",
)


class Suite:
    """A Git repository whose commits are released under tags, and whose command runs from its work tree."""

    def __init__(self, folder: Path, version: str) -> None:
        self.folder = suite_repository(folder, "start", PARTS)
        self.release(version)

    @classmethod
    def of(cls, folder: Path) -> Suite:
        """The one that is in a folder already."""
        found = cls.__new__(cls)
        found.folder = folder
        return found

    def edit(self, path: str, old: str, new: str) -> None:
        text = (self.folder / path).read_text("utf-8")
        assert old in text, (path, old)
        (self.folder / path).write_text(text.replace(old, new), "utf-8")

    def write(self, path: str, text: str) -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text, "utf-8")

    def release(self, version: str) -> None:
        """Commit the work tree and tag it, with the version where it is said."""
        told = (self.folder / "paviour/__init__.py").read_text("utf-8").split('"')[-2]
        self.edit("paviour/__init__.py", f'"{told}"', f'"{version}"')
        self.edit("copier.yml", f'default: "{told}"', f'default: "{version}"')
        git(self.folder, "add", "--all")
        git(self.folder, "commit", "--quiet", "--allow-empty", f"--message=Release {version}")
        git(self.folder, "tag", f"v{version}")

    def at(self, version: str, folder: Path) -> Suite:
        """The same suite with the work tree of an earlier version."""
        git(self.folder, "worktree", "add", "--quiet", "--detach", folder, f"v{version}")
        return Suite.of(folder)

    def run(self, *arguments: str | Path, cwd: Path | None = None, first: str = "") -> subprocess.CompletedProcess[str]:
        """The command of the work tree's version; `first` is code that its process runs before."""
        # `-P`, and the folder first, so that the editable installation is not found.
        code = f"import sys; sys.path.insert(0, {str(self.folder)!r})\n{first}\nfrom paviour.cli import main; main()"
        call = [sys.executable, "-P", "-c", code, *map(str, arguments)]
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return subprocess.run(call, cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=300)

    def new(self, folder: Path, stack: str = "python") -> Path:
        """A service of this version, committed, whose updates come from here."""
        done = self.run("new", "quotes", "--stack", stack, "--no-lock", "--into", folder)
        assert done.returncode == 0, done.stderr
        answers = folder / ".copier-answers.yml"
        lines = answers.read_text("utf-8").splitlines()
        kept = [f"_src_path: {self.folder}" if line.startswith("_src_path") else line for line in lines]
        answers.write_text("\n".join(kept) + "\n", "utf-8")
        committed(folder, "New")
        return folder


def committed(service: Path, message: str) -> None:
    if not (service / ".git").is_dir():
        git(service, "init", "--quiet", "--initial-branch=main")
    git(service, "add", "--all")
    git(service, "commit", "--quiet", "--allow-empty", f"--message={message}")


def files(folder: Path) -> dict[str, bytes]:
    """What stands in a work tree."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }
