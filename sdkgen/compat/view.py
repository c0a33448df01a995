"""A schema as one table of constraints: `allOf` merged, references followed, null told apart."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sdkgen.compat.normal import TYPES, Normal, Schema

Schemas: TypeAlias = tuple[Schema, ...]
"""Schemas that must all hold."""

ALTERNATIVES = ("anyOf", "oneOf")
CONDITIONS = ("not", "if", "contains", "propertyNames", "dependentSchemas", "patternProperties", "unevaluatedItems")
_HIGHEST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_LOWEST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_SETS = ("pattern", "format", "contentEncoding", "contentMediaType", "multipleOf", "uniqueItems")


@dataclass(slots=True)
class View:
    """What a conjunction of schemas says, keyword by keyword."""

    parts: list[dict[str, Any]] = field(default_factory=list)
    types: frozenset[str] = frozenset(TYPES)
    enum: list[Any] | None = None
    bounds: dict[str, float] = field(default_factory=dict)
    sets: dict[str, list[Any]] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    dependent: dict[str, set[str]] = field(default_factory=dict)
    composed: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """`anyOf`, `not` and their kin: the keyword, and the schema in which it stands."""
    impossible: bool = False
    names: dict[str, None] = field(default_factory=dict)
    """The properties that are declared, in order."""

    @property
    def closed(self) -> bool:
        """Are properties refused that are not declared?"""
        return any(part.get(key) is False for part in self.parts for key in _CLOSING)

    def of_property(self, name: str) -> Schemas:
        """What a property of this name must satisfy."""
        found: list[Schema] = []
        evaluated = name in self.names
        for part in self.parts:
            if name in part.get("properties", {}):
                found.append(part["properties"][name])
            elif "additionalProperties" in part and not part.get("patternProperties"):
                found.append(part["additionalProperties"])
            if "unevaluatedProperties" in part and not evaluated and not self.composed:
                found.append(part["unevaluatedProperties"])
        return _all(found)

    @property
    def others(self) -> Schemas:
        """What properties must satisfy that are not declared."""
        return _all([part[key] for part in self.parts for key in _CLOSING if key in part])

    def item(self, index: int) -> Schemas:
        """What the element at this index must satisfy."""
        found: list[Schema] = []
        for part in self.parts:
            prefix = part.get("prefixItems", [])
            if index < len(prefix):
                found.append(prefix[index])
            elif "items" in part:
                found.append(part["items"])
        return _all(found)

    @property
    def prefix(self) -> int:
        """How many elements have a schema of their own."""
        return max((len(part.get("prefixItems", ())) for part in self.parts), default=0)


_CLOSING = ("additionalProperties", "unevaluatedProperties")


def _all(found: list[Schema]) -> Schemas:
    if False in found:
        return (False,)
    unique: dict[int, Schema] = {id(one): one for one in found if one is not True and one != {}}
    return tuple(unique.values())


class Views:
    """The views of one contract's schemas, each made once."""

    def __init__(self, normal: Normal) -> None:
        self.normal = normal
        self._cores: dict[int, tuple[bool, Schema]] = {}
        self._made: dict[tuple[int, ...], View] = {}
        self._kept: list[object] = []
        """What is known by its address must stay where it is."""

    def stripped(self, found: Schema) -> tuple[bool, Schema]:
        """May it be null, and the schema for all other values."""
        found = self.normal.resolve(found)
        if not isinstance(found, dict):
            return bool(found), found
        if id(found) not in self._cores:
            self._kept.append(found)
            self._cores[id(found)] = self._strip(found)
        return self._cores[id(found)]

    def _strip(self, found: dict[str, Any]) -> tuple[bool, Schema]:
        for keyword in ALTERNATIVES:
            members = found.get(keyword, ())
            rest = [member for member in members if not _is_null(member)]
            if len(found) == 1 and 0 < len(rest) < len(members):
                if len(rest) == 1:
                    return True, self.stripped(rest[0])[1]
                return True, self._placed(found, {keyword: rest})
        types = found.get("type")
        if types and "null" in types and len(types) > 1:
            return True, self._placed(found, found | {"type": [one for one in types if one != "null"]})
        if None in (found.get("enum") or ()) and len(found["enum"]) > 1:
            return True, self._placed(found, found | {"enum": [one for one in found["enum"] if one is not None]})
        return False, found

    def _placed(self, original: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
        place = self.normal.place(original)
        if place is not None:
            self.normal.places[id(made)] = place
        self._kept.append(made)
        return made

    def view(self, schemas: Schemas) -> View:
        key = tuple(map(id, schemas))
        if key not in self._made:
            self._kept.append(schemas)
            view = View()
            seen: set[int] = set()
            for one in schemas:
                self._merge(view, one, seen)
            self._made[key] = view
        return self._made[key]

    def _merge(self, view: View, found: Schema, seen: set[int]) -> None:
        found = self.normal.resolve(found)
        if found is False:
            view.impossible = True
        if not isinstance(found, dict) or id(found) in seen:
            return
        seen.add(id(found))
        view.parts.append(found)
        self._own(view, found)
        if "$ref" in found:
            self._merge(view, self.normal.target(found["$ref"]), seen)
        for member in found.get("allOf", ()):
            self._merge(view, member, seen)

    @staticmethod
    def _own(view: View, found: dict[str, Any]) -> None:
        if "type" in found:
            types = set([found["type"]] if isinstance(found["type"], str) else found["type"])
            view.types &= types | ({"integer"} if "number" in types else set())
        if "enum" in found or "const" in found:
            listed = found["enum"] if "enum" in found else [found["const"]]
            view.enum = listed if view.enum is None else [*filter(among(listed), view.enum)]
        for key in _HIGHEST:
            if key in found:
                view.bounds[key] = max(found[key], view.bounds.get(key, -math.inf))
        for key in _LOWEST:
            if key in found:
                view.bounds[key] = min(found[key], view.bounds.get(key, math.inf))
        for key in _SETS:
            if key in found and found[key] not in view.sets.setdefault(key, []):
                view.sets[key].append(found[key])
        view.required.update(found.get("required", ()))
        for name, needed in found.get("dependentRequired", {}).items():
            view.dependent.setdefault(name, set()).update(needed)
        view.names.update(dict.fromkeys(found.get("properties", ())))
        view.composed += [(key, found) for key in (*ALTERNATIVES, *CONDITIONS) if key in found]


def _is_null(member: Schema) -> bool:
    return member in ({"type": "null"}, {"type": ["null"]}, {"enum": [None]})


def among(listed: list[Any]) -> Callable[[Any], bool]:
    """Asks of a value whether it is one of these, of which there may be many thousand."""
    plain = {(isinstance(one, bool), one) for one in listed if not isinstance(one, (dict, list))}
    others = [one for one in listed if isinstance(one, (dict, list))]

    def is_in(value: Any) -> bool:
        if isinstance(value, (dict, list)):
            return any(same_value(value, one) for one in others)
        return (isinstance(value, bool), value) in plain

    return is_in


def same_value(left: Any, right: Any) -> bool:
    """Equality of JSON values, where `true` is not 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same_value(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same_value, left, right))
    return bool(left == right)
