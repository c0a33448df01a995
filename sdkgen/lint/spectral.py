"""Spectral's rulesets: run by Spectral itself where it is installed, its results as findings of ours."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sdkgen.errors import ContractError, Place
from sdkgen.lint.engine import FOREIGN, Finding
from sdkgen.lint.rule import Severity

_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info", "info")
"""Spectral's 0 to 3: error, warn, info, hint."""
_TIMEOUT = 600
"""Seconds."""


def lint(contract: Path, ruleset: str) -> list[Finding]:
    """What Spectral finds with this ruleset, a file or a URL. Raises ContractError where it can't be run."""
    command = _command(contract.resolve().parent)
    if command is None:
        raise ContractError(
            Place(Path(ruleset)),
            "can't be applied: Spectral is not installed",
            "install Node and run `npm install --save-dev @stoplight/spectral-cli`",
        )
    with tempfile.TemporaryDirectory(prefix="spectral-") as room:
        output = Path(room) / "found.json"
        options = ["--ruleset", ruleset, "--format", "json", "--output", str(output), "--quiet"]
        try:
            done = subprocess.run(  # noqa: S603 - what the user installed, without a shell
                [*command, "lint", str(contract), *options],
                capture_output=True,
                text=True,
                check=False,
                timeout=_TIMEOUT,
            )
            found = json.loads(output.read_text("utf-8"))
        except subprocess.TimeoutExpired:
            cause = f"took longer than {_TIMEOUT} seconds on {contract}"
            raise ContractError(Place(Path(ruleset)), cause, "try a smaller contract or ruleset") from None
        except (OSError, ValueError):
            said = next(
                (line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()), "no reason"
            )
            raise ContractError(
                Place(Path(ruleset)), f"Spectral failed: {said[:300]}", "run Spectral by itself to see more"
            ) from None
    return [_finding(contract, entry) for entry in found]


def _command(folder: Path) -> Sequence[str] | None:
    """Spectral beside the contract or the working folder, as npm installs it, else the one on PATH."""
    for place in (folder, *folder.parents, Path.cwd(), *Path.cwd().parents):
        local = place / "node_modules" / ".bin" / "spectral"
        if local.is_file():
            return [str(local)]
    found = shutil.which("spectral")
    return [found] if found else None


def _finding(contract: Path, entry: dict[str, Any]) -> Finding:
    source = Path(entry.get("source") or contract)
    start = entry["range"]["start"]
    return Finding(
        id=FOREIGN + str(entry["code"]),
        severity=_SEVERITIES[entry["severity"]],
        message=" ".join(str(entry["message"]).split()),
        mend="see the ruleset",
        docs=entry.get("documentationUrl"),
        file=contract if source == contract.resolve() else source,
        pointer=tuple(str(token) for token in entry["path"]),
        line=start["line"] + 1,
        column=start["character"] + 1,
    )
