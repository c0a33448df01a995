"""The linter beside Spectral with OWASP's ruleset, on the same contracts."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

from tests.support.command import REPOSITORY

from .commands import BIN, Runner, compared, contracts

NODE = REPOSITORY / "build" / "node"
SPECTRAL = NODE / "node_modules" / ".bin" / "spectral"
PACKAGES = ("@stoplight/spectral-cli@6.16.3", "@stoplight/spectral-owasp-ruleset@2.0.1")
GITHUB = NODE / "node_modules" / "@octokit" / "openapi" / "generated" / "api.github.com.json"
"""GitHub's contract of 13 MB, where somebody has put its package (450 MB) there."""


def lint(rounds: int, room: Path) -> None:
    """Spectral needs minutes for a large contract, so these are measured once. It crashes on GitHub's."""
    ruleset = _ruleset()
    for name, contract in (contracts() | ({"GitHub": GITHUB} if GITHUB.exists() else {})).items():

        def ours(_: Path, contract: Path = contract) -> list[str | Path]:
            return finished(BIN / "paviour", "contract", "lint", contract)

        def peer(_: Path, contract: Path = contract) -> list[str | Path]:
            return finished(SPECTRAL, "lint", contract, "--ruleset", str(ruleset), "--quiet")

        peers = [Runner("Spectral with OWASP's ruleset", peer)] if ruleset and contract != GITHUB else []
        is_large = contract.stat().st_size > 1_000_000
        compared(f"Lint: {name}", 1 if is_large else rounds, room, Runner("paviour contract lint", ours), *peers)


def finished(*command: str | Path) -> list[str | Path]:
    """A command that may find something, which is no failure here."""
    return ["/bin/sh", "-c", f"{shlex.join(map(str, command))}; test $? -le 1"]


def _ruleset() -> Path | None:
    """OWASP's ruleset, which stays beside the packages that it extends; None where there is no npm."""
    npm = shutil.which("npm")
    if npm is None:
        print("there is no npm to get Spectral with\n")
        return None
    if not (NODE / "node_modules" / "@stoplight" / "spectral-owasp-ruleset").is_dir():
        NODE.mkdir(parents=True, exist_ok=True)
        options = ["--prefix", str(NODE), "--no-audit", "--no-fund", "--ignore-scripts"]
        subprocess.run([npm, "install", *options, *PACKAGES], check=True, stdout=subprocess.DEVNULL)
    ruleset = NODE / "owasp.yaml"
    ruleset.write_text('extends: ["@stoplight/spectral-owasp-ruleset"]\n', "utf-8")
    return ruleset
