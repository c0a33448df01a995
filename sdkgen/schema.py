"""Questions about a schema object that types, validation and examples all ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sdkgen.load import Key, Node
from sdkgen.model import Contract

COMPOSITIONS = ("allOf", "oneOf", "anyOf")
_TEXT = frozenset("type format contentEncoding contentMediaType".split())
ANNOTATIONS = frozenset("description summary title example examples deprecated readOnly writeOnly default".split())


def types(node: Node) -> list[str]:
    """The types a schema names, or the one its keywords imply; empty where it says nothing."""
    value = node.value
    declared = value.get("type")
    if isinstance(declared, list):
        return list(declared)
    if declared is not None:
        return [declared, "null"] if value.get("nullable") is True else [declared]
    if "properties" in value or "additionalProperties" in value or "patternProperties" in value:
        return ["object"]
    return ["array"] if "items" in value else []


def is_nullable(node: Node) -> bool:
    """Does the schema itself, without those it is composed of, allow null?"""
    return "null" in types(node) or node.value.get("nullable") is True


def accepts_null(contract: Contract, node: Node, *, can_imply: bool = True) -> bool:
    """May a value be null, by the schema and all that it is composed of?

    Keywords imply no type (`can_imply`) where the schema is an alternative inside one that names a type.
    """
    value = node.value
    if not isinstance(value, dict) or value.get("nullable") is True:
        return value is not False
    found = kinds(contract, node)
    if found is not None and "null" not in found:
        return False
    if found is None and can_imply and implied_type(contract, node):
        return False
    return all(
        any(
            accepts_null(contract, member, can_imply=found is None or is_reference(contract, member))
            for _, member in part.members(keyword)
        )
        for part in parts(contract, node, ("allOf",))
        for keyword in ("oneOf", "anyOf")
        if keyword in part.value and "discriminator" not in part.value
    )


def kinds(contract: Contract, node: Node) -> set[str] | None:
    """The JSON types that a value may have by all that names any; None where nothing does."""
    found: set[str] | None = None
    for part in parts(contract, node, ("allOf",)):
        value = part.value
        if "type" in value:
            named = set(types(part))
        elif "const" in value or isinstance(value.get("enum"), list):
            named = {kind_of(constant) for constant in value.get("enum", [value.get("const")])}
        else:
            continue
        if "number" in named:
            named.add("integer")
        found = named if found is None else found & named
    return found


def kind_of(value: object) -> str:
    """The JSON type of a value."""
    if isinstance(value, bool):
        return "boolean"
    known = {int: "integer", float: "number", str: "string", type(None): "null", list: "array"}
    return known.get(type(value), "object")


def is_object(contract: Contract, node: Node) -> bool:
    """Does the schema, or what it takes over through `allOf`, declare properties of values that can have some?"""
    found = kinds(contract, node)
    return (found is None or "object" in found) and any(
        "properties" in part.value for part in parts(contract, node, ("allOf",))
    )


def is_text(contract: Contract, node: Node) -> bool:
    """Does the schema say no more of a value than that it is text, or bytes?"""
    found = kinds(contract, node)
    said = {key for part in parts(contract, node) for key in part.value if not key.startswith("x-")}
    return found in (None, {"string"}) and said <= _TEXT | ANNOTATIONS


def implied_type(contract: Contract, node: Node) -> str | None:
    """The type that keywords imply where nothing names one: who lists properties means an object."""
    if kinds(contract, node) is not None:
        return None
    if is_object(contract, node):
        return "object"
    composed = list(parts(contract, node, ("allOf",)))
    if any(keyword in part.value for part in composed for keyword in ("oneOf", "anyOf")):
        return None
    return next((kind for part in composed for kind in types(part)), None)


def is_reference(contract: Contract, node: Node) -> bool:
    """Does the schema only point to another? OpenAPI 3.0 ignores what stands beside `$ref`, 3.1 applies it."""
    value = node.value
    if not isinstance(value, dict) or "$ref" not in value:
        return False
    return contract.openapi == "3.0" or all(
        key == "$ref" or key in ANNOTATIONS or key.startswith("x-") for key in value
    )


def is_wrapper(value: dict[str, Any]) -> bool:
    """Is it `allOf` with one member, and nothing beside it but annotations and whether it may be null?"""
    return len(value.get("allOf", ())) == 1 and all(
        key in ("allOf", "type", "nullable") or key in ANNOTATIONS or key.startswith("x-") for key in value
    )


def is_marked(contract: Contract, node: Node, marker: str) -> bool:
    """Does the schema, or one it refers to, say `readOnly` or `writeOnly`?"""
    while isinstance(node.value, dict):
        if node.value.get(marker) is True and ("$ref" not in node.value or contract.openapi == "3.1"):
            return True
        if "$ref" not in node.value:
            return False
        node = contract.documents.target(node)
    return False


def parts(contract: Contract, node: Node, keywords: tuple[str, ...] = COMPOSITIONS) -> Iterator[Node]:
    """The schema and all it is composed of at the same place: references, and members of the given keywords."""
    if isinstance(node.value, dict) and "$ref" not in node.value and node.value.keys().isdisjoint(keywords):
        yield node
        return
    seen = set()
    rest = [node]
    while rest:
        part = rest.pop(0)
        if not isinstance(part.value, dict) or part.key in seen:
            continue
        seen.add(part.key)
        composed = [contract.documents.target(part)] if "$ref" in part.value else []
        if not composed or not is_reference(contract, part):
            yield part
            composed.extend(member for keyword in keywords for _, member in part.members(keyword))
        rest = composed + rest


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Schemas that are told apart by the value of one property."""

    property: str
    mapping: dict[str, Node]
    """From a value to the schema that it names."""

    def has(self, node: Node) -> bool:
        """Is this schema one of those that a value names?"""
        return any(node.key == named.key for named in self.mapping.values())


class Hierarchies:
    """The discriminators of a contract (OpenAPI 3.0 and 3.1, Discriminator Object)."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._known: dict[Key, Hierarchy | None] = {}

    def of(self, node: Node) -> Hierarchy | None:
        """What a value of this schema may be by its discriminator; None where only the schema itself is known."""
        if not isinstance(node.value, dict):
            return None
        if node.key not in self._known:
            self._known[node.key] = self._declared(node) if "discriminator" in node.value else self._inherited(node)
        return self._known[node.key]

    def is_subtype(self, node: Node) -> bool:
        """Does the schema take over, through `allOf`, one whose discriminator can name it?"""
        return any(self._known_below(base, node) for base in parts(self._contract, node, ("allOf",)))

    def _known_below(self, base: Node, node: Node) -> bool:
        hierarchy = self.of(base) if base.key != node.key and "discriminator" in base.value else None
        return hierarchy is not None and hierarchy.has(node)

    def _declared(self, node: Node) -> Hierarchy | None:
        """The explicit mapping, and by their names all schemas concerned that it does not mention.

        Concerned are the members of `oneOf` and `anyOf`, else the schema itself and all that take it over by `allOf`.
        """
        discriminator = node.value["discriminator"]
        documents = self._contract.documents
        explicit = {
            value: documents.follow(documents.mapped(named))
            for value, named in node.child("discriminator").members("mapping")
        }
        concerned = self._members(node) or self._descendants.get(node.key, [])
        mapped = {target.key for target in explicit.values()}
        mapping = explicit | {name: found for name, found in concerned if found.key not in mapped}
        if mapping and not self._members(node) and node.key in self._names and node.key not in mapped:
            mapping.setdefault(self._names[node.key], node)
        return Hierarchy(discriminator["propertyName"], mapping) if mapping else None

    def _inherited(self, node: Node) -> Hierarchy | None:
        """What the discriminator of a base says of the schemas below this one."""
        below = {found.key for _, found in self._descendants.get(node.key, [])}
        if not below:
            return None
        for base in parts(self._contract, node, ("allOf",)):
            hierarchy = self.of(base) if "discriminator" in base.value else None
            if hierarchy is not None and hierarchy.has(node):
                mapping = {v: named for v, named in hierarchy.mapping.items() if named.key in below | {node.key}}
                return Hierarchy(hierarchy.property, mapping)
        return None

    def _members(self, node: Node) -> list[tuple[str, Node]]:
        documents = self._contract.documents
        listed = [member for keyword in ("oneOf", "anyOf") for _, member in node.members(keyword)]
        targets = [documents.target(member) for member in listed if is_reference(self._contract, member)]
        return [(target.pointer[-1], documents.follow(target)) for target in targets if target.pointer]

    @cached_property
    def _names(self) -> dict[Key, str]:
        return {node.key: name for name, node in self._contract.schemas.items()}

    @cached_property
    def _descendants(self) -> dict[Key, list[tuple[str, Node]]]:
        """The named schemas that take a schema over through `allOf`, with their names.

        One that is a reference, or allows null, is another name for the schema and no subtype of it.
        """
        found: dict[Key, list[tuple[str, Node]]] = {}
        for name, node in self._contract.schemas.items():
            if isinstance(node.value, dict) and "allOf" in node.value and not is_nullable(node):
                for part in parts(self._contract, node, ("allOf",)):
                    if part.key != node.key:
                        found.setdefault(part.key, []).append((name, node))
        return found
