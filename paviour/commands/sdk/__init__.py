"""`paviour sdk`: the packages that callers install. One module for each of its commands."""

from __future__ import annotations

import click

from paviour.groups import Commands

COMMANDS = {
    "build": "Write the packages from the contract.",
    "check": "Say which packages are not what the contract gives.",
    "publish": "Version, pack, try out and upload the packages.",
}


@click.group(cls=Commands, package=__name__, summaries=COMMANDS)
def sdk() -> None:
    """Make the packages that callers install, one for each language, from the contract."""
