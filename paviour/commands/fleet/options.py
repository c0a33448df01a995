"""What the commands of `paviour fleet` have in common: which services, and who does the work."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from paviour.errors import UserError
from paviour.fleet.definition import Fleet, Member, read
from paviour.fleet.executors import executor
from paviour.fleet.github import github
from paviour.fleet.outcome import Outcome
from paviour.fleet.ramp import shard as chosen_by
from paviour.fleet.run import Run


def fleet_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(
        [
            click.option(
                "--fleet",
                "file",
                type=click.Path(path_type=Path),
                default="fleet.yaml",
                show_default=True,
                help="The fleet file.",
            ),
            click.option("--only", multiple=True, metavar="NAME", help="Only this repository; may be repeated."),
            click.option("--shard", metavar="N/M", help="Only the N-th of M parts, for jobs that run side by side."),
            click.option(
                "--workers", type=click.IntRange(min=1), help="How many processes. Default: one for each core."
            ),
            click.option("--scheduler", metavar="URL", help="Let the workers of this Dask scheduler do it."),
        ]
    ):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class Chosen:
    fleet: Fleet
    members: list[Member]
    run: Run


@contextmanager
def chosen(
    file: Path,
    only: tuple[str, ...],
    shard: str | None,
    workers: int | None,
    scheduler: str | None,
    tell: Callable[[Outcome], None] = lambda _: None,
) -> Iterator[Chosen]:
    """The repositories that the options name. Raises UserError where they name none, or the file is not in order."""
    fleet = read(file)
    forge = github(fleet)
    members = _narrowed(fleet.members(forge.members() if forge else ()), only, shard)
    with executor(scheduler, workers, len(members)) as pool:
        yield Chosen(fleet, members, Run(fleet, pool, forge, today(), tell))


def today() -> date:
    return datetime.now(UTC).date()


def _narrowed(members: list[Member], only: tuple[str, ...], shard: str | None) -> list[Member]:
    known = {member.name for member in members}
    for name in only:
        if name not in known:
            raise UserError(f"the fleet has no repository {name}; paviour fleet status lists them")
    found = [member for member in members if not only or member.name in only]
    return chosen_by(found, *shard_of(shard)) if shard else found


def shard_of(text: str) -> tuple[int, int]:
    """`2/4` as numbers. Raises UserError for anything else."""
    form = re.fullmatch(r"([1-9]\d*)/([1-9]\d*)", text)
    number, of = (int(form[1]), int(form[2])) if form else (1, 0)
    if number > of:
        raise UserError(f"--shard {text} names no part; write --shard 1/4 for the first of four")
    return number, of
