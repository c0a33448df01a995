"""`paviour check`: is the service still on the paved road?"""

from __future__ import annotations

import json
from pathlib import Path

import click

from paviour.drift import Difference, differences
from paviour.errors import Exit
from paviour.report import counted
from paviour.service import Service


@click.command()
@click.argument("service", type=click.Path(path_type=Path), default=Path())
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print the result.")
def check(service: Path, form: str) -> Exit:
    """Report drift of platform files and stale generated code of the service in the folder SERVICE.

    Needs no network. Exit status 1 where something is found.
    """
    found = differences(Service.at(service))
    click.echo(_json(found) if form == "json" else _text(found))
    return Exit.FOUND if found else Exit.GOOD


def _text(found: list[Difference]) -> str:
    lines = [f"{entry.path}: {entry.kind}: {entry.message}; {entry.mend}" for entry in found]
    return "\n".join([*lines, counted(len(found), "difference") if found else "on the paved road: no differences"])


def _json(found: list[Difference]) -> str:
    entries = [{"kind": e.kind, "path": e.path, "message": e.message, "mend": e.mend} for e in found]
    return json.dumps({"summary": {"differences": len(found)}, "differences": entries}, indent=2)
