"""Workflow commands of GitHub Actions: annotations on the lines of a pull request."""

from __future__ import annotations

from paviour import sarif
from sdkgen import positions
from sdkgen.compat.changes import Change, Result
from sdkgen.errors import Place

_COMMANDS = {"breaking": "error", "unknown": "warning"}


def render(result: Result) -> str:
    shown = [change for change in result.changes if change.level in _COMMANDS]
    places = positions.places(change.node for change in shown)
    return "\n".join(_annotation(change, places[change.node.key]) for change in shown)


def _annotation(change: Change, place: Place) -> str:
    command = "notice" if change.approval else _COMMANDS[change.level]
    file = _escaped(sarif.uri(place.file)).replace(":", "%3A").replace(",", "%2C")
    message = _escaped(f"{change.axis}: {change.message} ({change.fingerprint})")
    return f"::{command} file={file},line={place.line or 1},title={change.id}::{message}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
