"""Many services at once, beside a loop of `copier update` over the same: CPU for each service, for the same bytes."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.support.git import git
from tests.support.suites import Suite, files

BIN = Path(sys.executable).parent
SIZES = (50, 200, 1000)
SAMPLE = 4
"""How many services of each fleet `copier update` is measured on: it takes the same for each, and long."""

# Runs with the code of the suite's first release. Each service has a name, a team and a contract of its own.
_MAKE = """
import subprocess, sys
from pathlib import Path
from paviour import suite
from paviour.generated import generate
from paviour.service import Service
source, room, first, last = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
identity = ["-c", "user.name=Team", "-c", "user.email=team@example.com", "-c", "gc.auto=0"]
def git(folder, *arguments):
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)
for number in range(first, last):
    folder = room / f"desk-{number}"
    answers = {"service": f"desk-{number}", "owner": f"team-{number % 17}"}
    suite.template().render(answers, folder, commit="v1.0.0", source=source)
    contract = folder / "contract/openapi.yaml"
    contract.write_text(contract.read_text().replace("title: ", f"title: Desk {number}, "))
    generate(Service.at(folder))
    makefile = folder / "Makefile"
    makefile.write_text(makefile.read_text() + f"\\nours: ## Ours\\n\\techo {number}\\n")
    (folder / "rating.py").write_text(f"RATE = {number}\\n")
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=New")
    git(room, "clone", "--quiet", "--bare", str(folder), f"desk-{number}.git")
    import shutil; shutil.rmtree(folder)
"""


@dataclass(frozen=True, slots=True)
class Cost:
    cpu: float
    wall: float


def fleet(_: int, room: Path) -> None:
    """A fleet's update, from the first process to the last; then the peer's loop on some of the same services."""
    suite, first = _suite(room)
    print("fleet: every service on a branch, from 1.0.0 to 1.1.0, each with a contract and changes of its own")
    made = 0
    for size in SIZES:
        folder = room / str(size)
        folder.mkdir()
        _make(suite, first, folder, made, made + size)
        names = [f"desk-{number}" for number in range(made, made + size)]
        made += size
        ours = _ours(suite, folder, names)
        theirs, same = _theirs(suite, folder, names[:: size // SAMPLE][:SAMPLE])
        each, peer = ours.cpu / size, theirs.cpu / SAMPLE
        print(f"  {size:>4} services, {ours.wall:.1f} s in all; of the CPU for each:")
        print(f"    paviour fleet update {each * 1000:7.1f} ms")
        print(
            f"    copier update        {peer * 1000:7.1f} ms, {peer / each:.0f} times ours ({SAMPLE} of them); {same}",
            flush=True,
        )
        shutil.rmtree(folder)
    print("  ours also generates, checks and commits; the peer's clone, commit and push are not counted\n")


def _suite(room: Path) -> tuple[Suite, Suite]:
    suite = Suite(room / "suite", "1.0.0")
    first = suite.at("1.0.0", room / "suite-1.0.0")
    suite.edit("templates/{{ common }}/Makefile", "## Run the tests", "## Run all tests")
    suite.edit("templates/{{ python }}/src/{{ package }}/platform/audit.py", '"""', '"""Changed. ')
    suite.write("templates/{{ python }}/src/{{ package }}/platform/fresh.py", '"""New in 1.1.0."""\n')
    suite.release("1.1.0")
    return suite, first


def _make(suite: Suite, first: Suite, room: Path, begin: int, end: int) -> None:
    middle = (begin + end) // 2
    code = f"import sys; sys.path.insert(0, {str(first.folder)!r})\n{_MAKE}"
    jobs = [
        subprocess.Popen([sys.executable, "-P", "-c", code, str(suite.folder), str(room), str(low), str(high)])
        for low, high in ((begin, middle), (middle, end))
    ]
    ended = [job.wait() for job in jobs]
    if any(ended):
        raise SystemExit("bench: the services could not be made")


def _ours(suite: Suite, room: Path, names: list[str]) -> Cost:
    listed = [{"path": f"{name}.git"} for name in names]
    (room / "fleet.yaml").write_text(
        yaml.safe_dump({"repositories": listed, "templates": [str(suite.folder)]}), "utf-8"
    )
    before = _now()
    done = suite.run("fleet", "update", "--fleet", room / "fleet.yaml")
    cost = _since(before)
    if done.returncode or not done.stdout.endswith(f"{len(names)} offered\n"):
        raise SystemExit(f"bench: the fleet was not updated: {done.stdout[-500:]}{done.stderr}")
    return cost


def _theirs(suite: Suite, room: Path, names: list[str]) -> tuple[Cost, str]:
    cpu = wall = 0.0
    for name in ["", *names]:  # the first one unmeasured, to fill caches
        work = room / "work"
        git(room, "clone", "--quiet", room / f"{name or names[0]}.git", work)
        git(work, "config", "user.email", "team@example.com")
        git(work, "config", "user.name", "Team")
        before = _now()
        subprocess.run([BIN / "copier", "update", "--defaults", "--quiet"], cwd=work, check=True, capture_output=True)
        cost = _since(before)
        if name:
            cpu, wall = cpu + cost.cpu, wall + cost.wall
            offered = room / "offered"
            git(room, "clone", "--quiet", "--branch=paviour/update", room / f"{name}.git", offered)
            if _compared(offered) != _compared(work):
                raise SystemExit(f"bench: the two updates of {name} differ")
            git(work, "reset", "--quiet", "--hard")
            git(work, "clean", "--quiet", "-d", "--force")
            if suite.run("update", work).returncode or files(offered) != files(work):
                raise SystemExit(f"bench: paviour update of {name} gives something else")
            shutil.rmtree(offered)
        shutil.rmtree(work)
    return Cost(cpu, wall), "the same bytes, but for the generated code, which copier update leaves stale"


def _compared(folder: Path) -> dict[str, bytes]:
    return {path: content for path, content in files(folder).items() if "/contract/" not in path}


def _now() -> tuple[float, float]:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime, time.perf_counter()


def _since(before: tuple[float, float]) -> Cost:
    after = _now()
    return Cost(after[0] - before[0], after[1] - before[1])
