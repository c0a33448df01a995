"""TypeScript SDKs beside those of other generators: time, memory, what is left out, the size in a bundle."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from sdkgen.client.typescript.names import camel_case
from sdkgen.model import Contract
from sdkgen.naming import snake_case
from sdkgen.reader import read
from tests.support.command import REPOSITORY

from .commands import BIN, Runner, compared

PEERS = REPOSITORY / "build" / "typescript-peers"
PACKAGES = {
    "@hey-api/openapi-ts": "0.99.0",
    "openapi-typescript": "7.13.0",
    "openapi-fetch": "0.17.0",
    "typescript": "5.9.3",  # the last that both generators run with
    "esbuild": "0.28.2",
}
_HEY = ["-p", "@hey-api/client-fetch", "@hey-api/typescript", "@hey-api/sdk"]
_OURS = """import {{ bearer, Client }} from "./typescript/src/index.ts";
import {{ {operation} }} from "./typescript/src/index.ts";
console.log(await {operation}(new Client({{ baseUrl: "https://api.example.com", auth: bearer("t") }})));
"""
_HEYS = """import {{ client }} from "./client.gen.ts";
import {{ {operation} }} from "./sdk.gen.ts";
client.setConfig({{ baseUrl: "https://api.example.com", auth: () => "t" }});
console.log(await {operation}());
"""
_FETCHS = """import createClient from "openapi-fetch";
import type {{ paths }} from "./types.ts";
const client = createClient<paths>({{ baseUrl: "https://api.example.com", headers: {{ authorization: "Bearer t" }} }});
console.log(await client.GET("{path}"));
"""


def making(name: str, contract: Path, rounds: int, room: Path) -> None:
    """Without npm there is nothing to compare with."""
    if not _installed():
        print("there is no npm to get the generators for TypeScript with\n")
        return

    def ours(to: Path) -> list[str | Path]:
        return [BIN / "paviour", "sdk", "build", "--language", "typescript", "--contract", contract, "--into", to]

    def hey(to: Path) -> list[str | Path]:
        return [BIN / "node", _package("@hey-api/openapi-ts/bin/run.js"), "-s", "-i", contract, "-o", to, *_HEY]

    def types(to: Path) -> list[str | Path]:
        return [BIN / "node", _package("openapi-typescript/bin/cli.js"), contract, "-o", to / "types.ts"]

    runners = [Runner("paviour", ours), Runner("@hey-api/openapi-ts", hey), Runner("openapi-typescript", types)]
    compared(f"Contract to TypeScript: {name}", rounds, room, *runners)
    found = read(contract)
    responses = sum(len(operation.responses) for operation in found.operations)
    print(f"  left out, of {len(found.operations)} operations and {responses} responses; one operation in a bundle")
    written: tuple[tuple[Runner, str, Callable[[str], tuple[int, int]]], ...] = (
        (runners[0], _OURS, _count_ours),
        (runners[1], _HEYS, _count_hey),
        (runners[2], _FETCHS, _count_types),
    )
    for runner, program, count in written:
        folder = room / "typescript-made"
        folder.mkdir()
        subprocess.run(list(map(str, runner.command(folder))), check=True, cwd=folder, capture_output=True)
        text = "\n".join(path.read_text("utf-8") for path in sorted(folder.rglob("*.ts")))
        operations, statuses = count(text)
        plain, packed = _bundled(folder, program, found)
        missing = f"{len(found.operations) - operations:5d} operations {max(responses - statuses, 0):5d} responses"
        print(f"  {runner.name:<34} {missing} {plain / 1000:6.1f} kB, {packed / 1000:.1f} kB gzipped")
        shutil.rmtree(folder)
    print()


def _installed() -> bool:
    if not (PEERS / "node_modules" / "esbuild").is_dir():
        npm = shutil.which("npm", path=str(BIN)) or shutil.which("npm")
        if npm is None:
            return False
        PEERS.mkdir(parents=True, exist_ok=True)
        options = ["--prefix", str(PEERS), "--no-audit", "--no-fund", "--ignore-scripts"]
        wanted = [f"{name}@{version}" for name, version in PACKAGES.items()]
        subprocess.run([npm, "install", *options, *wanted], check=True, stdout=subprocess.DEVNULL)
    return True


def _package(path: str) -> Path:
    return PEERS / "node_modules" / path


def _count_ours(text: str) -> tuple[int, int]:
    tables = re.findall(r"^export interface \w+Responses \{\n(.*?)^\}", text, re.MULTILINE | re.DOTALL)
    return len(tables), sum(len(re.findall(r'^  "?(?:\d{3}|\dXX|default)"?:', one, re.MULTILINE)) for one in tables)


def _count_hey(text: str) -> tuple[int, int]:
    tables = re.findall(r"^export type \w+(?:Responses|Errors) = \{\n(.*?)^\};", text, re.MULTILINE | re.DOTALL)
    statuses = sum(len(re.findall(r"^    '?(?:\d{3}|\dXX|default)'?:", one, re.MULTILINE)) for one in tables)
    return len(re.findall(r"^export const \w+ = <ThrowOnError", text, re.MULTILINE)), statuses


def _count_types(text: str) -> tuple[int, int]:
    operations = text.partition("export interface operations {")[2]
    return len(re.findall(r"^        responses: \{", operations, re.MULTILINE)), len(
        re.findall(r'^            "?(?:\d{3}|\dXX|default)"?: ', operations, re.MULTILINE)
    )


def _bundled(folder: Path, program: str, contract: Contract) -> tuple[int, int]:
    """The bytes of a program that calls one operation, minified, and the same gzipped."""
    simple = [one for one in contract.operations if one.method == "GET" and not any(p.required for p in one.parameters)]
    operation = simple[0] if simple else contract.operations[0]
    entry = folder / "program.ts"
    name = camel_case(snake_case(operation.id))
    entry.write_text(program.format(operation=name, path=operation.path), "utf-8")
    command = [BIN / "node", _package("esbuild/bin/esbuild"), entry, "--bundle", "--minify", "--format=esm"]
    done = subprocess.run(
        list(map(str, command)), check=True, capture_output=True, env={"NODE_PATH": str(PEERS / "node_modules")}
    )
    return len(done.stdout), len(gzip.compress(done.stdout, 9))
