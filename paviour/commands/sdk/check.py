"""`paviour sdk check`: are the packages what the contract gives?"""

from __future__ import annotations

from pathlib import Path

import click

from paviour import sdk as sdks
from paviour.commands.sdk.chosen import chosen
from paviour.errors import Exit
from sdkgen.client.package import LANGUAGES


@click.command()
@click.argument("service", type=click.Path(path_type=Path), default=Path())
@click.option("--language", "languages", multiple=True, type=click.Choice(list(LANGUAGES)), help="Only this one.")
@click.option("--contract", type=click.Path(path_type=Path), help="A contract instead of a service.")
@click.option("--into", type=click.Path(path_type=Path), help="The folder with its packages.")
def check(service: Path, languages: tuple[str, ...], contract: Path | None, into: Path | None) -> Exit:
    """Report packages that the contract has moved away from, and files in them that somebody has changed.

    Needs no network. Exit status 1 where something is found.
    """
    lines = []
    for sdk in chosen(service, contract, into, languages):
        if not sdk.exists:
            lines += [f"{sdk.folder}: there is none; `paviour sdk build` makes it"] if languages else []
            continue
        for name in sdks.stale(sdk):
            cause = "another version of paviour made it" if name == "paviour" else f"it is not of {name} as it is now"
            lines.append(f"{sdk.folder}: {cause}; `paviour sdk build` makes it anew")
        lines += [
            f"{sdk.folder / name}: changed by hand; `paviour sdk build` makes it anew" for name in sdks.edited(sdk)
        ]
    for line in lines:
        click.echo(line)
    if not lines:
        click.echo("all packages are what the contract gives")
    return Exit.FOUND if lines else Exit.GOOD
