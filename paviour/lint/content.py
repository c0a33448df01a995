"""What all formats count and group."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from paviour.report import counted
from sdkgen.lint import SEVERITIES, Finding


def summary(findings: Sequence[Finding]) -> dict[str, int]:
    """How many findings of each severity no waiver accepts, and how many one does."""
    found: dict[str, int] = dict.fromkeys(SEVERITIES, 0)
    for finding in findings:
        if finding.waiver is None:
            found[finding.severity] += 1
    return {**found, "waived": sum(finding.waiver is not None for finding in findings)}


def counts(findings: Sequence[Finding]) -> str:
    """The summary in words."""
    found = summary(findings)
    told = [counted(found[kind], noun) for kind, noun in (("error", "error"), ("warning", "warning"))]
    waived = [f"{found['waived']} waived"] if found["waived"] else []
    return ", ".join([*told, f"{found['info']} to look at", *waived])


def alike(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Those that no waiver accepts, together where rule and message are the same; by severity, then by rule."""
    rest = [finding for finding in findings if finding.waiver is None]
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in rest:
        groups.setdefault((finding.severity, finding.id, finding.message), []).append(finding)
    return list(groups.values())


def by_rule(findings: Sequence[Finding]) -> list[list[list[Finding]]]:
    """The groups of `alike`, those of one rule together."""
    return [list(group) for _, group in groupby(alike(findings), lambda found: (found[0].severity, found[0].id))]
