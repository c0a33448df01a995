"""Node.js and the TypeScript compiler, as the locked packages bring them."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tests.support.command import REPOSITORY

NODE = Path(sys.executable).with_name("node")


@cache
def modules() -> Path:
    """The folder `node_modules` with what a TypeScript SDK is built with."""
    build = REPOSITORY / "build"
    build.mkdir(exist_ok=True)
    with (build / "typescript.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # each worker asks, one installs
        subprocess.run([REPOSITORY / "scripts" / "typescript"], check=True, timeout=300)
    return build / "typescript" / "node_modules"


def node(
    *arguments: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run Node.js; its own notes on experimental features are no output of the program."""
    command = [str(NODE), "--disable-warning=ExperimentalWarning", *map(str, arguments)]
    environment = {**os.environ, **(env or {})}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=300)


def compiled(project: Path, config: str, *options: str) -> str:
    """Compile a TypeScript project: what the compiler has to say, which is nothing where all is well."""
    compiler = modules() / "typescript" / "bin" / "tsc"
    return node(compiler, "-p", config, *options, cwd=project).stdout
