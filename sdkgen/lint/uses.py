"""Who uses what: which parts of a contract a caller can send, and which nobody needs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import unquote

from sdkgen.errors import Pointer, pointer_tokens
from sdkgen.load import Node, Source

if TYPE_CHECKING:
    from sdkgen.lint.index import Index

Part: TypeAlias = tuple[Source, Pointer]
"""A component, or what an operation has of its own: the grain in which uses are told."""

_OPERATION_PARTS = frozenset(("requestBody", "parameters", "responses", "callbacks"))


class Uses:
    """The references of a contract as a graph of its parts, followed from the operations."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.documents = index.documents
        self._references = [node for node in index.everything() if isinstance(node.value.get("$ref"), str)]

    def is_input(self, node: Node) -> bool:
        """Can a caller send what this describes?"""
        return self._part(node.source, node.pointer) in self._inputs

    def is_used(self, node: Node) -> bool:
        """Does something outside the components lead to this one?"""
        return self._part(node.source, node.pointer) in self._used

    def _part(self, source: Source, pointer: Pointer) -> Part:
        if source is not self.documents.root:
            return source, () if (source, ()) in self._whole else pointer[: 3 if pointer[:1] == ("components",) else 1]
        if pointer[:1] == ("components",):
            return source, pointer[:3]
        if pointer[:1] == ("paths",):
            at_operation = len(pointer) > 3 and pointer[3] in _OPERATION_PARTS
            return source, pointer[:5] if at_operation and pointer[3] == "responses" else pointer[:4]
        return source, pointer[:4]

    @cached_property
    def _whole(self) -> set[Part]:
        """The files that are referred to as a whole."""
        targets = (self.documents.target(node) for node in self._references)
        return {target.key for target in targets if not target.pointer}

    @cached_property
    def _edges(self) -> dict[Part, set[Part]]:
        edges: dict[Part, set[Part]] = {}
        for node in self._references:
            target = self.documents.target(node)
            start, end = self._part(*node.key), self._part(*target.key)
            edges.setdefault(start, set()).add(end)
            is_base = isinstance(target.value, dict) and "discriminator" in target.value
            if is_base and len(node.pointer) > 1 and node.pointer[-2] == "allOf":
                edges.setdefault(end, set()).add(start)  # whoever takes the base may be given the subtype
        for node in self.index.objects("schema", "subschema"):
            discriminator = node.get("discriminator")
            for _, named in discriminator.members("mapping") if discriminator else []:
                target = self.documents.mapped(named)
                edges.setdefault(self._part(*node.key), set()).add(self._part(*target.key))
        return edges

    def _reached(self, starts: Iterator[Part]) -> set[Part]:
        reached: set[Part] = set()
        rest = list(starts)
        while rest:
            part = rest.pop()
            if part not in reached:
                reached.add(part)
                rest += self._edges.get(part, ())
        return reached

    @cached_property
    def _inputs(self) -> set[Part]:
        root = self.documents.root
        elsewhere = (self._part(*item.key) for _, item in self.index.paths if item.source is not root)
        here = (part for part in self._edges_and_inline if part[0] is root and _is_request(part[1]))
        return self._reached(chain(here, elsewhere))

    @cached_property
    def _used(self) -> set[Part]:
        root = self.documents.root
        by_extensions = (
            self._part(root, pointer_tokens(unquote(found.removeprefix("#"))))
            for key, extension in self.index.root.value.items()
            if key.startswith("x-")
            for found in _mentioned(extension)
        )
        return self._reached(chain((part for part in self._edges if part[1][:1] != ("components",)), by_extensions))

    @property
    def _edges_and_inline(self) -> set[Part]:
        """The parts that refer to others, and those of operations that need not."""
        found = set(self._edges)
        for operation in self.index.operations:
            source, pointer = operation.node.key
            found.add(self._part(source, (*pointer, "requestBody")))
            found.add(self._part(source, (*pointer, "parameters")))
            found.add(self._part(source, (*pointer[:-1], "parameters")))
        return found


def _mentioned(value: object) -> Iterator[str]:
    """The references within this file that an extension has."""
    rest = [value]
    while rest:
        found = rest.pop()
        if isinstance(found, dict):
            reference = found.get("$ref")
            if isinstance(reference, str) and reference.startswith("#/"):
                yield reference
            rest += found.values()
        elif isinstance(found, list):
            rest += found


def _is_request(pointer: Pointer) -> bool:
    if pointer[:1] != ("paths",):
        return False
    return pointer[2:3] == ("parameters",) or pointer[3:4] in (("requestBody",), ("parameters",))
