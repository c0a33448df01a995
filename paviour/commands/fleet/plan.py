"""`paviour fleet plan`: what would an update do?"""

from __future__ import annotations

from typing import Any

import click

from paviour.commands.fleet.options import chosen, fleet_options
from paviour.errors import Exit
from paviour.fleet import as_json, as_text
from paviour.report import progress


@click.command()
@fleet_options
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print the plan.")
def plan(form: str, **options: Any) -> Exit:
    """Say what an update would do in each repository, wave by wave. Nothing is written, no branch and no pull request.

    Exit status 1 where an update would fail.
    """
    with chosen(**options) as found, progress("planning"):
        result = found.run.plan(found.members)
    click.echo(
        as_json.result(result, found.members) if form == "json" else as_text.plan(result, found.members, found.fleet)
    )
    return Exit.FOUND if any(outcome.state == "failed" for outcome in result.outcomes.values()) else Exit.GOOD
