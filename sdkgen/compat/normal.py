"""Schemas in one normal form, whichever version of OpenAPI and whichever spelling they come in.

They are what a service on the platform validates with (`sdkgen.validation`), with two differences that follow from
asking what callers may rely on instead of what one service does:

- a `readOnly` property is no part of a request, a `writeOnly` one no part of a response;
- a discriminator allows the values it knows and no others.
"""

from __future__ import annotations

import math
from typing import Any, TypeAlias

from sdkgen import schema, validation
from sdkgen.load import Node
from sdkgen.model import Contract
from sdkgen.schema import Hierarchy
from sdkgen.validation import Use

Schema: TypeAlias = dict[str, Any] | bool

TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
_INTEGERS = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
_FLOAT = 3.4028234663852886e38
_BY_TYPE = {
    "string": "minLength maxLength pattern format contentEncoding contentMediaType contentSchema".split(),
    "number": "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf".split(),
    "array": """items prefixItems contains minContains maxContains minItems maxItems uniqueItems
        unevaluatedItems""".split(),
    "object": """properties required additionalProperties patternProperties propertyNames minProperties maxProperties
        dependentRequired dependentSchemas unevaluatedProperties""".split(),
}
_SAYS_NOTHING: dict[str, tuple[Any, ...]] = {
    "minLength": (0,),
    "minItems": (0,),
    "minProperties": (0,),
    "uniqueItems": (False,),
    "required": ([],),
    "items": (True, {}),
    "additionalProperties": (True, {}),
    "unevaluatedProperties": (True, {}),
    "unevaluatedItems": (True, {}),
    "patternProperties": ({},),
    "properties": ({},),
    "dependentRequired": ({},),
    "dependentSchemas": ({},),
    "propertyNames": (True, {}),
    "format": ("password",),
}


class Normal(validation.Bundle):
    """The schemas of one contract, each made when it is asked for."""

    kept = validation.Bundle.kept | {"contentEncoding", "contentMediaType"}

    def __init__(self, contract: Contract) -> None:
        super().__init__(contract)
        self.places: dict[int, Node] = {}
        self.cases: dict[int, Node] = {}
        """The schema that each case of a discriminator names."""
        self._targets: dict[str, Schema] = {}
        self._roots: dict[tuple[object, Use], Schema] = {}

    def schema(self, node: Node, use: Use) -> Schema:
        """The schema that stands at this place, for values in a request or a response."""
        key = (node.key, use)
        if key not in self._roots:
            self._roots[key] = self.value(node, use)
        return self._roots[key]

    def resolve(self, found: Schema) -> Schema:
        """What a schema that only refers to another refers to."""
        while isinstance(found, dict) and "$ref" in found and len(found) == 1:
            found = self.target(found["$ref"])
        return found

    def target(self, reference: str) -> Schema:
        if self.pending:
            self.finish()
        if reference not in self._targets:
            self._targets[reference] = self._target(reference)
        return self._targets[reference]

    def _target(self, reference: str) -> Schema:
        use, name = reference.removeprefix("#/").split("/", 1)
        name = name.replace("%25", "%").replace("~1", "/").replace("~0", "~")
        found: Schema = self.definitions[use][name]  # type: ignore[index]  # written by `Bundle`
        return found

    def place(self, found: Schema) -> Node | None:
        return self.places.get(id(found))

    def _held(self, node: Node, use: Use, owner: Node) -> Any:
        """See through what only wraps other schemas: `allOf` with one member, and alternatives with nothing beside."""
        value = node.value
        if not isinstance(value, dict) or "discriminator" in value or self.hierarchies.of(node):
            return super()._held(node, use, owner)
        said = {key for key in value if key not in schema.ANNOTATIONS and not key.startswith("x-")}
        if said == {"allOf"} and len(value["allOf"]) == 1:
            return self._held(node.child("allOf", "0"), use, owner)
        if said == {"allOf", "nullable"} and len(value["allOf"]) == 1 and value["nullable"] is True:
            return self._at(node, {"anyOf": [{"type": ["null"]}, self._held(node.child("allOf", "0"), use, owner)]})
        keyword = next(iter(said), "")
        if len(said) == 1 and keyword in ("anyOf", "oneOf"):
            members = [self._held(member, use, owner) for _, member in node.members(keyword)]
            return members[0] if len(members) == 1 else self._at(node, {keyword: members})
        return super()._held(node, use, owner)

    def _at(self, node: Node, found: dict[str, Any]) -> dict[str, Any]:
        self.places[id(found)] = node
        return found

    def composed(self, node: Node, use: Use, owner: Node) -> dict[str, Any]:
        found = super().composed(node, use, owner)
        if set(found) == {"anyOf"} and found["anyOf"][0] == {"type": "null"}:
            inner = found["anyOf"][1] = self._simple(found["anyOf"][1], node, use)
            self.places[id(inner)] = node
        else:
            found = self._simple(found, node, use)
        self.places[id(found)] = node
        return found

    def chosen(self, node: Node, hierarchy: Hierarchy, use: Use) -> dict[str, Any]:
        values: dict[object, tuple[Node, list[str]]] = {}
        for value, named in hierarchy.mapping.items():
            values.setdefault(named.key, (named, []))[1].append(value)
        cases = []
        for named, names in values.values():
            tag = {"type": "object", "properties": {hierarchy.property: {"enum": names}}}
            tag["required"] = [hierarchy.property]
            alone = self._alone(node, use, node) if named.key == node.key else self._reference(named, use)
            cases.append({"allOf": [tag, alone]})
            self.places[id(cases[-1])] = self.places[id(tag)] = node
            self.cases[id(cases[-1])] = named
        found: dict[str, Any] = {"anyOf": cases, "x-discriminator": hierarchy.property}
        self.places[id(found)] = node
        return {"anyOf": [{"type": "null"}, found]} if schema.is_nullable(node) else found

    def close(self, node: Node, converted: dict[str, Any]) -> None:
        before = set(converted.get("properties", ()))
        super().close(node, converted)
        for name in set(converted.get("properties", ())) - before:
            if self._is_foreign(node, name, "request"):
                del converted["properties"][name]

    def _is_foreign(self, node: Node, name: str, use: Use) -> bool:
        marker = "writeOnly" if use.startswith("response") else "readOnly"
        return any(
            schema.is_marked(self.contract, part.child("properties", name), marker)
            for part in schema.parts(self.contract, node, ("allOf",))
            if name in part.value.get("properties", {})
        )

    def _simple(self, found: dict[str, Any], node: Node, use: Use) -> dict[str, Any]:
        for name in list(found.get("properties", ())):
            if self._is_foreign(node, name, use):
                del found["properties"][name]
        if "type" in found or "enum" in found or "const" in found:
            self._typed(found)
        for keyword in [keyword for keyword, empty in _SAYS_NOTHING.items() if found.get(keyword) in empty]:
            if keyword in found and not (keyword == "unevaluatedProperties" and use == "request"):
                del found[keyword]
        only = {key for key in found if key != "allOf"}
        return found["allOf"][0] if not only and len(found.get("allOf", ())) == 1 else found

    def _typed(self, found: dict[str, Any]) -> None:
        types = found.get("type", list(TYPES))
        types = {types} if isinstance(types, str) else set(types)
        if "const" in found:
            found["enum"] = [found.pop("const")]
        if "enum" in found:
            found["enum"] = [v for v in found["enum"] if _is_of(v, types)]
            found.pop("type", None)
            return
        if "number" in types:
            types.discard("integer")
            if isinstance(found.get("multipleOf"), (int, float)) and found["multipleOf"] % 1 == 0:
                types = types - {"number"} | {"integer"}
        _in_words_of_30(found)
        _bound_by_format(found, types)
        for type_, keywords in _BY_TYPE.items():
            if type_ not in types and not (type_ == "number" and "integer" in types):
                for keyword in keywords:
                    found.pop(keyword, None)
        if types == {"integer"}:
            _whole(found)
        if types == set(TYPES) - {"integer"}:
            found.pop("type", None)
        else:
            found["type"] = sorted(types)


class Open(Normal):
    """The same as JSON Schema has it: an object that says nothing of other properties takes them.

    The platform refuses them (ADR 5). Whether a caller could rely on them is a question to the contract, though, and
    not to one service that has it.
    """

    def _is_closed_by_silence(self, node: Node) -> bool:  # noqa: ARG002
        return False


def _is_of(value: Any, types: set[str]) -> bool:
    kind = schema.kind_of(value)
    return kind in types or (kind == "integer" and "number" in types)


def _in_words_of_30(found: dict[str, Any]) -> None:
    """Bytes as text: OpenAPI 3.0 has formats for what 3.1 says with the keywords of JSON Schema."""
    if found.keys().isdisjoint(("format", "contentSchema")):
        if found.get("contentEncoding") == "base64" and "contentMediaType" not in found:
            found["format"] = "byte"
            del found["contentEncoding"]
        elif found.get("contentMediaType") == "application/octet-stream" and "contentEncoding" not in found:
            found["format"] = "binary"
            del found["contentMediaType"]


def _bound_by_format(found: dict[str, Any], types: set[str]) -> None:
    """The formats of numbers say which numbers they have room for (OpenAPI Format Registry)."""
    form = found.get("format")
    if form in _INTEGERS and types & {"integer", "number"}:
        least, most = _INTEGERS[form]
    elif form == "float" and "number" in types:
        least, most = -_FLOAT, _FLOAT  # type: ignore[assignment]  # numbers all the same
    else:
        if form in (*_INTEGERS, "float", "double"):
            del found["format"]
        return
    del found["format"]
    lower, upper = found.get("minimum", -math.inf), found.get("maximum", math.inf)
    if lower < least and not (lower == -math.inf and "exclusiveMinimum" in found):
        found["minimum"] = least
    if upper > most and not (upper == math.inf and "exclusiveMaximum" in found):
        found["maximum"] = most


def _whole(found: dict[str, Any]) -> None:
    """Bounds of integers, which have neighbours."""
    if "exclusiveMinimum" in found:
        found["minimum"] = max(math.floor(found.pop("exclusiveMinimum")) + 1, found.get("minimum", -math.inf))
    if "exclusiveMaximum" in found:
        found["maximum"] = min(math.ceil(found.pop("exclusiveMaximum")) - 1, found.get("maximum", math.inf))
    if "minimum" in found:
        found["minimum"] = math.ceil(found["minimum"])
    if "maximum" in found:
        found["maximum"] = math.floor(found["maximum"])
    if found.get("multipleOf") == 1:
        del found["multipleOf"]
