"""`paviour contract changelog`: what consumers have to know of a new version."""

from __future__ import annotations

import json
from pathlib import Path

import click

from paviour.compat.changelog import as_json, as_markdown
from paviour.errors import Exit
from sdkgen.compat.approvals import FILE, apply
from sdkgen.compat.compare import compare
from sdkgen.compat.consumers import consumers
from sdkgen.compat.impact import impact
from sdkgen.compat.side import Side

_PATH = click.Path(path_type=Path)


@click.command()
@click.argument("old", type=_PATH)
@click.argument("new", type=_PATH)
@click.option("--consumers", "files", type=_PATH, multiple=True, help="Name who is concerned; may be repeated.")
@click.option("--format", "form", type=click.Choice(["markdown", "json"]), default="markdown", help="How to print it.")
def changelog(old: Path, new: Path, files: tuple[Path, ...], form: str) -> Exit:
    """Write what consumers have to know of the step from OLD to NEW: what changes for whom, and what to do.

    \b
    paviour contract changelog main.yaml contract/openapi.yaml > CHANGELOG.md
    """
    result = compare(old, new)
    if (new.parent / FILE).exists():
        apply(result, new.parent / FILE)
    if files:
        before = Side(old)
        impact(result, [one for file in files for one in consumers(file, before)])
    click.echo(json.dumps(as_json(result), indent=2, ensure_ascii=False) if form == "json" else as_markdown(result))
    return Exit.GOOD
