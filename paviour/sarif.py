"""SARIF 2.1.0 (OASIS), for what shows findings beside the code, such as code scanning on a pull request."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from paviour import __version__

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def log(tool: str, home: str, rules: Sequence[Any], results: Sequence[Any], **more: object) -> str:
    """A log of one run of `tool`, explained at `home`; `more` are properties of the run."""
    driver = {"name": tool, "informationUri": home, "version": __version__, "rules": list(rules)}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": list(results)} | more
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def rule(id: str, summary: str, text: str, docs: str, level: str, tags: Sequence[str]) -> dict[str, Any]:
    """A rule; `level` is `error`, `warning` or `note`."""
    return {
        "id": id,
        "shortDescription": {"text": summary},
        "fullDescription": {"text": text},
        "help": {"text": f"{text} {docs}", "markdown": f"{text} [More]({docs})"},
        "helpUri": docs,
        "defaultConfiguration": {"level": level},
        "properties": {"tags": list(tags)},
    }


def message(text: str) -> dict[str, str]:
    """Text in which nothing is a placeholder or a link (SARIF, sections 3.11.5 and 3.11.6)."""
    return {"text": re.sub(r"[\[\]\\]", r"\\\g<0>", text).replace("{", "{{").replace("}", "}}")}


def uri(file: Path) -> str:
    """Relative to the folder the command runs in, so that a reader finds it in its own checkout."""
    absolute, here = file.resolve(), Path.cwd()
    found = absolute.as_uri()
    return found.removeprefix(here.as_uri() + "/") if absolute.is_relative_to(here) else found
