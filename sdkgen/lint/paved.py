"""The extension `x-paved`, by its published JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator

from sdkgen import paved
from sdkgen.lint.index import Index
from sdkgen.lint.listing import collections
from sdkgen.lint.rule import Hit, rule


@rule("x-paved", "error", "write one of the keys that it has, as the reference of x-paved describes them")
def x_paved(index: Index) -> Iterator[Hit]:
    """`x-paved` has the keys and values that its [schema](../reference/x-paved.md) describes.

    A key that is not known has no effect, and whoever wrote it thinks that it has.
    """
    info = index.root.child("info")
    for owner in (info, *(operation.node for operation in index.operations)):
        node = owner.get("x-paved")
        if node is not None:
            for pointer, message in paved.faults(node.value, "info" if owner is info else "operation"):
                yield Hit(node.child(*pointer), message)


@rule("x-paved-place", "error", "write it at info or at the operation")
def x_paved_place(index: Index) -> Iterator[Hit]:
    """`x-paved` stands at `info` and at operations, nowhere else.

    Anywhere else nothing reads it.
    """
    allowed = {index.root.child("info").key, *(operation.node.key for operation in index.operations)}
    for node in index.everything():
        if "x-paved" in node.value and node.key not in allowed:
            yield Hit(node.child("x-paved"), "nothing reads x-paved here")


@rule("x-paved-pagination", "error", "name parameters and properties that are there")
def x_paved_pagination(index: Index) -> Iterator[Hit]:
    """What `x-paved.pagination` names is there: query parameters, and properties of the answer."""
    answers = {operation.node.key: answer for operation, answer, *_ in collections(index)}
    for operation in index.operations:
        named = operation.paved.get("pagination")
        if not isinstance(named, dict):
            continue
        node = operation.node.child("x-paved", "pagination")
        answer = answers.get(operation.node.key)
        properties = index.properties(answer) if answer else {}
        for key, name in named.items():
            if key in ("cursor", "limit") and operation.parameter(str(name)) is None:
                yield Hit(node.child(key), f"{operation.name} has no query parameter `{name}`")
            elif key in ("items", "next") and str(name) not in properties:
                yield Hit(node.child(key), f"the answer of {operation.name} has no property `{name}`")


@rule("audience", "info", "say who may call in info.x-paved.audience", owasp=("api9:2023-inventory-access",))
def audience(index: Index) -> Iterator[Hit]:
    """The contract says who may call it: `info.x-paved.audience`.

    OWASP API9:2023. One word for the contract instead of an `x-internal` for each server: the edge is set up from it.
    """
    info = index.root.child("info")
    extension = info.value.get("x-paved")
    if not isinstance(extension, dict) or "audience" not in extension:
        yield Hit(info, "the contract does not say who may call it")
