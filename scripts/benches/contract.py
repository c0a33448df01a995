"""The contract gate beside Redocly's and api-smart-diff's comparisons, on a real pair and on a large one."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support.command import CONTRACTS

from .commands import BIN, Runner, compared
from .lint import NODE, finished

PACKAGES = ("@redocly/cli@2.77.0", "api-smart-diff@1.0.6")
_SMART = """
const {readFileSync} = require("fs");
const {compareOpenApi} = require(process.argv[2]);
const [old, fresh] = process.argv.slice(3).map((path) => JSON.parse(readFileSync(path)));
if (compareOpenApi(old, fresh).diffs.length === 0) process.exit(2);
"""


def contract(rounds: int, room: Path) -> None:
    """Without the real contracts there is nothing to compare."""
    if not CONTRACTS.is_dir():
        print(f"the real contracts are not at hand ({CONTRACTS} is absent)\n")
        return
    quotes = [CONTRACTS / "mef" / f"quote-{version}-nosec.yaml" for version in ("8.0.0", "8.0.1")]
    _pair("two releases of MEF Quote, 84 kB each", rounds, room, *quotes)
    _pair("a large pair with thousands of edits", 1, room, *_large(room))


def _pair(title: str, rounds: int, room: Path, old: Path, new: Path) -> None:
    def ours(_: Path) -> list[str | Path]:
        return finished(BIN / "paviour", "contract", "diff", old, new, "--format", "json")

    compared(f"Compare: {title}", rounds, room, Runner("paviour contract diff", ours), *_peers(room, old, new))


def _peers(room: Path, old: Path, new: Path) -> Iterator[Runner]:
    """The peers that can be had here; api-smart-diff reads JSON alone."""
    npm = shutil.which("npm")
    if npm is None:
        return
    for package in PACKAGES:
        name = package.rpartition("@")[0]
        if not (NODE / "node_modules" / name).is_dir():
            NODE.mkdir(parents=True, exist_ok=True)
            options = ["--prefix", str(NODE), "--no-audit", "--no-fund", "--ignore-scripts"]
            run = subprocess.run([npm, "install", *options, package], check=False, stdout=subprocess.DEVNULL)
            if run.returncode:
                print(f"{package} can't be had here\n")
                continue
        if name == "@redocly/cli":
            redocly = NODE / "node_modules" / ".bin" / "redocly"
            yield Runner("redocly diff", lambda _, redocly=redocly: finished(redocly, "diff", old, new))  # type: ignore[misc]
        elif old.suffix == ".json":
            script = room / "smart.cjs"
            script.write_text(_SMART, "utf-8")
            node = [shutil.which("node") or "node", script, NODE / "node_modules" / name, old, new]
            yield Runner("api-smart-diff", lambda _, node=node: finished(*node))  # type: ignore[misc]


def _large(room: Path) -> tuple[Path, Path]:
    """DigitalOcean's contract three times in one, and the same after edits that are drawn alike each time."""
    text = (CONTRACTS / "digitalocean.json").read_text("utf-8")
    found = json.loads(text)
    for number in (2, 3):
        again = json.loads(text.replace('"#/components/schemas/', f'"#/components/schemas/v{number}_'))
        schemas = found["components"]["schemas"]
        schemas |= {f"v{number}_{name}": schema for name, schema in again["components"]["schemas"].items()}
        for path, item in again["paths"].items():
            for operation in item.values():
                if isinstance(operation, dict) and "operationId" in operation:
                    operation["operationId"] += f"_v{number}"
            found["paths"][f"/v{number}{path}"] = item
    old, new = room / "large-old.json", room / "large-new.json"
    old.write_text(json.dumps(found, indent=2), "utf-8")
    _edit(found["components"]["schemas"], random.Random(1))  # noqa: S311 - the same edits each time
    new.write_text(json.dumps(found, indent=2), "utf-8")
    return old, new


def _edit(value: Any, draw: random.Random) -> None:
    """Bounds for a good part of all texts and numbers."""
    if isinstance(value, dict):
        plain = value.keys().isdisjoint(("enum", "format", "maxLength", "minimum"))
        if plain and value.get("type") in ("string", "integer") and draw.random() < 0.3:
            value |= {"maxLength": 50} if value["type"] == "string" else {"minimum": 7}
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _edit(inner, draw)
