"""Annotations of GitHub Actions: what stands beside the lines of a pull request.

GitHub shows ten of each kind and step, so what is said alike of several places is said once.
"""

from __future__ import annotations

from collections.abc import Sequence

from paviour.lint.content import alike
from paviour.sarif import uri
from sdkgen.errors import pointer_text
from sdkgen.lint import Finding, Severity

_KINDS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "notice"}


def render(findings: Sequence[Finding]) -> str:
    return "\n".join(_annotation(group) for group in alike(findings))


def _annotation(group: list[Finding]) -> str:
    first = group[0]
    more = f" (and at {len(group) - 1} more places)" if len(group) > 1 else ""
    text = f"{first.message}{more}; {first.mend}\n{pointer_text(first.pointer)}"
    text += f"\n{first.docs}" if first.docs else ""
    place = f"file={_property(uri(first.file))},line={first.line},col={first.column},title={_property(first.id)}"
    return f"::{_KINDS[first.severity]} {place}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
