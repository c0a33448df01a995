"""`paviour fleet`: many services on one standard. One module for each of its commands."""

from __future__ import annotations

import click

from paviour.groups import Commands

COMMANDS = {
    "status": "Say on which version each service is, and how far it has drifted.",
    "plan": "Say what an update would do, wave by wave; nothing is written.",
    "update": "Offer the newest standard to each service on a branch, a few at first.",
    "report": "Write a page of the whole fleet.",
}


@click.group(cls=Commands, package=__name__, summaries=COMMANDS)
def fleet() -> None:
    """Keep many services on one standard. Which there are is in fleet.yaml."""
