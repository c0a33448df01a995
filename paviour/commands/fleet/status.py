"""`paviour fleet status`: where is each service?"""

from __future__ import annotations

from typing import Any

import click

from paviour.commands.fleet.options import chosen, fleet_options, today
from paviour.errors import Exit
from paviour.fleet import as_json, as_text
from paviour.fleet.inventory import inventory
from paviour.report import progress


@click.command()
@fleet_options
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print it.")
def status(form: str, **options: Any) -> Exit:
    """Say on which version of the standard each service is, and how many of its platform files have drifted.

    Exit status 1 where one is behind, has drifted, or can't be read.
    """
    with chosen(**options) as found, progress("reading"):
        entries = inventory(found.fleet, found.members, found.run.executor, today())
    click.echo(as_json.inventory(entries) if form == "json" else as_text.inventory(entries))
    is_wanting = any(entry.error or entry.is_behind or entry.drift for entry in entries)
    return Exit.FOUND if is_wanting else Exit.GOOD
