"""The tools that pack, install and upload, as processes: what they say is told in one line, and never a secret."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from paviour.errors import UserError

TRIAL_SECONDS = 60
"""What is tried out may take: to be imported, and for its first call."""
_SECRET = re.compile(r"TOKEN|PASSWORD|SECRET|_auth", re.IGNORECASE)
_USERINFO = re.compile(r"(?<=://)[^/@\s]+@")


def run(
    command: Sequence[str | Path],
    cwd: Path,
    environment: Mapping[str, str],
    seconds: float | None = None,
    given: str = "",
) -> subprocess.CompletedProcess[str]:
    """Run to the end, with `given` for its input; nobody is asked.

    Raises UserError where the program is not there, or takes longer than `seconds`.
    """
    try:
        process = subprocess.Popen(  # noqa: S603
            list(map(str, command)),
            cwd=cwd,
            env={**environment, "COLUMNS": "10000"},  # so that no line of what it says is broken
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,  # so that what it has started ends with it
        )
    except FileNotFoundError:
        raise UserError(f"{command[0]} is not installed; install it, then run this again") from None
    try:
        output, errors = process.communicate(given, timeout=seconds)
    except BaseException as error:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        if isinstance(error, subprocess.TimeoutExpired):
            name = Path(command[-1]).name
            raise UserError(f"{name} has not ended after {seconds:g} s; try it out by hand") from None
        raise
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


def without_credentials(home: Path) -> dict[str, str]:
    """What code gets that is only tried out: where programs are, and a home of its own."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT", "TMPDIR") if name in os.environ}
    return kept | {"HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}


def redacted(text: str, environment: Mapping[str, str]) -> str:
    """The text without the credentials of that environment, should a tool or a registry repeat them."""
    for name, value in environment.items():
        if value and _SECRET.search(name):
            text = text.replace(value, "***")
    return _USERINFO.sub("***@", text)


def last_words(done: subprocess.CompletedProcess[str], environment: Mapping[str, str]) -> str:
    """Why it failed, in one line: the errors and causes that it names, else the last thing it said."""
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    named = [line.partition(":")[2].strip() for line in lines if line.startswith(("error:", "cause:"))]
    told = " / ".join(named) or (lines[-1] if lines else f"exit status {done.returncode}")
    return redacted(told, environment)
