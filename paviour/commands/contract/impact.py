"""`paviour contract impact`: which of the registered consumers does a new contract concern?"""

from __future__ import annotations

import json
from pathlib import Path

import click

from paviour.compat.as_impact import as_json, as_text
from paviour.errors import Exit
from sdkgen.compat.approvals import FILE, apply
from sdkgen.compat.compare import compare
from sdkgen.compat.consumers import consumers
from sdkgen.compat.impact import impact as judge
from sdkgen.compat.impact import too_early
from sdkgen.compat.side import Side

_PATH = click.Path(path_type=Path)


@click.command()
@click.argument("old", type=_PATH)
@click.argument("new", type=_PATH)
@click.option(
    "--consumers", "files", type=_PATH, multiple=True, required=True, help="consumers.yaml or a Pact; may be repeated."
)
@click.option("--approvals", type=_PATH, help=f"What is approved. Default: {FILE} beside NEW, if it is there.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print the result.")
def impact(old: Path, new: Path, files: tuple[Path, ...], approvals: Path | None, form: str) -> Exit:
    """Say for each consumer whether what changes from OLD to NEW concerns it, and by which field.

    Exit status 1 where a consumer is affected, or an operation is removed before the sunset that was announced for it;
    3 where nobody knows. What no consumer uses may go.

    \b
    paviour contract impact main.yaml contract/openapi.yaml --consumers consumers.yaml
    paviour contract impact main.yaml contract/openapi.yaml --consumers pacts/web.json --consumers pacts/app.json
    """
    before = Side(old)
    registered = [one for file in files for one in consumers(file, before)]
    result = compare(old, new)
    beside = new.parent / FILE
    if approvals or beside.exists():
        apply(result, approvals or beside)
    reports, early = judge(result, registered), too_early(result)
    found = (result, reports, early)
    click.echo(json.dumps(as_json(*found), indent=2) if form == "json" else as_text(*found))
    effects = {report.effect for report in reports}
    if early or "affected" in effects:
        return Exit.FOUND
    return Exit.CONFLICT if "unknown" in effects else Exit.GOOD
