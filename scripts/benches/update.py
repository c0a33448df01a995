"""One update of one service, beside `copier update`: wall and CPU time, for the same result."""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.git import git
from tests.support.suites import Suite, committed, files

BIN = Path(sys.executable).parent


@dataclass
class Way:
    name: str
    command: Callable[[Path], list[str | Path]]
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def run(self, service: Path) -> None:
        before, began = _cpu(), time.perf_counter()
        done = subprocess.run(list(map(str, self.command(service))), cwd=service, capture_output=True, check=False)
        self.wall.append(time.perf_counter() - began)
        self.cpu.append(_cpu() - before)
        if done.returncode:
            raise SystemExit(f"bench: {self.name} failed: {done.stderr.decode()}")


def update(rounds: int, room: Path) -> None:
    """Update a service that its team has worked on; then check it."""
    suite, service = _old_service(room)
    paviour = [
        sys.executable,
        "-P",
        "-c",
        f"import sys; sys.path.insert(0, {str(suite.folder)!r}); from paviour.cli import main; main()",
    ]
    ours = Way("paviour update", lambda _: [*paviour, "update"])
    theirs = Way("copier update", lambda _: [BIN / "copier", "update", "--defaults", "--quiet"])
    check = Way("paviour check", lambda _: [*paviour, "check"])
    results = {}
    for number in range(rounds + 1):  # the first one unmeasured, to fill caches
        for way in (ours, theirs):
            copy = shutil.copytree(service, room / "copy", symlinks=True)
            way.run(copy)
            results[way.name] = _without_generated(files(copy))
            if way is ours:
                check.run(copy)
            shutil.rmtree(copy)
        if number == 0:
            for way in (ours, theirs, check):
                way.wall.clear()
                way.cpu.clear()
    if results[ours.name] != results[theirs.name]:
        raise SystemExit("bench: the two updates differ")
    print(f"update: one service, {len(git(service, 'ls-files').split())} files (median of {rounds})")
    base = statistics.median(ours.cpu)
    for way in (ours, theirs, check):
        wall, cpu = statistics.median(way.wall), statistics.median(way.cpu)
        ratio = f"   {cpu / base:5.1f} times our CPU" if way is theirs else ""
        print(f"  {way.name:<16} {wall:6.2f} s, of the CPU {cpu:6.2f} s{ratio}")
    print("  the same bytes, but for the generated code, which only paviour update brings along\n")


def _old_service(room: Path) -> tuple[Suite, Path]:
    suite = Suite(room / "suite", "1.0.0")
    service = suite.new(room / "quotes")
    suite.edit("templates/{{ common }}/Makefile.jinja", "## Run the tests", "## Run all tests")
    suite.edit("templates/{{ python }}/src/{{ package }}/platform/audit.py", '"""', '"""Changed. ')
    suite.release("1.1.0")
    makefile = service / "Makefile"
    makefile.write_text(makefile.read_text() + "\nours: ## Ours\n\techo ours\n")
    (service / "src/quotes/rating.py").write_text("RATE = 3\n")
    committed(service, "The team's")
    return suite, service


def _without_generated(found: dict[str, bytes]) -> dict[str, bytes]:
    return {path: content for path, content in found.items() if not path.startswith("src/quotes/contract/")}


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
