"""`paviour new`: render aside, generate, lock, then move into place."""

from __future__ import annotations

import os
import shutil
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from paviour import suite
from paviour.errors import UserError
from paviour.generated import generate
from paviour.lint.content import counts
from paviour.locking import locked
from paviour.placing import as_given, place
from paviour.questions import questions
from paviour.report import counted, findings_summary
from paviour.service import Service
from sdkgen.errors import ContractError
from sdkgen.lint import Finding, lint


@click.command()
@click.argument("service")
@click.option(
    "--contract", type=click.Path(path_type=Path), help="Your OpenAPI 3.0 or 3.1 contract. Default: a starter."
)
@click.option("--into", type=click.Path(path_type=Path), help="The new service's folder. Default: ./SERVICE.")
@click.option("--lock/--no-lock", default=True, help="Resolve and lock the dependencies, which needs the network.")
@questions
def new(service: str, contract: Path | None, into: Path | None, lock: bool, **answers: Any) -> None:
    """Render a new service called SERVICE, ready to run.

    \b
    paviour new quotes --stack python
    paviour new quotes --stack python --contract quote.yaml
    """
    target = (into or Path(service)).absolute()
    _refuse_occupied(target)
    given = {name: answer for name, answer in answers.items() if answer is not None}
    given |= {"service": service, "contract": "own" if contract else "starter"}
    with suite.rendered(given) as fresh:
        rendered = Service.at(fresh)
        if contract:
            place(contract, rendered)
        try:
            result = generate(rendered)
        except ContractError as error:
            raise as_given(error, rendered, contract) from None
        with locked(rendered.stack, fresh) if lock else nullcontext():
            broken = _broken_rules(rendered) if contract else []
        _move(fresh, target)
    shown = os.path.relpath(target)
    to_do = f", {counted(len(result.stubs), 'operation')} to implement" if result.stubs else ""
    click.echo(f"{service} is ready in {shown}{to_do}")
    findings_summary(result.findings)
    if broken:
        click.echo(f"the contract breaks rules of the standard: {counts(broken)}; `paviour contract lint` lists each")
    click.echo(f"next: cd {shown} && make run")


def _refuse_occupied(target: Path) -> None:
    if target.is_dir() and any(target.iterdir()):
        raise UserError(f"{target} is not empty; name another folder with --into, or move it away")
    if target.exists() and not target.is_dir():
        raise UserError(f"{target} is a file; name another folder with --into")


def _broken_rules(service: Service) -> list[Finding]:
    """What the linter says; it is a note here, and `make check` that insists."""
    try:
        return [finding for finding in lint(service.contract) if finding.waiver is None]
    except ContractError:
        return []


def _move(fresh: Path, target: Path) -> None:
    """The last step, so that a failure before it leaves nothing; beside the target first, so that it comes whole."""
    beside = target.with_name(f".{target.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(fresh, beside)
        if target.is_dir():
            target.rmdir()
        os.replace(beside, target)
    except OSError as error:
        shutil.rmtree(beside, ignore_errors=True)
        raise UserError(
            f"{target} can't be written: {(error.strerror or 'failed').lower()}; choose another with --into"
        ) from None
