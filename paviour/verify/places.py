"""The places of a JSON value, each with the schemas that speak of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from paviour.verify.schemas import Path, Pointer, Schemas

MAX_PLACES = 400
"""Of one value: a contract may be recursive."""


@dataclass(frozen=True, slots=True)
class Place:
    path: Path
    value: Any
    pointers: tuple[Pointer, ...]
    """Where the schemas stand that the value is held against here."""
    schemas: tuple[dict[str, Any], ...]
    """Those schemas."""

    def limits(self, keyword: str) -> Iterator[Any]:
        """What the schemas say by this keyword."""
        return (schema[keyword] for schema in self.schemas if keyword in schema)


def places(schemas: Schemas, root: Pointer, value: Any) -> Iterator[Place]:
    """All places, outer ones first. Of an array only the first item, because the others are held against the same."""
    pending: list[tuple[Path, Any, list[Pointer]]] = [((), value, [root])]
    for number, (path, found, roots) in enumerate(pending):
        if number == MAX_PLACES:
            return
        pointers = tuple(dict.fromkeys(p for root in roots for p in applying(schemas, root, found)))
        place = Place(path, found, pointers, tuple(schemas.at(pointer) for pointer in pointers))
        yield place
        members = found.items() if isinstance(found, dict) else enumerate(found[:1]) if isinstance(found, list) else ()
        pending += [((*path, name), member, child(place, name)) for name, member in members]


def applying(schemas: Schemas, pointer: Pointer, value: Any) -> Iterator[Pointer]:
    """A schema and all that it is composed of, as far as that depends on this value."""
    schema = schemas.at(pointer)
    if not isinstance(schema, dict):
        return
    yield pointer
    if "$ref" in schema:
        yield from applying(schemas, schemas.target(schema["$ref"]), value)
    for part in members(pointer, schema, "allOf"):
        yield from applying(schemas, part, value)
    for keyword in ("oneOf", "anyOf"):
        for part in members(pointer, schema, keyword):
            if schemas.is_valid(part, value):
                yield from applying(schemas, part, value)
    if "if" in schema:
        branch = "then" if schemas.is_valid((*pointer, "if"), value) else "else"
        yield from applying(schemas, (*pointer, branch), value)


def types(schemas: Schemas, root: Pointer) -> set[str]:
    """The JSON types that a schema and all that it may be composed of name."""
    found: set[str] = set()
    pending, seen = [root], set[Pointer]()
    while pending:
        pointer = pending.pop()
        schema = schemas.at(pointer)
        if pointer in seen or not isinstance(schema, dict):
            continue
        seen.add(pointer)
        named = schema.get("type", [])
        found |= {named} if isinstance(named, str) else set(named)
        pending += [part for keyword in ("allOf", "oneOf", "anyOf") for part in members(pointer, schema, keyword)]
        pending += [(*pointer, keyword) for keyword in ("if", "then", "else")]
        pending += [schemas.target(schema["$ref"])] if "$ref" in schema else []
    return found


def members(pointer: Pointer, schema: dict[str, Any], keyword: str) -> list[Pointer]:
    return [(*pointer, keyword, str(at)) for at in range(len(schema.get(keyword, ())))]


def child(place: Place, name: str | int) -> list[Pointer]:
    """The schemas of a member or an item."""
    return [found for pointer, schema in zip(place.pointers, place.schemas, strict=True)
            for found in _child(pointer, schema, name)]  # fmt: skip


def _child(pointer: Pointer, schema: dict[str, Any], name: str | int) -> Iterable[Pointer]:
    if isinstance(name, int):
        prefix = len(schema.get("prefixItems", ()))
        return [(*pointer, "prefixItems", str(name))] if name < prefix else [(*pointer, "items")]
    found = [(*pointer, "properties", name)] if name in schema.get("properties", {}) else []
    found += [(*pointer, "patternProperties", p) for p in schema.get("patternProperties", {}) if re.search(p, name)]
    return found or [(*pointer, keyword) for keyword in ("additionalProperties", "unevaluatedProperties")]


def replaced(value: Any, path: Path, new: Any) -> Any:
    """A copy with another value at a place."""
    if not path:
        return new
    name, rest = path[0], path[1:]
    if isinstance(value, list):
        items = [replaced(item, rest, new) if at == name else item for at, item in enumerate(value)]
        return items if items else [new]
    return {**value, str(name): replaced(value.get(name), rest, new)}


def at(value: Any, path: Path) -> Any:
    for name in path:
        value = value[name]
    return value
