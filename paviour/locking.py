"""The lock of a service's dependencies, made by the tool of its stack."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from uv import find_uv_bin

from paviour.errors import UserError
from paviour.report import progress


@contextmanager
def locked(stack: str, folder: Path) -> Iterator[None]:
    """Lock the dependencies of the service in that folder; it mostly waits for the network, so there is time meanwhile.

    Raises UserError where they can't be locked.
    """
    command = _COMMANDS[stack](folder)
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    nowhere, pipe = subprocess.DEVNULL, subprocess.PIPE
    with subprocess.Popen(  # noqa: S603
        command, cwd=folder, env=environment, stdout=nowhere, stderr=pipe, text=True
    ) as locking:
        yield
        with progress("locking dependencies"):
            _, said = locking.communicate()
    if locking.returncode:
        lines = (line.strip(" │├╰─▶\u00d7").removeprefix("npm error ") for line in said.splitlines())
        cause = next((line for line in lines if line), f"{Path(command[0]).name} failed")
        raise UserError(f"the dependencies can't be locked: {cause}; connect to the package index, or pass --no-lock")


def _uv(folder: Path) -> Sequence[str]:
    return [find_uv_bin(), "lock", "--quiet", "--project", str(folder)]


def _npm(_: Path) -> Sequence[str]:
    npm = shutil.which("npm")
    if npm is None:
        raise UserError("npm is not here, so the dependencies can't be locked; install Node.js 24, or pass --no-lock")
    # The folder's own .npmrc says that nothing is run, and that the lock names no registry.
    return [npm, "install", "--package-lock-only", "--no-audit", "--no-fund", "--loglevel=error"]


_COMMANDS: dict[str, Callable[[Path], Sequence[str]]] = {"python": _uv, "typescript": _npm}
