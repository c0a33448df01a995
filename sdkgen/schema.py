"""Questions about a schema object that types, validation and examples all ask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sdkgen.load import Documents, Node
from sdkgen.model import Contract

COMPOSITIONS = ("allOf", "oneOf", "anyOf")
_ANNOTATIONS = frozenset("description summary title example examples deprecated readOnly writeOnly default".split())


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


def has_structure_beside_ref(contract: Contract, node: Node) -> bool:
    """Do keywords beside `$ref` say more than annotations? OpenAPI 3.0 ignores them, 3.1 applies them."""
    if contract.openapi == "3.0":
        return False
    return any(key != "$ref" and key not in _ANNOTATIONS and not key.startswith("x-") for key in node.value)


def parts(documents: Documents, node: Node, keywords: tuple[str, ...] = COMPOSITIONS) -> Iterator[Node]:
    """The schema and all it is composed of at the same place: references, and members of the given keywords."""
    seen = set()
    rest = [node]
    while rest:
        part = rest.pop(0)
        if part.key in seen or not isinstance(part.value, dict):
            continue
        seen.add(part.key)
        yield part
        composed = [documents.target(part)] if "$ref" in part.value else []
        for keyword in keywords:
            members = part.get(keyword)
            composed.extend(member for _, member in (members.items() if members else []))
        rest = composed + rest


class Hierarchies:
    """The discriminators of a contract: which schemas are told apart by which value of which property."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._children: dict[Any, list[tuple[str, Node]]] | None = None
        self._known: dict[Any, dict[str, Node]] = {}

    def mapping(self, node: Node) -> dict[str, Node]:
        """Lead from a discriminator value to the schema it names; empty where nothing is known beside the base.

        OpenAPI 3.0 and 3.1, Discriminator Object: the explicit mapping, else the names of the schemas concerned, which
        are the members of `oneOf` and `anyOf`, or all that take the base over through `allOf`.
        """
        if node.key not in self._known:
            self._known[node.key] = self._mapping(node)
        return self._known[node.key]

    def _mapping(self, node: Node) -> dict[str, Node]:
        discriminator = node.value.get("discriminator")
        if not isinstance(discriminator, dict):
            return {}
        documents = self._contract.documents
        explicit = {
            value: documents.follow(Node(node.source, node.pointer, {"$ref": self._reference(target)}))
            for value, target in discriminator.get("mapping", {}).items()
        }
        concerned = dict(self._members(node) or self._descendants(node))
        mapped = {target.key for target in explicit.values()}
        return explicit | {name: target for name, target in concerned.items() if target.key not in mapped}

    def _reference(self, target: str) -> str:
        return f"#/components/schemas/{target}" if target in self._contract.schemas else target

    def _members(self, node: Node) -> list[tuple[str, Node]]:
        members = []
        for keyword in ("oneOf", "anyOf"):
            listed = node.get(keyword)
            for _, member in listed.items() if listed else []:
                if isinstance(member.value, dict) and "$ref" in member.value:
                    target = self._contract.documents.target(member)
                    members.append((target.pointer[-1], self._contract.documents.follow(target)))
        return members

    def _descendants(self, node: Node) -> list[tuple[str, Node]]:
        if self._children is None:
            self._children = {}
            for name, schema in self._contract.schemas.items():
                for part in parts(self._contract.documents, schema, ("allOf",)):
                    if part.key != schema.key and "discriminator" in part.value:
                        self._children.setdefault(part.key, []).append((name, schema))
        return self._children.get(node.key, [])
