"""Git, as a process."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from paviour.errors import UserError


class GitError(UserError):
    """Git refused. The message is its last line."""

    def __init__(self, message: str, output: str = "") -> None:
        super().__init__(message)
        self.output = output
        """All that it said."""


def environment() -> dict[str, str]:
    """What Git's processes get: it asks nobody, and says what it says in English."""
    return os.environ | {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}


def git(folder: Path, *arguments: str, given: bytes | None = None, more: Mapping[str, str] | None = None) -> str:
    """What Git prints, run in this folder; `given` is its standard input, `more` its environment besides.

    Raises GitError where it fails.
    """
    command = ["git", "-c", "core.quotePath=false", *arguments]
    try:
        done = subprocess.run(  # noqa: S603
            command, cwd=folder, input=given, env=environment() | dict(more or {}), capture_output=True, check=False
        )
    except FileNotFoundError:
        raise UserError("git is not installed; install it, then run this again") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        lines = said.splitlines() or [f"git {arguments[0]} failed"]
        raise GitError(lines[-1].removeprefix("fatal: ").removeprefix("error: "), said)
    return os.fsdecode(done.stdout)
