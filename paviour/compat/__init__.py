"""How the differences between two contracts are printed: one module for each format."""

from __future__ import annotations

from importlib import import_module

from sdkgen.compat.changes import Result

FORMATS = ("text", "json", "markdown", "sarif", "github", "next-version")


def render(form: str, result: Result) -> str:
    """The result in one of the formats."""
    module = import_module(f"paviour.compat.as_{form.replace('-', '_')}")
    text: str = module.render(result)
    return text
