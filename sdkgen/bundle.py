"""A contract of several files as one document, for whoever wants to read it over HTTP."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from sdkgen.load import Documents, Node

_PLACE = "x-files"


def document(documents: Documents) -> bytes:
    """The contract as one document: its own bytes where it is one file.

    What stands in other files comes under `x-files`, one entry for each place referred to, and references lead there.
    """
    bundle = _Bundle(documents)
    root = bundle.rewrite(documents.node)
    if not bundle.entries:
        return documents.root.content
    return (
        json.dumps(root | {_PLACE: dict(sorted(bundle.entries.items()))}, indent=2, ensure_ascii=False).encode() + b"\n"
    )


class _Bundle:
    def __init__(self, documents: Documents) -> None:
        self.documents = documents
        self.entries: dict[str, Any] = {}

    def rewrite(self, node: Node) -> Any:
        value = node.value
        if isinstance(value, dict):
            rewritten = {key: self.rewrite(child) for key, child in node.items()}
            if isinstance(value.get("$ref"), str):
                rewritten["$ref"] = self._reference(node)
            return rewritten
        return [self.rewrite(child) for _, child in node.items()] if isinstance(value, list) else value

    def _reference(self, node: Node) -> str:
        target = self.documents.target(node)
        if target.source is self.documents.root:
            fragment: str = node.value["$ref"].partition("#")[2]
            return "#" + fragment
        folder = self.documents.root.path.parent
        file = Path(os.path.relpath(target.source.path.resolve(), folder.resolve())).as_posix()
        name = "-".join((file, *target.pointer)).replace("/", "-").replace("~", "-").replace("%", "-")
        if name not in self.entries:
            self.entries[name] = None
            self.entries[name] = self.rewrite(target)
        return f"#/{_PLACE}/{name}"
