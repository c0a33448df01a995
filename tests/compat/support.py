"""Contracts that differ in one thing, and what is said of them."""

from __future__ import annotations

import copy
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

from sdkgen.compat.changes import Result
from sdkgen.compat.compare import compare
from sdkgen.compat.gaps import Direction
from sdkgen.compat.normal import Normal
from sdkgen.compat.side import Side
from sdkgen.compat.view import Schemas
from sdkgen.errors import pointer_tokens
from sdkgen.load import read

PAIRS = Path(__file__).parent / "pairs"
_CALLBACK = "/paths/~1orders/post/callbacks/shipped/{$request.body#~1callback}"


def _tagged(**own: Any) -> Any:
    return {"type": "object", "properties": {"t": {"type": "string"}, **own}, "required": ["t"]}


_COMPONENTS = {
    "Part": {
        "type": "object",
        "properties": {"size": {"type": "integer"}, "kind": {"type": "string"}},
        "required": ["size"],
    },
    "Alias": {"$ref": "#/components/schemas/Part"},
    "Text": {"type": "string"},
    "Color": {"type": "string", "enum": ["red", "green"]},
    "Tree": {
        "type": "object",
        "properties": {"kids": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}},
    },
    "Cat": _tagged(claws={"type": "integer"}),
    "Dog": _tagged(bark={"type": "boolean"}),
    "Fish": _tagged(fins={"type": "integer"}),
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


def document(schema: Any, roles: Collection[str], version: str = "3.0") -> dict[str, Any]:
    """A contract in which a schema is that of a property `it`, which goes in these directions."""
    body = {"type": "object", "properties": {"it": schema}, "additionalProperties": False}
    content = {"content": {"application/json": {"schema": body}}}
    answer = {"description": "Done.", **(content if "response" in roles else {})}
    operation: dict[str, Any] = {"operationId": "sendThing", "responses": {"200": answer}}
    if "request" in roles:
        operation["requestBody"] = content
    return {
        "openapi": f"{version}.{'3' if version == '3.0' else '0'}",
        "info": {"title": "Things", "version": "1.0.0"},
        "paths": {"/things": {"post": operation}},
        "components": {"schemas": dict(_COMPONENTS)},
    }


def documents(case: dict[str, Any], *roles: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The two contracts of a labelled pair of schemas."""
    version = case.get("version", "3.0")
    return document(case["was"], roles, version), document(case["is"], roles, case.get("becomes", version))


def sides(folder: Path) -> tuple[Side, Side]:
    """The two contracts that were judged in this folder."""
    return Side(folder / "old" / "openapi.json"), Side(folder / "new" / "openapi.json")


def schema(side: Side, role: Direction, normal: Normal | None = None) -> Schemas:
    """The schema of the whole body, in normal form."""
    operation = side.root.child("paths", "/things", "post")
    owner = operation.child("requestBody") if role == "request" else operation.child("responses", "200")
    return ((normal or side.normal).schema(owner.child("content", "application/json", "schema"), role),)


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
