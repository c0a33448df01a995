"""One HTML page that needs nothing else: no script, no other file, and a policy that lets nothing in."""

from __future__ import annotations

import base64
import hashlib
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from paviour.verify.report.content import LEVELS, Report, Score, docs, received

_ALL = {"all": "All"}
_OUTCOMES = {"failed": "Failed", "passed": "Passed", "skipped": "Skipped"}


def render(report: Report) -> str:
    """The page. What the service answered is text in it, whatever it looks like.

    The filters are radio buttons that the style reacts to, so the policy (Content Security Policy, in a `meta` element)
    can forbid all scripts and every style but the page's own.
    """
    outcomes, levels, groups = _ALL | _OUTCOMES, _ALL | LEVELS, _ALL | {group: group for group in report.groups}
    style = _template("page.css").render(outcomes=outcomes, levels=levels, groups=groups)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    first = "failed" if report.score.failed else "all"
    return _template("page.html").render(
        report=report,
        scores={group: Score.of(results) for group, results in report.groups.items()},
        filters=[
            ("outcome", "Outcome", outcomes, first),
            ("level", "Level", levels, "all"),
            ("group", "Group", groups, "all"),
        ],
        counts=_counts(report),
        style=style,
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
        levels=LEVELS,
        marks={"failed": "✕", "passed": "✓", "skipped": "○"},
        docs=docs,
        received=received,
    )


def _counts(report: Report) -> dict[str, int]:
    """How many checks each filter leaves."""
    levels = {level: sum(result.check.level == level for result in report.results) for level in LEVELS}
    groups = {group: len(results) for group, results in report.groups.items()}
    return {**report.score.as_dict(), **levels, **groups, "all": len(report.results)}


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=PackageLoader("paviour.verify.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
