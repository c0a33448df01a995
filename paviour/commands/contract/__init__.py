"""`paviour contract`: what the contract gate judges. One module for each of its commands."""

from __future__ import annotations

import click

from paviour.groups import Commands

COMMANDS = {
    "diff": "Judge what changed between two contracts, on the wire, in policy and in source.",
    "changelog": "Write what consumers have to know of a new version.",
    "impact": "Say which consumers a new version concerns.",
    "lint": "Hold a contract against the house standard.",
}


@click.group(cls=Commands, package=__name__, summaries=COMMANDS)
def contract() -> None:
    """Judge contracts: by the house standard, and by what changed between two of them."""
