"""JSON values that a schema is likely to accept, and near misses; whoever samples asks the validator which is which."""

from __future__ import annotations

import random
from typing import Any

from sdkgen import schema
from sdkgen.load import Node
from sdkgen.model import Contract

WORDS = ["", "a", "text", "a-b", "1st", "null", "2030-01-31", "€", "\u2028", "A", "B"]
NUMBERS = [0, 1, -1, 2**70, 1.5, 1.0, -0.25, 1e15]
STRANGE = ["model_config", "model_fields_set", "__dict__", "self", "x-extra", "ünder", "from", "_private", "\\u0000"]
FORMATS = {
    "date-time": ["2030-01-31T12:00:00Z", "2030-01-31t12:00:00.123456789+05:30", "2016-12-31T23:59:60Z"],
    "date": ["2030-01-31", "2024-02-29"],
    "uuid": ["123e4567-e89b-42d3-a456-426614174000"],
    "uri": ["https://example.com/"],
    "email": ["someone@example.com"],
}


class Sampler:
    def __init__(self, contract: Contract, source: random.Random) -> None:
        self.contract = contract
        self.documents = contract.documents
        self.random = source

    def value(self, node: Node, depth: int = 0) -> Any:
        """A value made from the schema: mostly one that it accepts."""
        found = self._value(node, depth)
        if isinstance(found, dict) and self.random.random() < 0.3:
            found = found | {self.random.choice(STRANGE): self.anything()}
        return found

    def anything(self) -> Any:
        choice = self.random.choice
        return choice([None, True, False, choice(WORDS), choice(NUMBERS), [], [1, "a"], {}, {"a": {"b": None}}])

    def _value(self, node: Node, depth: int) -> Any:
        node = self._followed(node)
        value = node.value
        if not isinstance(value, dict) or not value:
            return self.anything()
        if "const" in value:
            return value["const"]
        if value.get("enum"):
            return self.random.choice(value["enum"])
        if depth > 6:
            return self.random.choice([None, {}, [], "a", 1])
        if value.get("nullable") is True and self.random.random() < 0.2:
            return None
        alternatives = [key for key in ("oneOf", "anyOf") if value.get(key)]
        composed = [self._value(member, depth + 1) for _, member in (node.get("allOf") or _nothing(node)).items()]
        if "$ref" in value:
            composed.append(self._value(self.documents.target(node), depth + 1))
        for key in alternatives:
            options = [member for _, member in node.child(key).items()]
            composed.append(self._value(self.random.choice(options), depth + 1))
        if not composed or "properties" in value:
            composed.append(self._own(node, depth))
        merged = self._merged(composed)
        return self._told_apart(node, merged, depth) if isinstance(merged, dict) else merged

    def _followed(self, node: Node) -> Node:
        while isinstance(node.value, dict) and set(node.value) == {"$ref"}:
            node = self.documents.target(node)
        return node

    def _merged(self, values: list[Any]) -> Any:
        objects = [value for value in values if isinstance(value, dict)]
        if len(objects) < len(values):
            return self.random.choice(values)
        return {key: value for found in objects for key, value in found.items()}

    def _told_apart(self, node: Node, found: dict[str, Any], depth: int) -> dict[str, Any]:
        """Set the discriminator, to names that mean something and to some that don't, with what they ask for."""
        discriminator = node.value.get("discriminator")
        if not isinstance(discriminator, dict):
            return found
        mapping = discriminator.get("mapping", {})
        chosen = self.random.choice([*mapping, *self.contract.schemas, "unknown"])
        target = mapping.get(chosen, chosen).rpartition("/")[2]
        if target in self.contract.schemas and depth < 5:
            more = self._value(self.contract.schemas[target], depth + 3)
            found = found | more if isinstance(more, dict) else found
        return found | {discriminator["propertyName"]: chosen}

    def _own(self, node: Node, depth: int) -> Any:
        value = node.value
        kinds = schema.types(node)
        kind = self.random.choice(kinds) if kinds else "object" if "properties" in value else None
        match kind:
            case "string":
                return self.random.choice(FORMATS.get(value.get("format", ""), WORDS))
            case "integer":
                return self.random.choice([number for number in NUMBERS if isinstance(number, int)] + [3.0])
            case "number":
                return self.random.choice(NUMBERS)
            case "boolean":
                return self.random.choice([True, False])
            case "array":
                return self._array(node, depth)
            case "object":
                return self._object(node, depth)
            case "null":
                return None
            case _:
                return self.anything()

    def _array(self, node: Node, depth: int) -> list[Any]:
        first = [self.value(member, depth + 1) for _, member in (node.get("prefixItems") or _nothing(node)).items()]
        items = node.get("items")
        least = node.value.get("minItems", 0)
        number = max(least - len(first), self.random.randint(0, 2))
        return first + [self.value(items, depth + 1) if items else self.anything() for _ in range(number)]

    def _object(self, node: Node, depth: int) -> dict[str, Any]:
        required = node.value.get("required", ())
        found = {}
        for name, declared in (node.get("properties") or _nothing(node)).items():
            if name in required or self.random.random() < (0.6 if depth < 3 else 0.2):
                found[name] = self.value(declared, depth + 1)
        additional = node.get("additionalProperties")
        if additional is not None and additional.value is not False and self.random.random() < 0.6:
            found[self.random.choice(STRANGE)] = self.value(additional, depth + 1)
        return found


def _nothing(node: Node) -> Node:
    return Node(node.source, node.pointer, {})
