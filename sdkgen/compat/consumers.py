"""Who uses what of a contract: `consumers.yaml`, or the Pact files that consumers publish.

    - name: web-shop
      language: typescript
      scopes: [orders.read]
      operations:
        GET /orders:
          parameters: [limit]
          response: [id, place.street]
        POST /orders:
          request: [item]
          response: []

An operation is named by method and path, or by its operationId. A list that is left out means that nobody knows; an
empty one that nothing is used. A field is the way to it by properties; elements of arrays are not counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from sdkgen.compat.changes import LANGUAGES
from sdkgen.compat.operations import endpoints
from sdkgen.compat.side import Side
from sdkgen.load import Node, read

Field: TypeAlias = tuple[str, ...]
_LISTS = ("parameters", "request", "response", "headers")
_KEYS = {"name", "language", "scopes", "operations", "owner"}


@dataclass(frozen=True, slots=True)
class Usage:
    """What a consumer uses of one operation; None where nobody knows."""

    parameters: frozenset[str] | None = None
    request: frozenset[Field] | None = None
    response: frozenset[Field] | None = None
    headers: frozenset[str] | None = None
    values: dict[Field, frozenset[str]] = field(default_factory=dict)
    """The constants that a consumer knows of a field it reads."""


@dataclass(slots=True)
class Consumer:
    name: str
    language: str | None
    scopes: frozenset[str] | None
    operations: dict[tuple[str, str], Usage]
    """By path, with parameters unnamed, and method."""


def consumers(path: Path, old: Side) -> list[Consumer]:
    """The consumers in a file: a list of them, or one Pact. Raises ContractError."""
    source = read(path)
    root = Node(source, (), source.value)
    if isinstance(source.value, dict) and "interactions" in source.value:
        from sdkgen.compat.pact import consumer

        return [consumer(root, old)]
    if not isinstance(source.value, list):
        raise root.error("is neither a list of consumers nor a Pact", "write entries with name and operations")
    return [_consumer(node, old) for _, node in root.items()]


def _consumer(node: Node, old: Side) -> Consumer:
    value = node.value
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        raise node.error("a consumer needs a `name`", "add it")
    unknown = sorted(set(value) - _KEYS)
    if unknown:
        raise node.child(unknown[0]).error(f"a consumer has no `{unknown[0]}`", f"use {', '.join(sorted(_KEYS))}")
    if value.get("language") not in (None, *LANGUAGES):
        raise node.child("language").error("is no language of the SDKs", f"use {' or '.join(LANGUAGES)}")
    known = names(old)
    operations: dict[tuple[str, str], Usage] = {}
    for name, used in node.members("operations"):
        key = known.get(plain(name))
        if key is None:
            raise used.error(f"the old contract has no operation {name!r}", "correct it, or remove it")
        operations[key] = _usage(used)
    scopes = value.get("scopes")
    return Consumer(value["name"], value.get("language"), frozenset(scopes) if scopes is not None else None, operations)


def _usage(node: Node) -> Usage:
    value = node.value or {}
    if not isinstance(value, dict):
        raise node.error("is no object", f"write {', '.join(_LISTS)} below it")
    for key, found in value.items():
        if key == "values":
            continue
        if key not in _LISTS:
            raise node.child(key).error(f"a use has no `{key}`", f"use {', '.join((*_LISTS, 'values'))}")
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise node.child(key).error("is no list of names", "write each as text")
    listed = {key: frozenset(value[key]) if key in value else None for key in _LISTS}
    return Usage(
        parameters=_lowered(listed["parameters"]),
        request=_fields(listed["request"]),
        response=_fields(listed["response"]),
        headers=_lowered(listed["headers"]),
        values={tuple(way.split(".")): frozenset(map(str, known)) for way, known in value.get("values", {}).items()},
    )


def _lowered(found: frozenset[str] | None) -> frozenset[str] | None:
    return None if found is None else frozenset(name.lower() for name in found)


def _fields(found: frozenset[str] | None) -> frozenset[Field] | None:
    return None if found is None else frozenset(tuple(way.split(".")) for way in found)


def names(side: Side) -> dict[str, tuple[str, str]]:
    """The operations of a contract by all names that they go by."""
    found: dict[str, tuple[str, str]] = {}
    for key, endpoint in endpoints(side).items():
        found[f"{key[1].upper()} {key[0]}"] = key
        if "operationId" in endpoint.node.value:
            found[endpoint.node.value["operationId"]] = key
    return found


def plain(operation: str) -> str:
    """An operation's name without those of its path parameters."""
    return re.sub(r"\{[^}]*\}", "{}", operation)


def flattened(value: Any, way: Field = ()) -> Iterator[tuple[Field, Any]]:
    """All fields of a JSON value, with the plain values that stand there."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield (*way, name), one
            yield from flattened(one, (*way, name))
    elif isinstance(value, list):
        for one in value:
            yield from flattened(one, way)
