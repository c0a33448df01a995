"""The operations that list something."""

from __future__ import annotations

from collections.abc import Iterator

from sdkgen.lint.index import Index, Operation
from sdkgen.lint.naming import segments
from sdkgen.load import Node


def collections(index: Index) -> Iterator[tuple[Operation, Node, Node, str | None]]:
    """The operations that list something: with the schema they answer with, that of the list, and its property."""
    for operation in index.operations:
        if operation.method != "get" or operation.path.endswith("}"):
            continue
        for status, response in operation.responses.items():
            for name, _, declared in index.content(response):
                if not status.startswith("2") or declared is None or "json" not in name:
                    continue
                if "array" in index.types(declared):
                    yield operation, declared, declared, None
                    break
                named = operation.paved.get("pagination")
                wanted = named.get("items") if isinstance(named, dict) else None
                lists = [
                    (found, member)
                    for found, member in index.properties(declared).items()
                    if "array" in index.types(index.documents.follow(member))
                ]
                last = (segments(operation.path) or [""])[-1].replace("-", "_")
                usual = {"items", "data", "results", "values", "content", "entries", "elements", "records", last}
                chosen = [entry for entry in lists if entry[0] == wanted or (not wanted and entry[0] in usual)]
                if chosen:
                    yield operation, declared, index.documents.follow(chosen[0][1]), chosen[0][0]
                    break
