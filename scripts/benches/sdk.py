"""SDKs beside the peers' clients: how long they take to make, what is left out, and what a call of ours costs."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from sdkgen.model import Contract, Operation
from sdkgen.naming import module_name, snake_case
from sdkgen.reader import read
from tests.sdk.scripted import VALUES

from . import sdk_typescript
from .commands import BIN, GENERATOR, STARTER, Runner, compared, contracts, progress
from .lint import GITHUB

APPS = Path(__file__).with_name("apps")
SHORT, LONG = 200, 1200
LARGE = 1_000_000
"""Bytes from which on a contract is measured once."""


def sdk(rounds: int, room: Path) -> None:
    for name, contract in (contracts() | ({"GitHub": GITHUB} if GITHUB.exists() else {})).items():
        often = 1 if contract.stat().st_size > LARGE else rounds
        _making(name, contract, often, room)
        sdk_typescript.making(name, contract, often, room)
    _calling(rounds, room)


def _making(name: str, contract: Path, rounds: int, room: Path) -> None:
    def both(to: Path) -> list[str | Path]:
        return [BIN / "paviour", "sdk", "build", "--contract", contract, "--into", to / "sdk"]

    def ours(to: Path) -> list[str | Path]:
        return [*both(to), "--language", "python"]

    def bare(to: Path) -> list[str | Path]:
        return [BIN / "openapi-python-client", "generate", "--path", contract, "--output-path", to / "sdk"]

    def peer(to: Path) -> list[str | Path]:
        return [GENERATOR, "generate", "--skip-validate-spec", "-g", "python", "-i", contract, "-o", to / "sdk"]

    runners = [Runner("paviour, Python", ours), Runner("all languages of paviour", both)]
    runners.append(Runner("openapi-python-client alone", bare))
    if GENERATOR.exists() and shutil.which("java"):
        runners.append(Runner("openapi-generator python", peer))
    compared(f"Contract to client: {name}", rounds, room, *runners)
    found = read(contract)
    print(f"  left out, of {len(found.operations)} operations and {_responses(found)} responses with a body")
    for runner, count in zip(runners, (_ours, None, _bare, _peer), strict=False):
        if count is not None:
            folder = room / "counted"
            folder.mkdir()
            command = list(map(str, runner.command(folder)))
            said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder)
            operations, responses = count(found, folder / "sdk", said.stdout + said.stderr)
            print(f"  {runner.name:<34} {operations:5d} operations {responses:5d} responses")
            shutil.rmtree(folder)
    print()


def _responses(found: Contract) -> int:
    return sum(bool(response.content) for operation in found.operations for response in operation.responses)


def _ours(found: Contract, folder: Path, _: str) -> tuple[int, int]:
    """What has no module, and which statuses with a body the module does not read."""
    operations, responses = 0, 0
    api = next((folder / "python/src").glob("*/api"))
    for operation in found.operations:
        module = module_name(operation.tags[0] if operation.tags else "default")
        path = api / module / f"{snake_case(operation.id)}.py"
        if not path.is_file():
            operations += 1
            continue
        responses += len(_unread(operation, ast.parse(path.read_text("utf-8"))))
    return operations, responses


def _unread(operation: Operation, module: ast.Module) -> set[str]:
    conditions = [node.test for node in ast.walk(module) if isinstance(node, ast.If)]
    numbers = {str(one.value) for test in conditions for one in ast.walk(test) if isinstance(one, ast.Constant)}
    wanted = {response.status for response in operation.responses if response.content}
    read_statuses = {status for status in wanted if status in numbers or status.lower().replace("xx", "00") in numbers}
    return wanted - read_statuses - ({"default"} if "True" in numbers else set())


def _bare(_: Contract, __: Path, said: str) -> tuple[int, int]:
    """What the generator warns of."""
    return said.count("Endpoint will not be generated"), said.count("will be omitted from generated client")


def _peer(found: Contract, folder: Path, _: str) -> tuple[int, int]:
    """What the tables of response types don't have; each stands there for three variants of a method."""
    operations: set[str] = set()
    responses = 0
    for path in folder.glob("*/api/*_api.py"):
        text = path.read_text("utf-8")
        operations |= {f"{path.name} {name}" for name in re.findall(r"def _(\w+)_serialize\(", text)}
        tables = re.findall(r"_response_types_map: Dict\[str, Optional\[str\]\] = \{(.*?)\}", text, re.DOTALL)
        responses += sum(table.count('": "') + table.count("': \"") for table in tables) // 3
    return max(len(found.operations) - len(operations), 0), max(_responses(found) - responses, 0)


def _calling(rounds: int, room: Path) -> None:
    subprocess.run(
        [BIN / "paviour", "sdk", "build", "--language", "python", "--contract", STARTER, "--into", room / "calls"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    environment = {**os.environ, "PYTHONPATH": str(room / "calls/python/src")}
    starts = {
        "import httpx2": "import httpx2",
        "import the SDK and one operation": "import quotes_client.api.quotes.get_quote",
    }
    seconds: dict[str, list[float]] = {name: [] for name in starts}
    for _ in range(rounds + 1):
        for name, program in starts.items():
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", program], env=environment, check=True)
            seconds[name].append(time.perf_counter() - began)
    print(f"Start a program (median of {rounds})")
    base = statistics.median(seconds["import httpx2"][1:])
    for name, found in seconds.items():
        print(f"  {name:<34} {statistics.median(found[1:]):7.3f} s   {statistics.median(found[1:]) / base:5.2f} times")
    print()
    if shutil.which("valgrind") is None:
        print("instructions for each call: valgrind is not here\n")
        return
    counts = {}
    for kind in ("bare", "sdk"):
        progress(f"instructions: {kind}")
        short, long = (_instructions(kind, calls, environment) for calls in (SHORT, LONG))
        counts[kind] = (long - short) / (LONG - SHORT)
    progress("")
    print("Instructions for each call without a network (callgrind, the difference of two lengths)")
    print(f"  {'bare httpx2, a dict':<34} {counts['bare'] / 1000:7.0f} thousand")
    ratio = counts["sdk"] / counts["bare"]
    print(f"  {'the SDK, a typed value':<34} {counts['sdk'] / 1000:7.0f} thousand   {ratio:5.2f} times\n")


def _instructions(kind: str, calls: int, environment: dict[str, str]) -> int:
    tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={os.devnull}"]
    command = [*tool, sys.executable, str(APPS / "sdk_calls.py"), kind, str(calls), json.dumps(VALUES["quote"])]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or found is None:
        raise SystemExit(f"bench: {kind} failed:\n{done.stderr[-2000:]}")
    return int(found[1])
