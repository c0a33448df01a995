"""Which parts of two contracts are the same text, all that they refer to included: nothing is left to compare there."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from posixpath import join, normpath
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

from sdkgen.compat.side import Side
from sdkgen.compat.view import same_value
from sdkgen.errors import Pointer, pointer_tokens
from sdkgen.load import Node

Part: TypeAlias = tuple[str, ...]
"""A file and the first tokens of a pointer: a component, a path, or another section of the document."""


class Untouched:
    """Asked for each pair of places before they are compared."""

    def __init__(self, old: Side, new: Side) -> None:
        self._old, self._new = old, new
        before, after = _parts(old), _parts(new)
        touched = {part for part in before.keys() | after.keys() if not same(before.get(part), after.get(part))}
        if old.contract.openapi != new.contract.openapi:
            touched |= before.keys() | after.keys()
        dependents: dict[Part, set[Part]] = defaultdict(set)
        for parts in (before, {part: after[part] for part in after if part in touched}):
            for part, value in parts.items():
                for target in _references(part, value):
                    dependents[target].add(part)
                for base in _bases(part, value):
                    dependents[part].add(base)
        rest = list(touched)
        while rest:
            found = dependents[rest.pop()] - touched
            touched |= found
            rest += found
        self._parts = (before.keys() | after.keys()) - touched

    def __call__(self, old: Node, new: Node) -> bool:
        """Do these two places say the same in the same words?"""
        file = self._old.file(old)
        return old.pointer == new.pointer and file == self._new.file(new) and _part(file, old.pointer) in self._parts


def same(left: Any, right: Any) -> bool:
    """Are two values the same? Their order aside, and `true` is not 1."""
    return bool(left == right) and (json.dumps(left) == json.dumps(right) or same_value(left, right))


def _part(file: str, pointer: Pointer) -> Part:
    if file:
        return (file,)
    return ("", *pointer[: 3 if pointer[:1] == ("components",) else 2])


def _parts(side: Side) -> dict[Part, Any]:
    """What both contracts are cut into. The document itself is a part as well: of what no other part has."""
    found: dict[Part, Any] = {}
    for section, value in side.root.value.items():
        if section == "components":
            found |= {("", section, kind, name): one for kind, named in value.items() for name, one in _members(named)}
        elif isinstance(value, dict):
            found |= {("", section, name): one for name, one in value.items()}
    for source in side.documents.sources.values():
        if source is not side.documents.root:
            found[side.file(Node(source, (), source.value)),] = source.value
    return found


def _members(value: Any) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, dict) else []


def _references(part: Part, value: Any) -> Iterator[Part]:
    """The parts that a part refers to."""
    rest = [value]
    while rest:
        found = rest.pop()
        if isinstance(found, list):
            rest += found
        elif isinstance(found, dict):
            rest += [inner for inner in found.values() if isinstance(inner, (dict, list))]
            if isinstance(found.get("$ref"), str):
                yield _target(part[0], found["$ref"])
            discriminator = found.get("discriminator")
            if isinstance(discriminator, dict) and isinstance(discriminator.get("mapping"), dict):
                for named in discriminator["mapping"].values():
                    yield _target(part[0], str(named))
                    yield "", "components", "schemas", str(named)


def _bases(part: Part, value: Any) -> Iterator[Part]:
    """The schemas that a schema takes over: their discriminators know it."""
    for member in value.get("allOf", ()) if isinstance(value, dict) else ():
        if isinstance(member, dict) and isinstance(member.get("$ref"), str):
            yield _target(part[0], member["$ref"])


@cache
def _target(file: str, reference: str) -> Part:
    parts = urlsplit(reference)
    if parts.path:
        file = normpath(join(file.rpartition("/")[0], unquote(parts.path)))
    return _part(file, pointer_tokens(unquote(parts.fragment)))
