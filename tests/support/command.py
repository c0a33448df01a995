"""The command line as a user calls it: a process with an exit status and two outputs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
CONTRACTS = REPOSITORY.parent / "shared" / "contracts"
"""Real contracts that are not part of the repository; tests that read them say so and skip where they are absent."""
VECTORS = REPOSITORY.parent / "shared" / "vectors"
"""Published test vectors, of which the same is true."""


def paviour(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "paviour", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=300)
