"""Words that no program reads: descriptions, summaries, examples. They are told, and ask for a patch."""

from __future__ import annotations

from collections.abc import Iterator

from sdkgen.compat.changes import Changes
from sdkgen.compat.side import Side
from sdkgen.errors import pointer_text
from sdkgen.load import Node

_REMARKS = {
    "description": "description-changed",
    "summary": "description-changed",
    "title": "description-changed",
    "externalDocs": "description-changed",
    "contact": "description-changed",
    "license": "terms-changed",
    "termsOfService": "terms-changed",
    "example": "example-changed",
    "examples": "example-changed",
    "bearerFormat": "description-changed",
    "jsonSchemaDialect": "description-changed",
    "$comment": "description-changed",
    "xml": "xml-changed",
}
_NAMES = frozenset(
    """properties patternProperties $defs schemas parameters responses headers requestBodies links callbacks content
    paths webhooks pathItems securitySchemes dependentSchemas variables scopes mapping encoding""".split()
)
"""Maps whose keys are names, whatever they look like."""
_VALUES = frozenset("const default enum value example x-paved".split())


def compare(old: Side, new: Side, changes: Changes) -> None:
    """Note what changed in words, for each file and each place that both contracts have."""
    for left, right in _sources(old, new):
        for before, after, key in _differences(left, right):
            node = after or before
            if node is not None and key == "deprecated":
                step = "added" if node.value is True and after else "removed"
                message = f"{pointer_text(node.pointer[:-1])} is deprecated{' no longer' if step == 'removed' else ''}"
                changes.add(f"part-deprecation-{step}", node, message, operation=_operation(node))
            elif node is not None:
                id = _REMARKS.get(key, "extension-changed")
                rest = {"before": before.value if before else None, "after": after.value if after else None}
                operation = _operation(node)
                changes.add(id, node, f"`{key}` was {_step(before, after)}", operation=operation, **rest)


def _operation(node: Node) -> str | None:
    pointer = node.pointer
    return f"{pointer[2].upper()} {pointer[1]}" if pointer[:1] == ("paths",) and len(pointer) > 3 else None


def _step(before: Node | None, after: Node | None) -> str:
    return "added" if before is None else "removed" if after is None else "changed"


def _sources(old: Side, new: Side) -> Iterator[tuple[Node, Node]]:
    files = [
        {side.address(Node(source, (), source.value)): source for source in side.documents.sources.values()}
        for side in (old, new)
    ]
    for address in files[0].keys() & files[1].keys():
        yield tuple(Node(found[address], (), found[address].value) for found in files)  # type: ignore[misc]


def _is_part(key: str, owner: Node) -> bool:
    """Is it `deprecated` of anything but an operation, of which the policy speaks?"""
    return key == "deprecated" and "responses" not in owner.value


def _differences(old: Node, new: Node) -> Iterator[tuple[Node | None, Node | None, str]]:
    rest = [(old, new, False)]
    while rest:
        left, right, named = rest.pop()
        if left.value == right.value:
            continue
        if isinstance(left.value, list) and isinstance(right.value, list):
            if len(left.value) == len(right.value):
                rest += [(one, right.child(key), False) for key, one in left.items()]
        elif isinstance(left.value, dict) and isinstance(right.value, dict):
            for key in {**left.value, **right.value}:
                before, after = left.get(key), right.get(key)
                is_remark = not named and (
                    key in _REMARKS or _is_part(key, left) or (key.startswith("x-") and key != "x-paved")
                )
                if is_remark and (before is None or after is None or before.value != after.value):
                    yield before, after, key
                elif before and after and key == "scopes" and not named:
                    texts = [(one, after.get(name)) for name, one in before.items()]
                    yield from ((one, two, "description") for one, two in texts if two and one.value != two.value)
                elif before and after and (named or key not in _VALUES):
                    rest.append((before, after, not named and key in _NAMES))
