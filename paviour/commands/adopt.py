"""`paviour adopt`: bring an existing service onto the road."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import click

from paviour.adoption.adopt import REPORT
from paviour.adoption.adopt import adopt as run
from paviour.adoption.contract import in_files, served
from paviour.adoption.stack import of_files
from paviour.errors import UserError
from paviour.questions import questions
from paviour.report import counted
from paviour.suite import ANSWERS
from paviour.update.workspace import Workspace


@click.command()
@click.argument("service")
@click.option("--folder", type=click.Path(path_type=Path), default=Path(), help="Where it is. Default: here.")
@click.option(
    "--contract", type=click.Path(path_type=Path), help="Its contract. Default: the one that is in its files."
)
@click.option(
    "--url",
    help="Where the running service serves its contract: FastAPI at /openapi.json, Fastify's Swagger at "
    "/documentation/json.",
)
@questions
def adopt(service: str, folder: Path, contract: Path | None, url: str | None, **answers: Any) -> None:
    """Bring an existing service onto the road, and call it SERVICE.

    Its code is read and never run. What the road brings is placed beside what is there; where both have a file, the
    service's stays, but for the platform's. ADOPTION.md then lists what is left to do, most important first. Everything
    must be committed before; nothing is committed by this.

    It stays in its stack: where --stack is left out, a package.json says TypeScript.
    """
    if contract and url:
        raise UserError("--contract and --url exclude each other; give one")
    workspace = Workspace.of(folder)
    if (folder / ANSWERS).exists():
        raise UserError(f"{folder} has {ANSWERS} already; if it is on the road, use paviour update")
    with tempfile.TemporaryDirectory(prefix="paviour-") as room:
        if url:
            contract = served(url, Path(room))
        tracked = workspace.tracked()
        answers["stack"] = answers["stack"] or of_files(tracked)
        found = contract or in_files(folder, tracked)
        given = {name: answer for name, answer in answers.items() if answer is not None}
        with workspace.alone():
            adoption = run(workspace, found, {**given, "service": service})
    click.echo(
        f"{service} is on the road: {counted(adoption.placed, 'file')} placed; what is left to do is in {REPORT}"
    )
