"""A comment on a pull request, in GitHub's Markdown."""

from __future__ import annotations

import re

from paviour.verify.report.content import LEVELS, Report, Score, docs
from paviour.verify.run import Result

_MAX_ROWS = 50
_MAX_TEXT = 200


def render(report: Report) -> str:
    """The score of each group and the first failures, short enough for a comment whatever the service answered."""
    contract = report.contract
    lines = [
        f"## paviour verify: {report.headline}",
        "",
        f"{code(f'{contract.title} {contract.version}')} at {code(report.url)}",
        "",
        "| group | passed | failed | skipped |",
        "| --- | ---: | ---: | ---: |",
    ]
    for group, results in report.groups.items():
        score = Score.of(results)
        failed = f"**{score.failed}**" if score.failed else "0"
        lines.append(f"| {group} | {score.passed} | {failed} | {score.skipped} |")
    failures = report.failures
    if failures:
        lines += ["", "| failed | rule | found |", "| --- | --- | --- |"]
        lines += [_row(result) for result in failures[:_MAX_ROWS]]
    if len(failures) > _MAX_ROWS:
        lines += ["", f"And {len(failures) - _MAX_ROWS} more."]
    return "\n".join(lines)


def _row(result: Result) -> str:
    check = result.check
    rule = f"{LEVELS[check.level]}, {check.standard}"
    return f"| [{code(result.id)}]({docs(result)}) | {rule} | {code(result.reason)} |"


def code(text: str) -> str:
    """Text that may come from anywhere, as one code span: nothing in it is markup, a mention or the end of a cell."""
    shown = re.sub(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text).strip() or "-"
    if len(shown) > _MAX_TEXT:
        shown = f"{shown[:_MAX_TEXT]}…"
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    padding = " " if len(fence) > 1 else ""
    return f"{fence}{padding}{shown}{padding}{fence}".replace("|", r"\|")
