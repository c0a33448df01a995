"""What `jsonschema-rs` says of schemas in normal form: is a value valid, is one schema contained in another?

Both have bounds, so that no contract keeps a comparison from coming to its end: a pattern may step back so often and no
more, and a schema of more than some hundred parts is not asked about but left unknown.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, Literal, TypeAlias

import jsonschema_rs

from sdkgen.compat.normal import Normal, Schema
from sdkgen.compat.view import Schemas

Contained: TypeAlias = Literal["yes", "no", "unknown"]

_PATTERNS = jsonschema_rs.FancyRegexOptions(backtrack_limit=100_000)
_MAX_PARTS = 120
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


class Oracle:
    """Answers for the schemas of one contract, each question worked out once."""

    def __init__(self, normal: Normal) -> None:
        self.normal = normal
        self._validators: dict[tuple[int, ...], tuple[Schemas, Any]] = {}
        self._insides: dict[int, tuple[Schema, list[str], int]] = {}
        self.answers: dict[tuple[Any, Any], Contained] = {}
        """By the canonical forms of two schemas: is the first contained in the second?"""
        self._canonical: dict[tuple[int, ...], tuple[Schemas, Any]] = {}

    def valid(self, schemas: Schemas, value: Any) -> bool | None:
        """Does the value satisfy them all? None where no validator can be made, or gives up."""
        key = self._key(schemas)
        if key not in self._validators:
            self._validators[key] = schemas, self._validator(schemas)
        validator = self._validators[key][1]
        try:
            return None if validator is None else bool(validator.is_valid(value))
        except ValueError:
            return None

    def _key(self, schemas: Schemas) -> tuple[int, ...]:
        return tuple(id(self.normal.resolve(one)) for one in schemas)

    def _validator(self, schemas: Schemas) -> Any:
        try:
            return jsonschema_rs.Draft202012Validator(
                self.document(schemas)[0],
                validate_formats=True,
                formats={"byte": _is_base64},
                pattern_options=_PATTERNS,
                offline=True,
            )
        except (ValueError, RecursionError):
            return None

    def document(self, schemas: Schemas) -> tuple[dict[str, Any], int]:
        """One document of all that these schemas refer to, and of how many parts it is."""
        found: dict[str, Any] = {"$schema": _DIALECT} | ({"allOf": list(schemas)} if schemas else {})
        if len(schemas) == 1 and isinstance(schemas[0], dict):
            found = {"$schema": _DIALECT} | schemas[0]
        parts = 0
        seen: set[str] = set()
        rest: list[Any] = list(schemas)
        while rest:
            references, size = self._inside(rest.pop())
            parts += size
            for reference in references:
                if reference not in seen:
                    seen.add(reference)
                    target = self.normal.target(reference)
                    use, name = reference.removeprefix("#/").split("/", 1)
                    plain = name.replace("%25", "%").replace("~1", "/").replace("~0", "~")
                    found.setdefault(use, {})[plain] = target
                    rest.append(target)
        return found, parts

    def _inside(self, schema: Schema) -> tuple[list[str], int]:
        """The references of one schema, those they lead to left out, and of how many parts it is."""
        if id(schema) not in self._insides:
            references, parts = [], 0
            rest: list[Any] = [schema]
            while rest:
                part = rest.pop()
                parts += 1
                if isinstance(part, dict):
                    if isinstance(part.get("$ref"), str):
                        references.append(part["$ref"])
                    rest += [value for value in part.values() if isinstance(value, (dict, list))]
                elif isinstance(part, list):
                    rest += [value for value in part if isinstance(value, (dict, list))]
            self._insides[id(schema)] = schema, references, parts
        return self._insides[id(schema)][1:]

    def canonical(self, schemas: Schemas) -> Any:
        """The canonical form; None where there is none."""
        key = self._key(schemas)
        if key not in self._canonical:
            self._canonical[key] = schemas, self._canonicalized(schemas)
        return self._canonical[key][1]

    def _canonicalized(self, schemas: Schemas) -> Any:
        document, parts = self.document(schemas)
        if parts > _MAX_PARTS:
            return None
        try:
            return jsonschema_rs.canonicalize(document, validate_formats=True, pattern_options=_PATTERNS, offline=True)
        except (ValueError, RecursionError):
            return None


def contained(inner: Oracle, inside: Schemas, outer: Oracle, around: Schemas) -> Contained:
    """Does every value that satisfies the first schemas satisfy the second?"""
    left, right = inner.canonical(inside), outer.canonical(around)
    if left is None or right is None:
        return "unknown"
    answers = inner.answers
    if (left, right) not in answers:
        answers[left, right] = right.covers(left).value
    return answers[left, right]


def residue(inner: Oracle, inside: Schemas, outer: Oracle, around: Schemas) -> Schema | None:
    """A schema of what satisfies the first and not the second; None where that can't be said."""
    left, right = inner.canonical(inside), outer.canonical(around)
    if left is None or right is None:
        return None
    try:
        found: Schema = left.subtract(right).to_json_schema()
    except (ValueError, RecursionError):
        return None
    return found
