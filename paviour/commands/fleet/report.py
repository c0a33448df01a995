"""`paviour fleet report`: one page of the whole fleet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from paviour.commands.fleet.options import chosen, fleet_options, today
from paviour.errors import UserError
from paviour.files import write
from paviour.fleet import as_json
from paviour.fleet.inventory import inventory
from paviour.fleet.report import as_html
from paviour.report import progress


@click.command()
@fleet_options
@click.option("--format", "form", type=click.Choice(["html", "json"]), default="html", help="A page, or data.")
@click.option(
    "--output", type=click.Path(path_type=Path), help="Where to write it. Default: standard output.", metavar="FILE"
)
def report(form: str, output: Path | None, **options: Any) -> None:
    """Write a page of the whole fleet: what each service is, on which version, how far it has drifted.

    The page needs no server, no network and no other file. Serve it as it is, or send it.

    \b
    paviour fleet report --output fleet.html
    """
    with chosen(**options) as found, progress("reading"):
        entries = inventory(found.fleet, found.members, found.run.executor, today())
    text = as_json.inventory(entries) if form == "json" else as_html.render(entries, today())
    if output is None:
        click.echo(text)
        return
    try:
        write(output, text)
    except OSError as error:
        raise UserError(f"{output} can't be written: {error.strerror}; choose another --output") from None
