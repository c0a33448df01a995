"""What commands print for people."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from sdkgen.findings import Finding


@contextmanager
def progress(step: str) -> Iterator[None]:
    """Say on stderr what is going on, and how long it took, where someone watches."""
    watched = sys.stderr.isatty()
    if watched:
        click.echo(f"{step} …", nl=False, err=True)
    start = time.monotonic()
    try:
        yield
    finally:
        if watched:
            click.echo(f"\r\033[K{step}: {time.monotonic() - start:.1f} s", err=True)


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def findings_summary(findings: Sequence[Finding]) -> None:
    """Name and count what the projections could not carry over; each finding in full is `paviour check`'s."""
    counts = Counter(finding.id for finding in findings if finding.waiver is None)
    if not counts:
        return
    listed = ", ".join(f"{number} {name}" for name, number in sorted(counts.items()))
    click.echo(
        f"not carried over from the contract: {listed}; `paviour check` lists each, contract/waivers.yaml accepts them"
    )
