"""The page. What services say is text in it, whatever it looks like; its policy lets in its own script alone."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from paviour import __version__
from paviour.fleet.inventory import Entry
from paviour.fleet.report.charts import HEIGHT, WIDTH, adoption, drift_by_team


def render(entries: Sequence[Entry], today: date) -> str:
    style, script = _source("page.css"), _source("page.js")
    policy = (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    entries = sorted(entries, key=lambda entry: _order(entry.repository))
    readable = [entry for entry in entries if entry.error is None]
    return (
        _environment()
        .get_template("page.html")
        .render(
            entries=entries,
            newest=__version__,
            today=today,
            tiles=_tiles(entries, readable),
            filters={
                "stack": ("Stack", _values(entry.stack for entry in readable)),
                "standard": ("Standard", _values(entry.standard for entry in readable)),
                "owner": ("Owner", _values(entry.owner for entry in readable)),
                "lifecycle": ("Lifecycle", _values(entry.lifecycle for entry in readable)),
            },
            adoption=adoption(entries, today),
            bars=drift_by_team(entries),
            width=WIDTH,
            height=HEIGHT,
            style=style,
            script=script,
            policy=policy,
            score=_score,
            objectives=_objectives,
            link=_link,
            order=_order,
        )
    )


def _tiles(entries: Sequence[Entry], readable: Sequence[Entry]) -> list[tuple[str, int, str]]:
    """Label, number, and how it is meant."""
    behind, drifted = sum(entry.is_behind for entry in readable), sum(bool(entry.drift) for entry in readable)
    unverified = sum(entry.verify is None or entry.verify["failed"] > 0 for entry in readable)
    return [
        ("services", len(entries), "plain"),
        (f"on {__version__}", len(readable) - behind, "good"),
        ("behind", behind, "bad" if behind else "good"),
        ("drifted", drifted, "bad" if drifted else "good"),
        ("not verified, or failing", unverified, "bad" if unverified else "good"),
        ("not readable", len(entries) - len(readable), "bad" if len(entries) > len(readable) else "good"),
    ]


def _values(found: Any) -> list[str]:
    return sorted({value for value in found if value}, key=_order)


def _score(entry: Entry) -> float | None:
    """The share of the checks of `paviour verify` that passed, in percent, rounded down: 100 means all."""
    if entry.verify is None:
        return None
    tried = entry.verify["passed"] + entry.verify["failed"]
    return int(entry.verify["passed"] / tried * 1000) / 10 if tried else None


def _objectives(entry: Entry) -> list[str]:
    slo = entry.slo or {}
    found = [f"{slo['availability']} % available"] if "availability" in slo else []
    latency = slo.get("latency")
    if isinstance(latency, dict) and {"target", "threshold"} <= latency.keys():
        found.append(f"{latency['target']} % within {latency['threshold']} s")
    return found


def _link(entry: Entry) -> str | None:
    """Where a browser finds the repository."""
    is_page = entry.location.startswith(("https://", "http://"))
    return entry.location.removesuffix(".git") if is_page else None


def _order(value: Any) -> str:
    """A text that sorts as the value does: numbers in it by their size."""
    if value is None:
        return ""
    return "".join(part.zfill(8) if part.isdecimal() else part for part in _parts(str(value).lower()))


def _parts(text: str) -> list[str]:
    found: list[str] = []
    for sign in text:
        if found and found[-1][-1].isdecimal() == sign.isdecimal():
            found[-1] += sign
        else:
            found.append(sign)
    return found


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _source(name: str) -> str:
    loader = _environment().loader
    assert loader is not None  # noqa: S101
    return loader.get_source(_environment(), name)[0]


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("paviour.fleet.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
