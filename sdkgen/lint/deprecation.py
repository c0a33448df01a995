"""What goes away: when, and what to use instead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from sdkgen.lint.index import Index
from sdkgen.lint.rule import Hit, rule


@rule("deprecated-sunset", "warning", "add x-paved.sunset")
def deprecated_sunset(index: Index) -> Iterator[Hit]:
    """A deprecated operation says when it ceases: `x-paved.sunset` (RFC 8594).

    Without a day nobody plans, and nothing is ever removed.
    """
    for operation in index.operations:
        if operation.node.value.get("deprecated") is True and "sunset" not in operation.paved:
            yield Hit(operation.node.child("deprecated"), f"{operation.name} is deprecated without a sunset")


@rule("deprecated-replacement", "warning", "say in the description what to use instead, or link to it in externalDocs")
def deprecated_replacement(index: Index) -> Iterator[Hit]:
    """A deprecated operation says what to use instead.

    By `externalDocs`, or in the description: another operation in backticks, a path, a link, or the word "instead".
    """
    for operation in index.operations:
        value = operation.node.value
        said = f"{value.get('summary', '')} {value.get('description', '')}"
        told = "externalDocs" in value or re.search(r"`[^`]+`|https?://|\binstead\b|\breplaced by\b|/\w+", said)
        if value.get("deprecated") is True and not told:
            yield Hit(operation.node.child("deprecated"), f"{operation.name} does not say what to use instead")


@rule("deprecated-described", "info", "say in the description what to use instead")
def deprecated_described(index: Index) -> Iterator[Hit]:
    """A deprecated parameter or property has a description, which says what to use instead."""
    for node in (*index.objects("parameter"), *index.schemas):
        if node.value.get("deprecated") is True and not node.value.get("description"):
            name = node.value.get("name", node.pointer[-1])
            yield Hit(node, f"`{name}` is deprecated, and nothing says what to use instead")


@rule("sunset-deprecated", "warning", "add deprecated: true, or remove the sunset")
def sunset_deprecated(index: Index) -> Iterator[Hit]:
    """An operation that has a sunset is `deprecated`.

    Tools show the one, and the platform sends both (RFC 9745).
    """
    for operation in index.operations:
        if "sunset" in operation.paved and operation.node.value.get("deprecated") is not True:
            yield Hit(operation.node.child("x-paved"), f"{operation.name} has a sunset and is not deprecated")


@rule("sunset-passed", "warning", "remove the operation, or give its callers more time")
def sunset_passed(index: Index) -> Iterator[Hit]:
    """An operation is removed after its sunset.

    It answers 410 from then on; what nobody can call need not be kept.
    """
    now = datetime.now(UTC)
    for operation in index.operations:
        try:
            sunset = datetime.fromisoformat(str(operation.paved.get("sunset")))
        except ValueError:
            continue
        if (sunset if sunset.tzinfo else sunset.replace(tzinfo=UTC)) < now:
            yield Hit(operation.node.child("x-paved"), f"the sunset of {operation.name} has passed")
