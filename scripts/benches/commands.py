"""The command line beside its peers: wall time and peak memory of whole commands, as a user waits for them."""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from tests.support.command import CONTRACTS, REPOSITORY
from tests.support.git import suite_repository
from tests.support.process import serving

BIN = Path(sys.executable).parent
GENERATOR = REPOSITORY / "build" / "peers" / "bin" / "openapi-generator-cli"
STARTER = REPOSITORY / "templates" / "{{ starter }}" / "contract" / "openapi.yaml"


@dataclass
class Runner:
    """One command among those that are compared."""

    name: str
    command: Callable[[Path], list[str | Path]]
    seconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)

    def run(self, room: Path) -> None:
        folder = room / f"{self.name.split()[0]}-{len(self.seconds)}"
        folder.mkdir(parents=True)
        began = time.perf_counter()
        usage = _child(list(map(str, self.command(folder))), folder)
        self.seconds.append(time.perf_counter() - began)
        self.megabytes.append(usage.ru_maxrss / 1024)
        shutil.rmtree(folder)


def _child(command: list[str], folder: Path) -> resource.struct_rusage:
    """Run a command to its end; the usage is its own and that of what it started and waited for."""
    process = os.posix_spawn(
        command[0],
        command,
        os.environ | {"PWD": str(folder)},
        file_actions=[(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_WRONLY, 0) for stream in (1, 2)],
    )
    _, status, usage = os.wait4(process, 0)
    if status:
        raise SystemExit(f"bench: failed with {os.waitstatus_to_exitcode(status)}: {' '.join(command)}")
    return usage


def progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def compared(title: str, rounds: int, room: Path, ours: Runner, *peers: Runner) -> None:
    """Run all in turn, so that what disturbs the machine disturbs each of them, and print medians and ratios."""
    runners = [ours, *peers]
    for runner in runners:  # once unmeasured, to fill caches
        Runner(runner.name, runner.command).run(room)
    for number in range(rounds):
        progress(f"{title}: round {number + 1} of {rounds}")
        for runner in runners:
            runner.run(room)
    progress("")
    print(f"{title} (median of {rounds})")
    base = statistics.median(ours.seconds)
    for runner in runners:
        seconds = statistics.median(runner.seconds)
        ratio = "" if runner is ours else f"   {seconds / base:5.1f} times ours"
        print(f"  {runner.name:<34} {seconds:7.2f} s {max(runner.megabytes):7.0f} MB{ratio}")
    print()


def render(rounds: int, room: Path) -> None:
    repository = suite_repository(room / "suite", "v0.0.1")
    compared(
        "Render the starter service",
        rounds,
        room,
        Runner("paviour new --no-lock", lambda to: [BIN / "paviour", "new", "quotes", "--no-lock", "--into", to / "s"]),
        Runner(
            "copier copy (without generating)",
            lambda to: [BIN / "copier", "copy", "--quiet", "--defaults", repository, to / "s"],
        ),
    )


def generate(rounds: int, room: Path) -> None:
    for name, contract in contracts().items():
        service = new(contract, room / f"service-{name.split()[0]}")

        def ours(_: Path, service: Path = service) -> list[str | Path]:
            return [BIN / "paviour", "generate", "--force", service]

        def peer(to: Path, contract: Path = contract) -> list[str | Path]:
            return [GENERATOR, "generate", "--skip-validate-spec", "-g", "python-fastapi", "-i", contract, "-o", to]

        peers = (
            [Runner("openapi-generator python-fastapi", peer)] if GENERATOR.exists() and shutil.which("java") else []
        )
        compared(f"Contract to server code: {name}", rounds, room, Runner("paviour generate --force", ours), *peers)


def serve(rounds: int, room: Path) -> None:
    """How long a service of each contract takes to get ready, and what it needs then. Bytecode is compiled before."""
    for name, contract in contracts().items():
        folder = new(contract, room / f"serve-{name.split()[0]}")
        _child([sys.executable, "-m", "compileall", "-q", str(folder / "src")], room)
        seconds, megabytes = [], []
        for _ in range(rounds):
            began = time.perf_counter()
            with serving(folder) as service:
                seconds.append(time.perf_counter() - began)
                status = Path(f"/proc/{service.process.pid}/status").read_text("utf-8")
                megabytes.append(int(status.partition("VmHWM:")[2].split()[0]) / 1024)
        print(f"Ready to serve: {name} (median of {rounds})")
        print(f"  {'python -m service serve':<34} {statistics.median(seconds):7.2f} s {max(megabytes):7.0f} MB")
        print()


def contracts() -> dict[str, Path]:
    """Our own, and the real ones where they are at hand."""
    real = {"MEF Quote": CONTRACTS / "mef/quote-8.0.1.yaml", "DigitalOcean": CONTRACTS / "digitalocean.json"}
    return {"starter": STARTER} | (real if CONTRACTS.is_dir() else {})


def new(contract: Path, folder: Path, stack: str = "python") -> Path:
    command = [BIN / "paviour", "new", "measured", "--stack", stack, "--no-lock", "--into", folder]
    _child([str(part) for part in (*command, "--contract", contract)], folder.parent)
    return folder


def first_200(rounds: int, room: Path) -> None:
    """From nothing to the first good answer, with warm package caches: what a newcomer waits for."""
    import httpx2
    import uv

    parts: dict[str, list[float]] = {"paviour new": [], "uv sync": [], "start to first 200": [], "in all": []}
    for number in range(rounds + 1):
        folder = room / f"first-{number}" / "quotes"
        folder.parent.mkdir()
        marks = [time.perf_counter()]
        _child([str(BIN / "paviour"), "new", "quotes", "--into", str(folder)], room)
        marks.append(time.perf_counter())
        _child([uv.find_uv_bin(), "sync", "--quiet", "--frozen", "--project", str(folder)], room)
        marks.append(time.perf_counter())
        with serving(folder, command=[str(folder / ".venv/bin/python")]) as service:
            answer: httpx2.Response = service.call("GET", "/quotes", "quotes:read")
            marks.append(time.perf_counter())
            if answer.status_code != 200:
                raise SystemExit(f"bench: the service answered {answer.status_code}")
        if number:  # the first fills the caches
            for name, (start, end) in zip(parts, [*pairwise(marks), (marks[0], marks[-1])], strict=True):
                parts[name].append(end - start)
        shutil.rmtree(folder)
    print(f"From nothing to the first 200 (median of {rounds})")
    for name, seconds in parts.items():
        print(f"  {name:<34} {statistics.median(seconds):7.2f} s")
    print()
