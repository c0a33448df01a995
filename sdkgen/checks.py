"""What must hold of every object of a contract, wherever it stands, and what the metaschema does not say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from sdkgen import metaschema, schema, walk
from sdkgen.load import Key, Node
from sdkgen.model import Contract

_NOT_APPLIED = {
    "$id": ("schema-id", "`$id` does not change where references lead"),
    "$dynamicRef": ("dynamic-reference", "`$dynamicRef` is not followed: any value is taken there"),
    "$schema": ("schema-dialect", "the schema is read as JSON Schema 2020-12, whatever dialect it names"),
}
_DIALECTS = ("https://json-schema.org/draft/2020-12/schema", "https://spec.openapis.org/oas/3.1/dialect/base")


def check(contract: Contract) -> None:
    """Look at every object once, and report the keywords that are not applied.

    Raises ContractError for the first object that can't be used, in the order of the text.
    """
    for _ in sound_objects(contract):
        pass


def sound_objects(contract: Contract) -> Iterator[tuple[Node, str]]:
    """All objects with their kinds, as `walk.objects` has them, each when it is checked. Raises ContractError."""
    return _Check(contract).run()


_MAX_CHAIN = 200
_MAX_COMPOSED = 10_000


@dataclass(slots=True)
class _Composition:
    """A schema on the way through what it is composed of, and how far that goes."""

    node: Node
    rest: Iterator[Node]
    depth: int = 1
    size: int = 1
    """Each schema as often as it is used."""

    def add(self, depth: int, size: int) -> None:
        self.depth = max(self.depth, depth + 1)
        self.size += size


class _Check:
    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.documents = contract.documents
        self.patterns: set[str] = set()
        self.wanted: set[tuple[Key, str]] = set()
        self.sound: dict[Key, tuple[int, int]] = {}
        """How deep and how large the composition is, where it has an end."""

    def run(self) -> Iterator[tuple[Node, str]]:
        for node, kind in walk.objects(self.documents):
            if isinstance(node.value.get("$ref"), str):
                self._reference(node, kind)
            if kind == "schema" and self.contract.openapi == "3.1":
                metaschema.check_schema(node)
            if kind.endswith("schema"):
                self._schema(node)
            yield node, kind

    def _reference(self, node: Node, kind: str) -> None:
        """A reference leads to an object of the kind that is wanted, and not back to itself."""
        target = self.documents.target(node)
        wanted = (target.key, kind)
        if wanted not in self.wanted:
            self.wanted.add(wanted)
            is_reference = isinstance(target.value, dict) and "$ref" in target.value  # and looked at as such
            if not is_reference and not self._is_component(target, kind):
                metaschema.check_object(target, kind, self.contract.openapi)
            self._refuse_endless(node)

    def _is_component(self, target: Node, kind: str) -> bool:
        """Has the check of the first file covered it, as an object of this kind?"""
        if target.source is not self.documents.root or len(target.pointer) != 3 or target.pointer[0] != "components":
            return False
        return walk.component_kind(target.pointer[1]) == kind.removeprefix("sub")

    def _refuse_endless(self, start: Node) -> None:
        """Nothing can be found by a reference to itself, and no value held against a schema composed of itself.

        What is composed of very much takes as long: with each level of references the work may double.
        """
        way = [_Composition(start, iter(self._composed(start)))]
        on_way = {start.key}
        while way:
            here = way[-1]
            node = next(here.rest, None)
            if node is None:
                way.pop()
                on_way.discard(here.node.key)
                self.sound[here.node.key] = here.depth, here.size
                if way:
                    way[-1].add(here.depth, here.size)
            elif node.key in on_way:
                index = next(at for at, before in enumerate(way) if before.node.key == node.key)
                reference = next(found.node for found in way[index:] if "$ref" in found.node.value)
                raise reference.error(
                    f"the reference {reference.value['$ref']!r} leads back to itself",
                    "let one of the references on the way lead somewhere else",
                )
            elif node.key in self.sound:
                here.add(*self.sound[node.key])
            elif isinstance(node.value, dict):
                way.append(_Composition(node, iter(self._composed(node))))
                on_way.add(node.key)
            if here.depth > _MAX_CHAIN or len(way) > _MAX_CHAIN or here.size > _MAX_COMPOSED:
                raise start.error(
                    f"what {start.value['$ref']!r} leads to is composed of more than can be followed: "
                    f"{_MAX_CHAIN} schemas one of the other, or {_MAX_COMPOSED} in all",
                    "compose it of fewer",
                )

    def _composed(self, node: Node) -> list[Node]:
        # Members that a discriminator chooses may take over the schema that lists them.
        keywords = ("allOf",) if "discriminator" in node.value else schema.COMPOSITIONS
        composed = [member for keyword in keywords for _, member in node.members(keyword)]
        if isinstance(node.value.get("$ref"), str):
            composed.append(self.documents.target(node))
        return composed

    def _schema(self, node: Node) -> None:
        value = node.value
        if isinstance(value.get("pattern"), str):
            self._pattern(node.child("pattern"), value["pattern"])
        for name, declared in node.members("patternProperties"):
            self._pattern(declared, name)
        discriminator = node.get("discriminator")
        if discriminator is not None:
            self._discriminator(discriminator)
        for keyword, (id, message) in _NOT_APPLIED.items():
            if keyword in value and value[keyword] not in _DIALECTS:
                self.contract.report(id, node.child(keyword), message)

    def _pattern(self, node: Node, pattern: str) -> None:
        if pattern in self.patterns:
            return
        try:
            jsonschema_rs.Draft202012Validator({"pattern": pattern})
        except ValueError:
            raise node.error(
                f"the pattern {pattern!r} is no regular expression of ECMA-262",
                "correct it; JSON Schema knows no other",
            ) from None
        self.patterns.add(pattern)

    @staticmethod
    def _discriminator(node: Node) -> None:
        value: Any = node.value
        if not isinstance(value, dict) or not isinstance(value.get("propertyName"), str):
            raise node.error("a discriminator names a property, and this one does not", "add `propertyName`")
        mapping = value.get("mapping", {})
        if not isinstance(mapping, dict) or not all(isinstance(target, str) for target in mapping.values()):
            raise node.error(
                "a mapping leads from values to schemas", "give each value the name of a schema or its $ref"
            )
