"""`paviour eject`: give a platform file to the team."""

from __future__ import annotations

from pathlib import Path

import click

from paviour.drift import refuse_other_version
from paviour.ejected import eject as run
from paviour.ejected import inside
from paviour.service import Service


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--reason", required=True, help="Why the service needs a file of its own; the platform's team reads it.")
@click.option("--service", type=click.Path(path_type=Path), default=Path(), help="The service's folder. Default: here.")
def eject(paths: tuple[Path, ...], reason: str, service: Path) -> None:
    """Give the platform's files PATH... to the team: from now on they are edited here, and no update touches them.

    An update says when the standard's own have changed. Look for a setting or a hook first.
    """
    found = Service.at(service)
    refuse_other_version(found)
    names = [inside(found, path) for path in paths]
    run(found, names, " ".join(reason.split()))
    for name in names:
        click.echo(f"{name} is the team's now")
