"""`paviour sdk build`: write the packages from the contract."""

from __future__ import annotations

from pathlib import Path

import click

from paviour import sdk as sdks
from paviour.commands.sdk.chosen import chosen
from paviour.report import progress
from sdkgen.client.package import LANGUAGES


@click.command()
@click.argument("service", type=click.Path(path_type=Path), default=Path())
@click.option("--language", "languages", multiple=True, type=click.Choice(list(LANGUAGES)), help="Only this one.")
@click.option("--contract", type=click.Path(path_type=Path), help="A contract instead of a service.")
@click.option("--into", type=click.Path(path_type=Path), help="The folder for its packages.")
@click.option("--name", help="What the package is called; by default SERVICE-client.")
@click.option("--force", is_flag=True, help="Write them even where nothing has changed.")
def build(
    service: Path, languages: tuple[str, ...], contract: Path | None, into: Path | None, name: str | None, force: bool
) -> None:
    """Write sdk/LANGUAGE of the service in the folder SERVICE, or of a contract into a folder.

    Each folder is replaced as a whole, and only when all of them could be made. A package keeps its version.
    """
    found = chosen(service, contract, into, languages, name)
    with progress("making the packages"):
        made = sdks.build(found, force=force)
    for sdk in found:
        lock = sdk.lock or {"package": {"name": "", "version": ""}}
        state = "made" if sdk in made else "up to date"
        click.echo(f"{sdk.folder}: {lock['package']['name']} {lock['package']['version']}: {state}")
