"""Groups of commands. Each command's module is imported when it is called, so that every call starts quickly."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click


class Commands(click.Group):
    """A group whose commands each stand in a module of their own, named like the command, in one package."""

    def __init__(self, package: str, summaries: dict[str, str], **rest: Any) -> None:
        """`summaries` has one line for each command, in the order that help lists them in."""
        super().__init__(**rest)
        self.package = package
        self.summaries = summaries

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self.summaries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in self.summaries:
            return None
        found: click.Command = getattr(import_module(f"{self.package}.{cmd_name}"), cmd_name)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        if not self.summaries:
            return
        with formatter.section("Commands"):
            formatter.write_dl(list(self.summaries.items()))
