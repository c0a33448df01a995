"""One of the two contracts that are compared: its files, its version of OpenAPI, and its schemas in normal form."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from sdkgen import checks, metaschema
from sdkgen.compat.normal import Normal, Open
from sdkgen.errors import pointer_text
from sdkgen.findings import Waivers
from sdkgen.load import Documents, Node
from sdkgen.model import Contract


class Side:
    """A contract as its text has it. Nothing is dropped that a projection could not carry over."""

    def __init__(self, path: Path) -> None:
        """Read and check the contract. Raises ContractError for the first thing that keeps it from being judged."""
        self.path = path
        self.documents = documents = Documents.open(path)
        version = metaschema.check(documents)
        info = documents.node.value["info"]
        self.contract = Contract(documents, version, info["title"], info["version"], "", waivers=Waivers.beside(path))
        checks.check(self.contract)
        schemas = self.component("schemas")
        self.contract.schemas = dict(schemas.items()) if schemas else {}

    @property
    def root(self) -> Node:
        return self.documents.node

    @property
    def folder(self) -> Path:
        return self.path.parent.resolve()

    def component(self, section: str) -> Node | None:
        """A section of `components`."""
        components = self.root.get("components")
        return components.get(section) if components else None

    def follow(self, node: Node) -> Node:
        return self.documents.follow(node)

    @cached_property
    def normal(self) -> Normal:
        """The schemas as JSON values are held against them."""
        return Normal(self.contract)

    @cached_property
    def open(self) -> Open:
        """The same, with objects open that say nothing of other properties."""
        return Open(self.contract)

    def address(self, node: Node) -> str:
        """A name for the place that means the same in both contracts, whatever their first files are called."""
        return f"{self.file(node)}#{pointer_text(node.pointer)}"

    def file(self, node: Node) -> str:
        """The file that a place is in, seen from the first one; empty for the first one itself."""
        if node.source is self.documents.root:
            return ""
        return node.source.path.resolve().relative_to(self.folder).as_posix()
