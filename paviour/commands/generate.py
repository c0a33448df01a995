"""`paviour generate`: bring the generated code up to the contract."""

from __future__ import annotations

from pathlib import Path

import click

from paviour.generated import generate as run
from paviour.report import findings_summary
from paviour.sdk import build, of_service
from paviour.service import Service


@click.command()
@click.argument("service", type=click.Path(path_type=Path), default=Path())
@click.option("--force", is_flag=True, help="Generate even where nothing has changed.")
def generate(service: Path, force: bool) -> None:
    """Generate the code that follows from the contract of the service in the folder SERVICE.

    Operations that are new get a method in the service's module of operations, once; what is there already is never
    touched. The SDKs that the service has in sdk/ are brought up to the contract too.
    """
    found = Service.at(service)
    if not found.platform.is_dir():
        raise found.without_platform()
    result = run(found, force=force)
    made = build([sdk for sdk in of_service(found) if sdk.exists], force=force)
    for sdk in made:
        click.echo(f"generated {sdk.folder.relative_to(found.root)} from {found.contract.relative_to(found.root)}")
    if not result.changed:
        click.echo("up to date" if not made else "the service's own code is up to date")
        return
    click.echo(f"generated {found.generated.relative_to(found.root)} from {found.contract.relative_to(found.root)}")
    for operation in result.stubs:
        click.echo(f"to implement: {operation.id} ({operation.method} {operation.path})")
    findings_summary(result.findings)
