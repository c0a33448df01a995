"""Lists that grow: a page at a time, with a bound."""

from __future__ import annotations

from collections.abc import Iterator

from sdkgen.lint.index import Index, Operation
from sdkgen.lint.listing import collections
from sdkgen.lint.rule import Hit, rule
from sdkgen.load import Node

_LIMITS = (
    "limit",
    "page_size",
    "pageSize",
    "per_page",
    "perPage",
    "page[size]",
    "page[limit]",
    "size",
    "count",
    "max_results",
    "maxResults",
    "top",
    "$top",
)
_CURSORS = (
    "cursor",
    "after",
    "before",
    "page_token",
    "pageToken",
    "next_token",
    "nextToken",
    "starting_after",
    "marker",
    "continuation",
    "page[cursor]",
    "page[after]",
    "since",
    "from_id",
)
_OFFSETS = ("offset", "page", "page_number", "pageNumber", "page[number]", "page[offset]", "skip", "$skip", "start")


@rule("pagination", "warning", "declare a limit and a cursor")
def pagination(index: Index) -> Iterator[Hit]:
    """A GET that lists a collection turns pages: it declares how many items there are, and where to go on.

    OWASP API4:2023: the list that is short today is not next year, and adding pages later breaks callers. A collection
    is what answers with an array, or with an object whose list is named `items`, `data`, as the path, or in
    `x-paved.pagination`; one that is bounded by `maxItems` of 100 or fewer need not turn pages.
    """
    for operation, _, listed, _ in collections(index):
        is_short = isinstance(listed.value.get("maxItems"), int) and listed.value["maxItems"] <= 100
        lacks = [
            what for what, node in (("limit", _limit(operation)), ("cursor", _position(operation))) if node is None
        ]
        if lacks and not (is_short and len(lacks) == 2):
            yield Hit(operation.node, f"{operation.name} lists a collection and declares no {' and no '.join(lacks)}")


@rule("pagination-limit", "warning", "give it a minimum, a maximum and a default")
def pagination_limit(index: Index) -> Iterator[Hit]:
    """The parameter that says how many items a page has is an integer from a minimum to a maximum, with a default.

    OWASP API4:2023: without a maximum the caller decides how much memory the service needs.
    """
    seen = set()
    for operation, *_ in collections(index):
        node = _limit(operation)
        declared = node.get("schema") if node else None
        if node is None or declared is None or node.key in seen:
            continue
        seen.add(node.key)
        value = index.documents.follow(declared).value
        lacks = [key for key in ("minimum", "maximum", "default") if key not in value and _exclusive(key) not in value]
        if lacks:
            yield Hit(node, f"the parameter `{node.value['name']}` has no {', '.join(lacks)}")


@rule("pagination-cursor", "info", "hand out a cursor with each page")
def pagination_cursor(index: Index) -> Iterator[Hit]:
    """Pages are turned by a cursor, not by an offset or a number.

    What is created meanwhile shifts the pages behind an offset, so that callers miss items or see them twice; and the
    database reads all that it skips.
    """
    for operation, *_ in collections(index):
        offset = operation.parameter(*_OFFSETS)
        if offset is not None and operation.parameter(*_CURSORS, *_named(operation, "cursor")) is None:
            yield Hit(operation.node, f"{operation.name} turns pages by `{offset.value['name']}`")


@rule("pagination-envelope", "info", "answer with an object that has the list as a property")
def pagination_envelope(index: Index) -> Iterator[Hit]:
    """A list is a property of an object.

    An array at the top has no place for the next cursor, and can't be given one without breaking callers.
    """
    for operation, _, _, name in collections(index):
        if name is None:
            yield Hit(operation.node, f"{operation.name} answers with a bare array")


def _limit(operation: Operation) -> Node | None:
    return operation.parameter(*_LIMITS, *_named(operation, "limit"))


def _position(operation: Operation) -> Node | None:
    return operation.parameter(*_CURSORS, *_OFFSETS, *_named(operation, "cursor"))


def _named(operation: Operation, key: str) -> tuple[str, ...]:
    pagination = operation.paved.get("pagination")
    found = pagination.get(key) if isinstance(pagination, dict) else None
    return (found,) if isinstance(found, str) else ()


def _exclusive(key: str) -> str:
    return {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}.get(key, key)
