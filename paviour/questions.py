"""The questions of `copier.yml` as options of commands."""

from __future__ import annotations

from collections.abc import Callable

import click

from paviour import suite


def questions(command: Callable[..., None]) -> Callable[..., None]:
    """One option for each question of `copier.yml`, so that both ask the same."""
    template = suite.template()
    for name in reversed(template.asked):
        if name in ("service", "contract"):
            continue
        question = template.questions[name]
        choices = question.get("choices")
        kind = click.Choice(list(choices.values())) if choices else str
        default = str(question["default"])
        text = f"{question['help']}" + (f" Default: {default}." if "{" not in default else "")
        command = click.option(f"--{name.replace('_', '-')}", type=kind, help=text)(command)
    return command
