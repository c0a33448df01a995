"""A contract of several files as one document, for whoever wants to read it over HTTP."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from sdkgen import walk
from sdkgen.errors import pointer_text
from sdkgen.load import Documents, Key, Node
from sdkgen.naming import unique

_PLACE = "x-files"


def document(documents: Documents) -> bytes:
    """The contract as one document: its own bytes where it is one file.

    What stands in other files comes under `x-files`, one entry for each place referred to, and references lead there.
    Raises ContractError for a reference that leads nowhere.
    """
    walk.complete(documents)
    if len(documents.sources) == 1:
        return documents.root.content
    bundle = _Bundle(documents)
    root = bundle.rewrite(documents.node, "")
    return json.dumps(root | {_PLACE: bundle.entries}, indent=2, ensure_ascii=False).encode() + b"\n"


class _Bundle:
    def __init__(self, documents: Documents) -> None:
        self.documents = documents
        self.folder = documents.root.path.parent.resolve()
        self.names: dict[Key, str] = {}
        self.entries: dict[str, Any] = {}

    def rewrite(self, node: Node, kind: str) -> Any:
        """The value with its references leading into this one document."""
        value = node.value
        below = {token: self.rewrite(child, child_kind) for token, child, child_kind in walk.children(node, kind)}
        if isinstance(value, list):
            return [below.get(str(at), found) for at, found in enumerate(value)]
        if not isinstance(value, dict):
            return value
        rewritten = value | below
        if isinstance(value.get("$ref"), str) and not kind.endswith("*"):
            rewritten["$ref"] = self._reference(self.documents.target(node), kind)
        if "discriminator" in value and kind.endswith("schema"):
            rewritten["discriminator"] = self._discriminator(node.child("discriminator"))
        return rewritten

    def _discriminator(self, node: Node) -> Any:
        mapping = {
            value: self._reference(self.documents.mapped(named), "schema") for value, named in node.members("mapping")
        }
        return node.value | {"mapping": mapping} if mapping else node.value

    def _reference(self, target: Node, kind: str) -> str:
        if target.source is self.documents.root:
            return "#" + ("" if not target.pointer else pointer_text(target.pointer))
        if target.key not in self.names:
            file = Path(os.path.relpath(target.source.path.resolve(), self.folder)).as_posix()
            written = "-".join((file, *target.pointer)).replace("/", "-").replace("~", "-").replace("%", "-")
            name = self.names[target.key] = unique(written, self.entries)
            self.entries[name] = None
            self.entries[name] = self.rewrite(target, kind)
        return f"#/{_PLACE}/{self.names[target.key]}"
