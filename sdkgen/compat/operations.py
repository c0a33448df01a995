"""The operations of both contracts, matched by method and path; the names of path parameters don't matter for that."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sdkgen.compat.changes import Changes
from sdkgen.compat.exchange import Endpoint, Exchange
from sdkgen.compat.policy import Policy, paved
from sdkgen.compat.schemas import SchemaChanges
from sdkgen.compat.security import SecurityChanges
from sdkgen.compat.servers import ServerChanges
from sdkgen.compat.side import Side
from sdkgen.compat.untouched import Untouched
from sdkgen.load import Node
from sdkgen.model import METHODS


def endpoints(side: Side) -> dict[tuple[str, str], Endpoint]:
    """All operations by path, with parameters unnamed, and method."""
    found: dict[tuple[str, str], Endpoint] = {}
    for path, reference in side.root.members("paths"):
        if path.startswith("/"):
            item = side.follow(reference)
            for method in METHODS:
                node = item.get(method)
                if node is not None:
                    found[re.sub(r"\{[^}]*\}", "{}", path), method] = Endpoint(side, path, item, node)
    return found


def name(endpoint: Endpoint, method: str) -> str:
    """What a change calls an operation."""
    return f"{method.upper()} {endpoint.path}"


def matched(old: Side, new: Side) -> Iterator[tuple[str, Endpoint, Endpoint]]:
    """The operations that both contracts have, by the name of the new one."""
    before, after = endpoints(old), endpoints(new)
    for key, left in before.items():
        if key in after:
            yield name(after[key], key[1]), left, after[key]


def compare(old: Side, new: Side, changes: Changes) -> None:
    """Everything but source: what is on the wire, and what is agreed beside it."""
    untouched = Untouched(old, new)
    schemas = SchemaChanges(old, new, untouched, changes)
    exchange = Exchange(old, new, changes, schemas)
    policy = Policy(changes)
    security = SecurityChanges(old, new, changes)
    servers = ServerChanges(old, new, changes)
    before, after = endpoints(old), endpoints(new)
    paths = {key[0] for key in after}
    for key, left in before.items():
        right = after.get(key)
        if right is None:
            gone = "operation" if key[0] in paths else "path"
            message = f"{name(left, key[1])} was removed"
            sunset = paved(left.node).get("sunset")
            changes.add(f"{gone}-removed", left.node, message, operation=name(left, key[1]), before=sunset)
            continue
        operation = name(right, key[1])
        if not (left.path == right.path and untouched(left.node, right.node)):
            exchange.compare(left, right, operation)
            policy.operation(left.node, right.node, operation)
        security.operation(left.node, right.node, operation)
        servers.operation(left, right, operation)
    for key, right in after.items():
        if key not in before:
            operation = name(right, key[1])
            changes.add("operation-added", right.node, f"{operation} was added", operation=operation)
    hooks, new_hooks = (_items(dict(side.root.members("webhooks"))) for side in (old, new))
    exchange.items(hooks, new_hooks, "", "webhook", reverse=True)
    security.schemes()
    servers.document()
    policy.document(old.root, new.root)


def _items(found: dict[str, Node]) -> dict[str, Node]:
    return {key: node for key, node in found.items() if not key.startswith("x-")}
