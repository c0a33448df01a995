"""`paviour fleet update`: offer the newest standard to each service."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from paviour.commands.fleet.options import chosen, fleet_options
from paviour.errors import Exit
from paviour.fleet import as_json, as_text
from paviour.fleet.outcome import Outcome
from paviour.fleet.state import State


@click.command()
@fleet_options
@click.option(
    "--state",
    type=click.Path(path_type=Path),
    help="Where it is noted what is done. Default: .paviour-fleet beside FLEET.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print the result.")
def update(state: Path | None, form: str, **options: Any) -> Exit:
    """Offer the newest standard to each service on a branch, and in a pull request where there are any.

    The branch is called paviour/update. A few repositories of each ring come first, then twice as many, as long as
    little fails. Killed at any point, it goes on where it was. Nothing is forced, and a branch that a person has
    committed to is left alone.

    Exit status 1 where it stopped because of failures, or of the stop file, or an update failed; 3 where a person has
    to decide something in a service.
    """
    with chosen(**options, tell=_tell) as found:
        folder = state or found.fleet.folder / ".paviour-fleet"
        if options["shard"]:
            folder /= f"shard-{options['shard'].replace('/', '-of-')}"
        kept = State(folder)
        with kept.alone():
            result = found.run.update(found.members, kept)
    click.echo(as_json.result(result, found.members) if form == "json" else as_text.result(result))
    if result.stopped or any(outcome.state == "failed" for outcome in result.outcomes.values()):
        return Exit.FOUND
    return Exit.CONFLICT if any(outcome.needs_person for outcome in result.outcomes.values()) else Exit.GOOD


def _tell(outcome: Outcome) -> None:
    if sys.stderr.isatty():
        click.echo(as_text.line(outcome), err=True)
