"""What people copy: examples that the contract itself would accept."""

from __future__ import annotations

from collections.abc import Iterator

from sdkgen.lint.index import Index
from sdkgen.lint.rule import Hit, rule
from sdkgen.load import Node

_MAX_FAULTS = 3


@rule("example-valid", "error", "correct the example, or the schema")
def example_valid(index: Index) -> Iterator[Hit]:
    """Every example is valid against its schema, its formats included.

    Callers copy examples, and mocks answer with them. Those of media types, parameters, headers and schemas are held
    against their schemas with jsonschema-rs; `readOnly` and `writeOnly` properties may be left out, whichever way it
    goes. No more than three faults of one example are named.
    """
    for owner in index.objects("media-type", "parameter", "header"):
        declared = owner.get("schema")
        if declared is not None:
            for example in _beside(index, owner):
                yield from _faults(index, declared, example, "the example")
    for node in index.schemas:
        for example in _inside(node):
            yield from _faults(index, node, example, "the example")


@rule("default-valid", "warning", "correct the default, or the schema")
def default_valid(index: Index) -> Iterator[Hit]:
    """Every default is valid against its schema.

    It is what the service takes when nothing is sent.
    """
    for node in index.schemas:
        default = node.get("default")
        if default is not None:
            yield from _faults(index, node, default, "the default")


@rule("example-missing", "info", "add an example that can be copied")
def example_missing(index: Index) -> Iterator[Hit]:
    """Every JSON body of a request or of a success has an example, beside its schema or in it.

    Schemas that have examples for their properties have one: it is put together from those.
    """
    for operation in index.operations:
        answers = [node for status, node in operation.responses.items() if status[0] == "2"]
        for owner in ([operation.body] if operation.body else []) + answers:
            for name, media, declared in index.content(owner):
                if declared is None or "json" not in name or any(_beside(index, media)):
                    continue
                if not _has_example(index, declared):
                    yield Hit(media, f"{operation.name} has no example of `{name}` here")


def _has_example(index: Index, node: Node) -> bool:
    value = node.value
    if not isinstance(value, dict) or any(key in value for key in ("example", "examples", "enum", "const")):
        return True
    members = [*index.properties(node).values(), *([node.child("items")] if "items" in value else [])]
    followed = [index.documents.follow(member).value for member in members]
    return any(isinstance(member, dict) and ("example" in member or "examples" in member) for member in followed)


def _beside(index: Index, owner: Node) -> Iterator[Node]:
    """The examples of a media type, parameter or header."""
    if "example" in owner.value:
        yield owner.child("example")
    for _, reference in owner.members("examples"):
        example = index.documents.follow(reference)
        if isinstance(example.value, dict) and "value" in example.value:
            yield example.child("value")


def _inside(node: Node) -> Iterator[Node]:
    """The examples of a schema."""
    if "example" in node.value:
        yield node.child("example")
    if isinstance(node.value.get("examples"), list):
        yield from (example for _, example in node.members("examples"))


def _faults(index: Index, schema: Node, example: Node, what: str) -> Iterator[Hit]:
    for pointer, message in index.judge.faults(schema, example.value)[:_MAX_FAULTS]:
        yield Hit(example.child(*pointer), f"{what} breaks its schema: {message}")
