"""Text: a line for each finding, as compilers write them; what to do and where to read on, once for each rule."""

from __future__ import annotations

from collections.abc import Sequence

from paviour.lint.content import by_rule, counts
from sdkgen.errors import pointer_text
from sdkgen.lint import Finding

_MOST = 20
"""Lines of one rule; who wants more takes JSON."""


def render(findings: Sequence[Finding]) -> str:
    lines = []
    for groups in by_rule(findings):
        lines += [_line(group) for group in groups[:_MOST]]
        more = sum(len(group) for group in groups[_MOST:])
        if more:
            lines.append(f"  and {more} more of {groups[0][0].id}, which --format json lists")
        first = groups[0][0]
        lines += [f"  {first.mend}{f'; {first.docs}' if first.docs else ''}", ""]
    return "\n".join([*lines, counts(findings)])


def _line(group: list[Finding]) -> str:
    first, *others = group
    more = ""
    if others:
        places = ", ".join(f"{other.line}:{other.column}" for other in others[:3])
        more = f"; also at {places}" + (f" and {len(others) - 3} more places" if len(others) > 3 else "")
    place = f"{first.file}:{first.line}:{first.column}"
    return f"{place}: {first.severity}: {first.id}: {first.message} ({pointer_text(first.pointer)}){more}"
