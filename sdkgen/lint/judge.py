"""Is a value valid against a schema of the contract? Judged by jsonschema-rs, the schemas taken as they stand."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import jsonschema_rs

from sdkgen import metaschema
from sdkgen.errors import Pointer, pointer_text
from sdkgen.lint.index import Index
from sdkgen.load import Key, Node, Source


class Judge:
    """The schemas of a contract, compiled when they are asked for."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._known: dict[Key, Any] = {}
        self._registry: Any = None

    def faults(self, schema: Node, value: Any) -> list[tuple[Pointer, str]]:
        """Where the value breaks the schema, and how; empty where it does not or where nobody can say."""
        schema = self._index.documents.follow(schema)
        if schema.key not in self._known:
            self._known[schema.key] = self._compiled(schema)
        validator = self._known[schema.key]
        if validator is None or validator.is_valid(value):
            return []
        errors = [metaschema.deepest(error) for error in validator.iter_errors(value)]
        return [(tuple(map(str, error.instance_path)), _short(error)) for error in errors]

    def _compiled(self, schema: Node) -> Any:
        if self._registry is None:
            self._registry = self._documents()
        reference = {"$ref": f"urn:contract:{self._number(schema.source)}#{quote(_written(schema.pointer))}"}
        try:
            return jsonschema_rs.Draft202012Validator(reference, registry=self._registry, validate_formats=True)
        except (ValueError, jsonschema_rs.ReferencingError):
            return None  # refers to what was rewritten below

    def _number(self, source: Source) -> int:
        return list(self._index.documents.sources.values()).index(source)

    def _documents(self) -> Any:
        """Copies of all files in which schemas are JSON Schema 2020-12."""
        copies = {source: json.loads(json.dumps(source.value)) for source in self._index.documents.sources.values()}
        marked = self._one_way()
        is_30 = self._index.is_30
        odd = [node for node in self._index.schemas if self._is_odd(node, marked)]
        led = self._index.references("schema", "subschema") if is_30 or len(copies) > 1 else []
        # All are found before any is changed: some changes put a schema into another.
        schemas, references = ([_at(copies[n.source], n.pointer) for n in nodes] for nodes in (odd, led))
        for copy in schemas:
            _rewrite(copy, marked, is_30=is_30)
        for node, copy in zip(led, references, strict=True):
            self._refer(node, copy)
        resources = [(f"urn:contract:{at}", copy) for at, copy in enumerate(copies.values())]
        return jsonschema_rs.Registry(resources, draft=jsonschema_rs.Draft202012)

    def _one_way(self) -> set[str]:
        """The names of properties that go one way only."""
        return {
            name
            for node in self._index.schemas
            for name, declared in node.members("properties")
            if isinstance(declared.value, dict) and (declared.value.get("readOnly") or declared.value.get("writeOnly"))
        }

    def _is_odd(self, node: Node, marked: set[str]) -> bool:
        value = node.value
        required = value.get("required")
        by_version = self._index.is_30 and not _OF_30.isdisjoint(value)
        return by_version or (isinstance(required, list) and not marked.isdisjoint(required))

    def _refer(self, node: Node, copy: dict[str, Any]) -> None:
        """A reference that leads where it did; nothing beside it counts in OpenAPI 3.0."""
        target = self._index.documents.target(node)
        if self._index.is_30:
            copy.clear()
        copy["$ref"] = f"urn:contract:{self._number(target.source)}#{quote(_written(target.pointer))}"


_OF_30 = frozenset(("nullable", "exclusiveMinimum", "exclusiveMaximum"))
_ANNOTATIONS = {"description", "title", "example", "default", "readOnly", "writeOnly", "deprecated"}


def _rewrite(copy: dict[str, Any], marked: set[str], *, is_30: bool) -> None:
    """Drop what goes one way only from what is required, and write the words of OpenAPI 3.0 in those of JSON Schema."""
    if isinstance(copy.get("required"), list):
        copy["required"] = [name for name in copy["required"] if name not in marked]
    if not is_30:
        return
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if copy.pop(exclusive, False) is True and bound in copy:
            copy[exclusive] = copy.pop(bound)
    if copy.pop("nullable", False) is True:
        inner = dict(copy)
        copy.clear()
        copy.update(inner if not inner.keys() - _ANNOTATIONS else _nullable(inner))


def _nullable(inner: dict[str, Any]) -> dict[str, Any]:
    """Null besides; in place where that is possible, so that pointers into the schema stay true."""
    if not any(key in inner for key in ("allOf", "oneOf", "anyOf", "not")):
        if "type" in inner:
            inner["type"] = [inner["type"], "null"]
        if "enum" in inner and None not in inner["enum"]:
            inner["enum"] = [*inner["enum"], None]
        return inner
    return {"anyOf": [{"type": "null"}, inner]}


def _at(document: Any, pointer: Pointer) -> Any:
    for token in pointer:
        document = document[int(token)] if isinstance(document, list) else document[token]
    return document


def _written(pointer: Pointer) -> str:
    return pointer_text(pointer) if pointer else ""


def _short(error: Any) -> str:
    """What the validator says, without a whole value before it."""
    message: str = error.message
    if type(error.kind).__name__ == "OneOfMultipleValid":
        return "it satisfies more than one alternative of oneOf"
    return message if len(message) <= 160 else f"… {message[-100:]}"
