"""What a verification found, told in a module for each format."""

from __future__ import annotations

from collections.abc import Callable

from paviour.verify.report import as_html, as_json, as_markdown, as_sarif, as_text
from paviour.verify.report.content import Report

FORMATS: dict[str, Callable[[Report], str]] = {
    "text": as_text.render,
    "json": as_json.render,
    "sarif": as_sarif.render,
    "markdown": as_markdown.render,
    "html": as_html.render,
}
"""What `--format` takes."""
