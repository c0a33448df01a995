"""Values that a schema accepts: one, one with all members that it may have, and one for each alternative."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from paviour.verify.places import Place, child, members, places, replaced
from paviour.verify.schemas import Path, Pointer, Schemas
from sdkgen.examples import TEXTS

_MAX_DEPTH = 8
_MAX_ALTERNATIVES = 24
_MAX_GROWN = 120
_CANDIDATES = (
    "text",
    "a",
    "A",
    "0",
    "1",
    "aa",
    "AA",
    "AAA",
    "00",
    "12345",
    "a1",
    "a-1",
    "12345678",
    "1.0",
    "192.0.2.0/24",
)
"""Tried where there is a pattern."""


class NoSample(Exception):
    """No value was found."""


def variants(schemas: Schemas, root: Pointer, value: Any) -> list[Any]:
    """The value with as many members as it may have, and the same for each alternative that the schema offers."""
    found = [grown(schemas, root, value)]
    for alternative in _alternatives(schemas, root, found[0]):
        if len(found) > _MAX_ALTERNATIVES:
            break
        if schemas.is_valid(root, alternative):
            found.append(grown(schemas, root, alternative))
    return found


def grown(schemas: Schemas, root: Pointer, value: Any) -> Any:
    """The value with the members and items that its schemas declare and it lacks, as far as they keep it valid."""
    tried: set[Path] = set()
    for _ in range(_MAX_DEPTH):
        lacking = [found for found in _lacking(schemas, root, value) if found[1] not in tried][:_MAX_GROWN]
        if not lacking:
            break
        for pointers, path in lacking:
            tried.add(path)
            try:
                sample = _sample(schemas, pointers, len(path))
            except NoSample:
                continue
            larger = replaced(value, path, sample)
            if schemas.is_valid(root, larger):
                value = larger
    return value


def _lacking(schemas: Schemas, root: Pointer, value: Any) -> Iterator[tuple[list[Pointer], Path]]:
    """The schemas of what is not there, and the place where it would be."""
    for place in places(schemas, root, value):
        if len(place.path) >= _MAX_DEPTH:
            return
        if isinstance(place.value, dict):
            names = dict.fromkeys(name for declared in place.limits("properties") for name in declared)
            yield from ((child(place, name), (*place.path, name)) for name in names if name not in place.value)
        elif place.value == [] and any(place.limits("items")):
            yield child(place, 0), (*place.path, 0)


def _alternatives(schemas: Schemas, root: Pointer, value: Any) -> Iterator[Any]:
    for place in places(schemas, root, value):
        for pointer, schema in zip(place.pointers, place.schemas, strict=True):
            for branch, extra in _branches(schemas, pointer, schema):
                if schemas.is_valid(branch, place.value) and not extra:
                    continue
                if extra and isinstance(place.value, dict) and extra.items() <= place.value.items():
                    continue
                try:
                    sample = _sample(schemas, [branch], len(place.path))
                except NoSample:
                    continue
                yield replaced(value, place.path, {**sample, **extra} if isinstance(sample, dict) else sample)


def _branches(schemas: Schemas, pointer: Pointer, schema: dict[str, Any]) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    """The alternatives of a schema, each with the members that it is told apart by."""
    for keyword in ("oneOf", "anyOf"):
        for part in members(pointer, schema, keyword):
            yield part, {}
    if "if" in schema and "then" in schema:
        for case in members((*pointer, "then"), schema["then"], "allOf"):
            condition = schemas.at(case).get("if", {}).get("properties", {})
            constants = {name: found["const"] for name, found in condition.items() if "const" in found}
            if constants:
                yield (*case, "then"), constants


def _sample(schemas: Schemas, roots: list[Pointer], depth: int) -> Any:
    """A small value. Raises NoSample."""
    if depth > _MAX_DEPTH:
        raise NoSample
    pointers, extra = _chosen(schemas, roots)
    place = Place((), None, tuple(pointers), tuple(schemas.at(pointer) for pointer in pointers))
    for candidate in _candidates(schemas, place, depth):
        value = {**candidate, **extra} if isinstance(candidate, dict) else candidate
        if all(schemas.is_valid(root, value) for root in roots if schemas.at(root) is not None):
            return value
    raise NoSample


def _chosen(schemas: Schemas, roots: list[Pointer]) -> tuple[list[Pointer], dict[str, Any]]:
    """The schemas, with the first alternative wherever there are several, and the members that go with it."""
    found: list[Pointer] = []
    extra: dict[str, Any] = {}
    pending = list(roots)
    while pending:
        pointer = pending.pop(0)
        schema = schemas.at(pointer)
        if pointer in found or not isinstance(schema, dict):
            continue
        found.append(pointer)
        if "$ref" in schema:
            pending.append(schemas.target(schema["$ref"]))
        pending += members(pointer, schema, "allOf")
        for branch, constants in _branches(schemas, pointer, schema):
            if not extra.keys() & constants.keys():
                pending.append(branch)
                extra |= constants
            break
    return found, extra


def _candidates(schemas: Schemas, place: Place, depth: int) -> Iterator[Any]:
    yield from place.limits("const")
    for constants in place.limits("enum"):
        yield from constants
    kinds = next(place.limits("type"), None)
    for kind in [kinds] if isinstance(kinds, str) else kinds or ["object", "string"]:
        match kind:
            case "object":
                yield _object(schemas, place, depth)
            case "array":
                yield _array(schemas, place, depth)
            case "string":
                yield from _texts(place)
            case "integer" | "number":
                yield from _numbers(place)
            case "boolean":
                yield True
    yield None


def _object(schemas: Schemas, place: Place, depth: int) -> dict[str, Any]:
    names = dict.fromkeys(name for required in place.limits("required") for name in required)
    return {name: _sample(schemas, child(place, name), depth + 1) for name in names}


def _array(schemas: Schemas, place: Place, depth: int) -> list[Any]:
    number = max([1, *place.limits("minItems")])
    return [_sample(schemas, child(place, at), depth + 1) for at in range(min(number, 10))]


def _texts(place: Place) -> Iterator[str]:
    shortest = max([0, *place.limits("minLength")])
    yield from (TEXTS[name] for name in place.limits("format") if name in TEXTS)
    yield from (text.ljust(shortest, text[-1]) for text in _CANDIDATES)


def _numbers(place: Place) -> Iterator[float]:
    yield 1
    for keyword in ("minimum", "maximum", "multipleOf"):
        yield from place.limits(keyword)
    for keyword, step in (("exclusiveMinimum", 1), ("exclusiveMaximum", -1)):
        yield from (limit + step for limit in place.limits(keyword))
