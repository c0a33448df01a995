"""The conformance service in each stack: rendered from its contract, with the stack's team zone laid over it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tests.support.command import paviour
from tests.support.node import NODE, service_modules

SERVICE = Path(__file__).parent / "service"
CONTRACT = SERVICE / "openapi.yaml"


@dataclass(frozen=True, slots=True)
class Stack:
    """All that the bench knows of a stack: how its service is started. The rest is the boot interface."""

    folder: Path
    command: tuple[str, ...]
    environment: Mapping[str, str]


def python(room: Path) -> Stack:
    """Run from its sources by the interpreter of these tests, so that nothing has to be installed for it."""
    folder = _rendered("python", room)
    shutil.copytree(SERVICE / "python", folder / "src" / "conformance", dirs_exist_ok=True)
    return at(folder)


def typescript(room: Path) -> Stack:
    """Run from its sources, too, with the packages of the lock file; its heap is as small as a small container's."""
    folder = _rendered("typescript", room)
    shutil.copytree(SERVICE / "typescript", folder / "src", dirs_exist_ok=True)
    (folder / "node_modules").symlink_to(service_modules())
    heap = "--max-old-space-size=64 --max-semi-space-size=1"
    return Stack(folder, (str(NODE), "src/main.ts", "serve"), {"NODE_OPTIONS": heap})


def at(folder: Path) -> Stack:
    """The Python service in that folder."""
    return Stack(folder, (sys.executable, "-m", "conformance", "serve"), {"PYTHONPATH": str(folder / "src")})


def copied(stack: Stack, room: Path) -> Stack:
    """A copy to put a fault into."""
    folder = shutil.copytree(stack.folder, room / stack.folder.name, symlinks=True)
    variables = {name: value.replace(str(stack.folder), str(folder)) for name, value in stack.environment.items()}
    return replace(stack, folder=folder, environment=variables)


def _rendered(stack: str, room: Path) -> Path:
    done = paviour("new", "conformance", "--stack", stack, "--contract", CONTRACT, "--no-lock", cwd=room)
    assert done.returncode == 0, done.stderr
    return room / "conformance"
