"""Contracts that differ in one thing, and what is said of them."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from sdkgen.compat.changes import Result
from sdkgen.compat.compare import compare
from sdkgen.errors import pointer_tokens
from sdkgen.load import read

PAIRS = Path(__file__).parent / "pairs"
_CALLBACK = "/paths/~1orders/post/callbacks/shipped/{$request.body#~1callback}"
_PART = {
    "type": "object",
    "properties": {"size": {"type": "integer"}, "kind": {"type": "string"}},
    "required": ["size"],
}


def table(name: str) -> Any:
    """One of the tables of labelled pairs."""
    return read(PAIRS / f"{name}.yaml").value


def judged(folder: Path, old: Any, new: Any) -> Result:
    """The verdict on two documents."""
    paths = []
    for name, document in (("old", old), ("new", new)):
        paths.append(folder / name / "openapi.json")
        paths[-1].parent.mkdir(exist_ok=True)
        paths[-1].write_text(json.dumps(document), "utf-8")
    return compare(*paths)


def document(schema: Any, role: str, version: str = "3.0") -> dict[str, Any]:
    """A contract in which a schema is that of a property `it`, which goes in this direction."""
    body = {"type": "object", "properties": {"it": schema}, "additionalProperties": False}
    content = {"content": {"application/json": {"schema": body}}}
    answer = {"description": "Done.", **(content if role == "response" else {})}
    operation: dict[str, Any] = {"operationId": "sendThing", "responses": {"200": answer}}
    if role == "request":
        operation["requestBody"] = content
    return {
        "openapi": f"{version}.{'3' if version == '3.0' else '0'}",
        "info": {"title": "Things", "version": "1.0.0"},
        "paths": {"/things": {"post": operation}},
        "components": {"schemas": {"Part": _PART}},
    }


def edited(base: Any, edits: list[dict[str, Any]]) -> Any:
    """A document after some edits: `set` puts a value at a place, `remove` takes away what is there."""
    found = copy.deepcopy(base)
    for edit in edits:
        (kind, value), *_ = ((key, edit[key]) for key in ("set", "remove", "rename") if key in edit)
        *way, last = pointer_tokens(edit["at"].replace("CALLBACK", _CALLBACK))
        place = found
        for token in way:
            place = place[int(token)] if isinstance(place, list) else place.setdefault(token, {})
        if isinstance(place, list):
            place[int(last) : int(last) + 1] = [value] if kind == "set" else []
        elif kind == "set":
            place[last] = value
        elif kind == "rename":
            items = [(value if key == last else key, one) for key, one in place.items()]
            place.clear()
            place.update(items)
        else:
            del place[last]
    return found
