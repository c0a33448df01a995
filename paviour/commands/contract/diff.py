"""`paviour contract diff`: what does the new contract do to those who rely on the old one?"""

from __future__ import annotations

from pathlib import Path

import click

from paviour.compat import FORMATS, render
from paviour.errors import Exit
from sdkgen.compat.approvals import FILE, apply
from sdkgen.compat.compare import compare

AXES = ("wire", "policy", "source", "source.python", "source.typescript")


@click.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option(
    "--axis", "axes", type=click.Choice(AXES), multiple=True, help="What the exit status is about. Default: all axes."
)
@click.option(
    "--approvals",
    type=click.Path(path_type=Path),
    help=f"What is approved. Default: {FILE} beside NEW, if it is there.",
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="How to print the result.")
def diff(old: Path, new: Path, axes: tuple[str, ...], approvals: Path | None, form: str) -> Exit:
    """Judge what changed from the contract OLD to the contract NEW.

    Each change has a verdict on one axis: wire (does what callers send and read still work), policy (credentials,
    limits, servers), source (does a program written against the SDK still compile). Exit status 1 where a change breaks
    and is not approved, 3 where one could not be decided.

    \b
    paviour contract diff main.yaml contract/openapi.yaml
    paviour contract diff main.yaml contract/openapi.yaml --axis wire --format json
    """
    result = compare(old, new)
    beside = new.parent / FILE
    if approvals or beside.exists():
        apply(result, approvals or beside)
    click.echo(render(form, result))
    worst = result.worst(axes or ("wire", "policy", "source"))
    return Exit.FOUND if worst == "breaking" else Exit.CONFLICT if worst == "unknown" else Exit.GOOD
