"""Where the operations are served: the URLs of the servers, with all values of their variables."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product
from urllib.parse import urlsplit

from sdkgen.compat.changes import Changes
from sdkgen.compat.exchange import Endpoint
from sdkgen.compat.side import Side
from sdkgen.load import Node

_MAX_URLS = 500


class ServerChanges:
    """Compares the servers of the document, and those of operations that have their own."""

    def __init__(self, old: Side, new: Side, changes: Changes) -> None:
        self.old, self.new = old, new
        self.changes = changes

    def document(self) -> None:
        self._compare(self.old.root.get("servers"), self.new.root.get("servers"), self.new.root, None)

    def operation(self, old: Endpoint, new: Endpoint, operation: str) -> None:
        """What the document says is told once, not for each operation."""
        left, right = _own(old), _own(new)
        if left or right:
            root_left, root_right = self.old.root.get("servers"), self.new.root.get("servers")
            self._compare(left or root_left, right or root_right, new.node, operation)

    def _compare(self, old: Node | None, new: Node | None, place: Node, operation: str | None) -> None:
        before, after = list(_urls(old)), list(_urls(new))
        node = new or place
        gone = [url for url in before if url not in after]
        fresh = [url for url in after if url not in before]
        if gone and fresh:
            moved = {urlsplit(url).path for url in gone} != {urlsplit(url).path for url in fresh}
            id = "server-base-path-changed" if moved else "server-changed"
            message = f"{', '.join(gone[:3])} became {', '.join(fresh[:3])}"
            self.changes.add(id, node, message, operation=operation, before=gone, after=fresh)
        elif gone:
            message = f"{', '.join(gone[:3])} is no server any more"
            self.changes.add("server-removed", node, message, operation=operation, before=gone)
        elif fresh:
            message = f"{', '.join(fresh[:3])} is a server now"
            self.changes.add("server-added", node, message, operation=operation, after=fresh)
        elif before[:1] != after[:1]:
            message = f"the first server is {after[0]} now"
            self.changes.add("server-default-changed", node, message, operation=operation, after=after[0])


def _own(endpoint: Endpoint) -> Node | None:
    return endpoint.node.get("servers") or endpoint.item.get("servers")


def _urls(servers: Node | None) -> Iterator[str]:
    """All URLs, those of default values first; `/` where none is declared (OpenAPI, `servers`)."""
    if servers is None or not servers.value:
        yield "/"
        return
    for _, server in servers.items():
        names = [name for name, _ in server.members("variables")]
        values = []
        for _, variable in server.members("variables"):
            first = variable.value["default"]
            values.append([first, *(one for one in variable.value.get("enum", ()) if one != first)])
        for chosen in islice(product(*values), _MAX_URLS):
            url = server.value["url"]
            for name, value in zip(names, chosen, strict=True):
                url = url.replace("{" + name + "}", value)
            yield url.rstrip("/") or "/"
