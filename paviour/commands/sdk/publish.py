"""`paviour sdk publish`: bring the packages to the registries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from paviour import sdk as sdks
from paviour.commands.sdk.chosen import chosen
from paviour.errors import Exit, UserError
from paviour.publish.run import Build, Packed, prepare, prepared, put
from paviour.publish.versions import Step, step
from paviour.service import Service
from sdkgen.client.package import LANGUAGES


@click.command()
@click.argument("service", type=click.Path(path_type=Path), default=Path())
@click.option("--language", "languages", multiple=True, type=click.Choice(list(LANGUAGES)), help="Only this one.")
@click.option("--version", "wanted", help="The version, where a person decides; with one --language.")
@click.option("--into", type=click.Path(path_type=Path), help="Where the packages are laid. Default: SERVICE/dist/sdk.")
@click.option("--upload", is_flag=True, help="Upload them. Without it nothing leaves this machine.")
@click.option("--built", is_flag=True, help="Upload what an earlier run has laid there, and build nothing.")
def publish(
    service: Path, languages: tuple[str, ...], wanted: str | None, into: Path | None, upload: bool, built: bool
) -> Exit:
    """Build the SDKs of the service in the folder SERVICE in their next version, try them out, and upload them.

    The version follows from the contract of the last release, a tag like sdk-python-v1.3.0, and from what has changed
    since then. Where that can't be decided a person names it: exit status 3. Each package is installed into a fresh
    environment, imported, and makes a first call. What is published already is no error; another run finishes what was
    cut off. The commit is tagged in the end.

    \b
    paviour sdk publish
    paviour sdk publish --upload
    paviour sdk publish --language python --version 2.0.0 --upload
    """
    if wanted and len(languages) != 1:
        raise UserError("--version is the version of one SDK; name it with --language")
    if built and (wanted or not upload):
        raise UserError(
            "--built goes with --upload, and not with --version: what was laid there has its version already"
        )
    found = Service.at(service)
    shown = into or found.root / "dist" / "sdk"
    into = shown.resolve()
    available = [sdk for sdk in chosen(service, None, None, languages) if sdk.exists]
    if not available:
        raise UserError(f"{found.root / 'sdk'} has no SDK to publish; make it: paviour sdk build")
    packed: list[Packed] = []
    status = Exit.GOOD
    for sdk in available:
        if built:
            laid = prepared(found, sdk.language, into)
            packed += [laid] if laid else []
            continue
        if sdks.stale(sdk) or sdks.edited(sdk):
            click.echo(f"{sdk.folder}: not what the contract gives; `paviour sdk build` makes it anew")
            status = max(status, Exit.FOUND)
            continue
        outcome = step(found, sdk.language, wanted, sdks.LOCK)
        for line in _lines(sdk.language, outcome):
            click.echo(line)
        if outcome.undecided:
            status = Exit.CONFLICT
        elif outcome.next:
            one = prepare(found, sdk.language, outcome.next, outcome.earlier, _builder(sdk), into)
            click.echo("\n".join(f"  {shown / one.language / name}" for name in one.files))
            click.echo("  tried out: installed, imported, called")
            packed.append(one)
    for one in packed if upload else []:
        uploaded = put(found, one, into)
        click.echo(f"{one.language}: {one.name} {one.version}: {_told(one, uploaded)}")
        click.echo(f"  tagged: git push origin {one.release.tag}")
    if packed and not upload:
        click.echo("nothing was uploaded; --upload does it")
    return status


def _builder(sdk: sdks.Sdk) -> Build:
    name = sdk.lock["package"]["name"] if sdk.lock else sdk.name

    def build(folder: Path, version: str) -> None:
        sdks.build([replace(sdk, folder=folder, name=name)], version=version, force=True)

    return build


def _lines(language: str, outcome: Step) -> Iterator[str]:
    last = outcome.last.version if outcome.last else None
    if outcome.next:
        yield f"{language}: {outcome.next.version}, {f'after {last}' if last else 'the first release'}"
    elif outcome.undecided:
        yield f"{language}: after {last} a person has to decide; judge this, then name the version with --version"
        for change in outcome.undecided:
            yield f"  {change.node.place}: {change.axis}: {change.message}"
    else:
        yield f"{language}: {last} is what the contract gives; nothing to publish"


def _told(one: Packed, uploaded: list[str]) -> str:
    there = [name for name in one.files if name not in uploaded]
    parts = [f"uploaded {', '.join(uploaded)}"] if uploaded else []
    return "; ".join([*parts, f"there already: {', '.join(there)}"] if there else parts)
