"""`paviour update`: bring a service to the newest standard."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
from uv import find_uv_bin

from paviour import __version__
from paviour.errors import Exit, UserError
from paviour.report import progress
from paviour.update.journal import Journal
from paviour.update.run import update as run
from paviour.update.versions import release, shown
from paviour.update.workspace import Workspace


@click.command()
@click.argument("service", type=click.Path(path_type=Path), default=Path())
@click.option("--to", help="The version to bring it to. Default: the one of this paviour.")
@click.option("--data", multiple=True, metavar="NAME=ANSWER", help="Change an answer; may be repeated.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    help="How to print the report; markdown is fit for a pull request.",
)
def update(service: Path, to: str | None, data: tuple[str, ...], form: str) -> int:
    """Bring the service in the folder SERVICE to the newest standard.

    The team's files are not touched, shared ones are merged, the platform's are replaced, the contract's code is
    generated again. Everything must be committed before; nothing is committed by this. It happens as a whole or not at
    all, and one that was interrupted is finished by the next.

    Exit status 3 where a person has to decide: each file is named, with the reason, and is unmerged for Git.
    """
    if to and shown(release(to)) != __version__:
        return _hand_over(shown(release(to)), sys.argv[1:])
    workspace = Workspace.of(service)
    with workspace.alone():
        journal = Journal(workspace)
        if journal.is_unfinished:
            printed, status = journal.finish()
            click.echo("finished the update that was interrupted", err=True)
        else:
            with progress("updating"):
                report = run(service, dict(map(_answer, data)))
            printed, status = report.forms, report.exit
    click.echo(printed.get(form, "done; see git status"))
    return Exit(status)


def _answer(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UserError(f"--data {text} gives no answer; write --data {name}=ANSWER")
    return name, value


def _hand_over(version: str, arguments: list[str]) -> int:
    """Let that version's own command do it: templates, generator and checks are of one version."""
    command = [find_uv_bin(), "tool", "run", "--from", f"paviour=={version}", "paviour", *arguments]
    return subprocess.run(command, check=False).returncode  # noqa: S603
