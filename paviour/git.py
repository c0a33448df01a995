"""Git, as a process."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from paviour.errors import UserError


class GitError(UserError):
    """Git refused. The message is its last line."""


def git(folder: Path, *arguments: str, given: bytes | None = None) -> str:
    """What Git prints, run in this folder; `given` is its standard input. Raises GitError where it fails."""
    environment = os.environ | {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    command = ["git", "-c", "core.quotePath=false", *arguments]
    try:
        done = subprocess.run(  # noqa: S603
            command, cwd=folder, input=given, env=environment, capture_output=True, check=False
        )
    except FileNotFoundError:
        raise UserError("git is not installed; updates need it") from None
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or [f"git {arguments[0]} failed"]
        raise GitError(lines[-1].removeprefix("fatal: ").removeprefix("error: "))
    return os.fsdecode(done.stdout)
