"""`paviour uneject`: give a file back to the platform."""

from __future__ import annotations

from pathlib import Path

import click

from paviour.drift import refuse_other_version
from paviour.ejected import inside
from paviour.ejected import uneject as run
from paviour.service import Service
from paviour.update.workspace import Workspace


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--service", type=click.Path(path_type=Path), default=Path(), help="The service's folder. Default: here.")
def uneject(paths: tuple[Path, ...], service: Path) -> None:
    """Give the files PATH... back to the platform: they become what the standard has.

    What the team made of them stays in Git's history, so everything must be committed before.
    """
    found = Service.at(service)
    refuse_other_version(found)
    Workspace.of(service).refuse_uncommitted()
    names = [inside(found, path) for path in paths]
    run(found, names)
    for name in names:
        click.echo(f"{name} is the platform's again")
