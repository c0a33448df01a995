"""An example of each operation's answer: the contract's own, or one made from its schema."""

from __future__ import annotations

from typing import Any

from sdkgen import schema
from sdkgen.load import Node
from sdkgen.model import Contract, Header, MediaType, Operation, Response

TEXTS = {
    "date-time": "2030-01-31T12:00:00Z",
    "date": "2030-01-31",
    "time": "12:00:00Z",
    "duration": "P1D",
    "email": "someone@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "uri-reference": "/",
    "uuid": "123e4567-e89b-42d3-a456-426614174000",
}
"""A text in each format."""
_MAX_DEPTH = 12
_MAX_ITEMS = 10


def examples(contract: Contract) -> dict[str, Any]:
    """The answer of each operation by its id: status, media type, headers and body."""
    maker = _Maker(contract)
    return {operation.id: maker.answer(operation) for operation in contract.operations}


def sample(contract: Contract, node: Node) -> Any:
    """A value that a schema allows, its own example where it has one."""
    return _Maker(contract).value(node)


class _Maker:
    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.documents = contract.documents
        self.hierarchies = schema.Hierarchies(contract)

    def value(self, node: Node) -> Any:
        return self._sample(node, 0)

    def answer(self, operation: Operation) -> dict[str, Any] | None:
        """None where no response says what success looks like."""
        response = min(operation.responses, key=_preference, default=None)
        if response is None:
            return None
        media = next((media for media in response.content if media.is_json), next(iter(response.content), None))
        return {
            "status": int(response.status) if response.status.isdecimal() else 200,
            "media_type": _media_type(media) if media else None,
            "headers": {header.name: self._header(header) for header in response.headers if header.required},
            "body": self._body(media) if media else None,
        }

    def _header(self, header: Header) -> str:
        given = self._given(header.node)
        value = given[0] if given else self._sample(header.schema, 0) if header.schema else ""
        return str(value).lower() if isinstance(value, bool) else str(value)

    def _body(self, media: MediaType) -> Any:
        given = self._given(media.node)
        if given:
            return given[0]
        return self._sample(media.schema, 0) if media.schema else None

    def _given(self, node: Node) -> list[Any]:
        """The examples that stand beside a schema: `example`, or the values of `examples`."""
        if "example" in node.value:
            return [node.value["example"]]
        named = node.get("examples")
        found = [self.documents.follow(example).value for _, example in named.items()] if named else []
        return [example["value"] for example in found if isinstance(example, dict) and "value" in example]

    def _sample(self, node: Node, depth: int) -> Any:
        node = self.documents.follow(node)
        value = node.value
        if not isinstance(value, dict):
            return None
        for key in ("example", "const", "default"):
            if key in value:
                return value[key]
        for key in ("examples", "enum"):
            if isinstance(value.get(key), list) and value[key]:
                return value[key][0]
        hierarchy = self.hierarchies.of(node)
        for name, target in hierarchy.mapping.items() if hierarchy else ():
            chosen = self._sample(target, depth + 1) if target.key != node.key else None
            if isinstance(chosen, dict) and hierarchy:
                return chosen | {hierarchy.property: name}
        for keyword in ("oneOf", "anyOf"):
            if value.get(keyword) and "properties" not in value:
                return self._sample(node.child(keyword, "0"), depth)
        composed = list(schema.parts(self.contract, node, ("allOf",)))
        if any("properties" in part.value for part in composed):
            return self._object(composed, depth)
        if "allOf" in value:
            return self._sample(node.child("allOf", "0"), depth)
        return self._of_type(node, depth)

    def _object(self, composed: list[Node], depth: int) -> dict[str, Any]:
        required = {name for part in composed for name in part.value.get("required", ())}
        found: dict[str, Any] = {}
        for part in composed:
            properties = part.get("properties")
            for name, declared in properties.items() if properties else []:
                if isinstance(declared.value, dict) and declared.value.get("writeOnly") is True:
                    continue
                if name in required or depth < _MAX_DEPTH // 4:
                    found[name] = self._sample(declared, depth + 1) if depth < _MAX_DEPTH else None
        return found

    def _of_type(self, node: Node, depth: int) -> Any:
        value = node.value
        kind = next(iter(schema.types(node)), "object" if "additionalProperties" in value else None)
        if kind == "string":
            return self._text(value)
        if kind in ("integer", "number"):
            return _number(value)
        if kind == "boolean":
            return True
        if kind == "array":
            return self._array(node, depth + 1) if depth < _MAX_DEPTH else []
        return {} if kind == "object" else None

    def _array(self, node: Node, depth: int) -> list[Any]:
        first = [self._sample(member, depth) for _, member in node.members("prefixItems")]
        items = node.get("items")
        if items is None or items.value is False:
            return first
        number = max(0 if first else 1, node.value.get("minItems", 0) - len(first))
        return first + [self._sample(items, depth) for _ in range(min(number, _MAX_ITEMS))]

    @staticmethod
    def _text(value: dict[str, Any]) -> str:
        text = TEXTS.get(value.get("format", ""), "text")
        minimum, maximum = value.get("minLength", 0), value.get("maxLength", 10_000)
        return text.ljust(minimum, "x")[:maximum] if "format" not in value else text


def _media_type(media: MediaType) -> str:
    """A range leaves the media type open, and an answer needs one."""
    return "application/octet-stream" if "*" in media.name else media.name


def _number(value: dict[str, Any]) -> int | float:
    step: int | float = value.get("multipleOf", 1)
    for key in ("minimum", "exclusiveMinimum"):
        bound = value.get(key)
        if isinstance(bound, (int, float)) and not isinstance(bound, bool):
            above = key == "exclusiveMinimum" or value.get("exclusiveMinimum") is True
            return bound + step if above else bound
    bound = value.get("maximum", value.get("exclusiveMaximum"))
    return min(step, bound - step) if isinstance(bound, (int, float)) and not isinstance(bound, bool) else step


def _preference(response: Response) -> tuple[int, str]:
    """Success before everything, then ranges, then the default."""
    status = response.status
    return (0 if status.startswith("2") else 1 if status == "default" else 2, status)
