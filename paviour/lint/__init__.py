"""What the linter found, told in a module for each format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import cast

from sdkgen.lint import Finding

FORMATS = ("text", "json", "sarif", "github")
"""What `--format` takes."""


def render(form: str, findings: Sequence[Finding]) -> str:
    """The findings, waived ones included, in this format."""
    module = import_module(f"paviour.lint.as_{form}")
    return cast("Callable[[Sequence[Finding]], str]", module.render)(findings)
