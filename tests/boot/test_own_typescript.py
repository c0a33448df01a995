"""A service in TypeScript passes its own tests and the checks of its own tools, before a line of it is written."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from tests.conftest import in_typescript
from tests.support.command import CONTRACTS
from tests.support.node import NODE, node, npm
from tests.support.process import serving

REQUESTS = 200
SERVICES = ["starter_typescript", "own_typescript"]


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> Path:
    found: Path = request.getfixturevalue(request.param)
    return found


def run(folder: Path, program: str, *arguments: str) -> None:
    done = node(f"node_modules/{program}", *arguments, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_passes_its_own_tests(service: Path) -> None:
    done = npm("test", cwd=service)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr


def test_it_passes_the_checks_of_its_own_tools(service: Path) -> None:
    run(service, "@biomejs/biome/bin/biome", "check", "--error-on-warnings")
    run(service, "typescript/bin/tsc")


@pytest.mark.parametrize(("contract", "name"), [("mef/quote-8.0.1.yaml", "quotes"), ("digitalocean.json", "clouds")])
@pytest.mark.skipif(not CONTRACTS.is_dir(), reason=f"the real contracts are not at hand ({CONTRACTS} is absent)")
def test_the_code_of_a_real_contract_is_typed(contract: str, name: str, tmp_path: Path) -> None:
    folder = in_typescript(tmp_path, name, "--contract", CONTRACTS / contract)
    run(folder, "typescript/bin/tsc")


def test_a_port_that_is_taken_is_told_in_one_line(starter_typescript: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        variables = {"APP_ENV": "dev", "PORT": str(port), "DATABASE_URL": f"sqlite:///{tmp_path}/a.db"}
        done = node("src/main.ts", "serve", cwd=starter_typescript, env=variables)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1, done.stderr
    assert str(port) in done.stderr


def test_nothing_of_a_request_outlives_it(starter_typescript: Path, tmp_path: Path) -> None:
    """What old objects lead to is kept until V8's next full collection, which only the cost of requests tells."""
    folder = shutil.copytree(starter_typescript, tmp_path / "quotes", symlinks=True)
    # With little room for young objects many are looked for in a short time; what is left of them is promoted.
    interpreter = [str(NODE), "--trace-gc-nvp", "--max-semi-space-size=1"]
    environment = {"RATE_LIMIT_REQUESTS": "1000000", "LOG_LEVEL": "error"}
    with serving(folder, environment, interpreter) as service:
        headers = {"Authorization": f"Bearer {service.token('quotes:read')}"}
        for _ in range(2):
            before = len(service.log.read_bytes())
            for _ in range(REQUESTS):
                assert service.client.get("/quotes", headers=headers).status_code == 200
        scavenges = re.findall(rb" gc=s .* promoted=(\d+)", service.log.read_bytes()[before:])
    assert len(scavenges) > 5
    assert sum(map(int, scavenges)) / REQUESTS < 1000


def test_a_migration_is_begun_also_where_there_was_none(own_typescript: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(own_typescript, tmp_path / "service", symlinks=True)
    done = node("src/main.ts", "revise", "add notes, at last", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert (folder / "src/migrations/0001_add_notes_at_last.ts").is_file()
    refused = node("src/main.ts", "revise", "", cwd=folder)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1), refused.stderr


@pytest.mark.parametrize("lock", [False, True])
def test_without_node_every_verb_says_so_in_one_line(lock: bool, starter_typescript: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(starter_typescript, tmp_path / "service", ignore=shutil.ignore_patterns("node_modules"))
    if lock:
        (folder / "package-lock.json").write_text("{}\n")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("make", "sh", "cat"):
        (programs / name).symlink_to(str(shutil.which(name)))
    for verb in ("run", "test", "check", "token", "migrate", "migration"):
        call = [str(programs / "make"), "--silent", verb]
        done = subprocess.run(
            call, cwd=folder, env={"PATH": str(programs)}, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout) == (2, ""), verb
        told, of_make = done.stderr.splitlines()
        assert told == "npm is not here: install Node.js 24.15 or newer"
        assert of_make.startswith("make: ***")
