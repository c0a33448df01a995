"""Files of a contract: read once, kept as JSON values, with lines found again only when something is wrong."""

from __future__ import annotations

import json
import math
import re
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

from sdkgen import yaml12
from sdkgen.errors import ContractError, Place, Pointer, pointer_text, pointer_tokens

MAX_BYTES = 100 << 20
_SURROGATES = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, eq=False)
class Source:
    """One file: its bytes as read, and the JSON value they hold."""

    path: Path
    content: bytes
    value: Any

    def place(self, pointer: Pointer = ()) -> Place:
        """The place of a value; its line is that of the nearest value around it that stands in the text."""
        nearest = pointer
        while nearest and nearest not in self._lines:
            nearest = nearest[:-1]
        return Place(self.path, pointer, self._lines.get(nearest))

    @cached_property
    def _lines(self) -> dict[Pointer, int]:
        """The line of each value: only looked for when something has to be said about one."""
        lines: dict[Pointer, int] = {}
        with suppress(yaml12.YamlError):
            yaml12.parse(_as_yaml(self.content.decode("utf-8-sig")), lines.__setitem__)
        return lines


Key: TypeAlias = tuple[Source, Pointer]


@dataclass(slots=True, eq=False)
class Node:
    """A value of a contract together with where it stands, so that whoever reads it can say what is wrong with it."""

    source: Source
    pointer: Pointer
    value: Any

    @property
    def key(self) -> Key:
        """The identity of the place: two nodes with the same key are the same value."""
        return self.source, self.pointer

    @property
    def place(self) -> Place:
        return self.source.place(self.pointer)

    def child(self, *tokens: str) -> Node:
        """The value below; the caller knows that it is there."""
        value = self.value
        for token in tokens:
            value = value[int(token)] if isinstance(value, list) else value[token]
        return Node(self.source, (*self.pointer, *tokens), value)

    def get(self, token: str) -> Node | None:
        if isinstance(self.value, dict) and token in self.value:
            return Node(self.source, (*self.pointer, token), self.value[token])
        return None

    def items(self) -> list[tuple[str, Node]]:
        """The members of an object or the elements of an array, in order."""
        source, pointer, value = self.source, self.pointer, self.value
        if isinstance(value, dict):
            return [(key, Node(source, (*pointer, key), found)) for key, found in value.items()]
        if isinstance(value, list):
            return [(str(at), Node(source, (*pointer, str(at)), found)) for at, found in enumerate(value)]
        return []

    def containers(self) -> list[tuple[str, Node]]:
        """Those items that are objects or arrays themselves."""
        source, pointer, value = self.source, self.pointer, self.value
        if isinstance(value, dict):
            return [(k, Node(source, (*pointer, k), v)) for k, v in value.items() if isinstance(v, (dict, list))]
        if isinstance(value, list):
            return [
                (str(n), Node(source, (*pointer, str(n)), v))
                for n, v in enumerate(value)
                if isinstance(v, (dict, list))
            ]
        return []

    def members(self, token: str) -> list[tuple[str, Node]]:
        """The items of the value below; none where it is not there."""
        found = self.get(token)
        return found.items() if found else []

    def error(self, cause: str, mend: str) -> ContractError:
        return ContractError(self.place, cause, mend)


@dataclass(slots=True)
class Documents:
    """All files of one contract. References are followed when asked for, never by copying what they point to."""

    root: Source
    sources: dict[Path, Source] = field(default_factory=dict)
    is_complete: bool = False
    """Are all files that the contract refers to read?"""
    _targets: dict[tuple[Source, str], Node] = field(default_factory=dict)

    @classmethod
    def open(cls, path: Path) -> Documents:
        """Read the contract's first file. Raises ContractError where it can't be read."""
        source = read(path)
        return cls(source, {source.path.resolve(): source})

    @property
    def node(self) -> Node:
        return Node(self.root, (), self.root.value)

    def follow(self, node: Node) -> Node:
        """Go along `$ref` until a value stands there; a node without one is returned as it is.

        Raises ContractError for a reference that leads nowhere, or out of the contract's folder.
        """
        while isinstance(node.value, dict) and isinstance(node.value.get("$ref"), str):
            node = self.target(node)
        return node

    def target(self, node: Node) -> Node:
        """The value that the `$ref` of this node names, one step along. Raises ContractError as `follow` does."""
        known = (node.source, node.value["$ref"])
        if known not in self._targets:
            self._targets[known] = self._find(node)
        return self._targets[known]

    def mapped(self, named: Node) -> Node:
        """The schema that an entry of a discriminator's mapping names, by its name or by a reference."""
        components = self.node.get("components")
        schemas = components.get("schemas") if components else None
        by_name = schemas.get(named.value) if schemas else None
        return by_name or self.target(Node(named.source, named.pointer, {"$ref": named.value}))

    def _find(self, node: Node) -> Node:
        reference: str = node.value["$ref"]
        try:
            parts = urlsplit(reference)
        except ValueError:
            cause = f"the reference {reference!r} is no URI"
            raise node.error(cause, "write it as file.yaml#/… or #/…") from None
        if parts.scheme or parts.netloc:
            raise node.error(
                f"the reference {reference!r} leads to another host",
                "save that file beside the contract and refer to it",
            )
        source = self._source(node, unquote(parts.path)) if parts.path else node.source
        fragment = unquote(parts.fragment)
        if fragment and not fragment.startswith("/"):
            raise node.error(f"the reference {reference!r} names an anchor", "write it as a JSON Pointer, #/…")
        found = Node(source, (), source.value)
        for token in pointer_tokens(fragment):
            value = found.value
            present = token in value if isinstance(value, dict) else _is_index(value, token)
            if not present:
                raise node.error(
                    f"the reference {reference!r} leads nowhere: {pointer_text(found.pointer)} has no {token!r}",
                    "correct the reference or add what it names",
                )
            found = found.child(token)
        return found

    def _source(self, node: Node, relative: str) -> Source:
        path = node.source.path.parent / relative
        resolved = path.resolve()
        if not resolved.is_relative_to(self.root.path.parent.resolve()):
            raise node.error(
                f"the reference {relative!r} leaves the contract's folder", "keep all files of a contract in one folder"
            )
        if resolved not in self.sources:
            if not resolved.is_file():
                raise node.error(f"the file {relative!r} is not there", "correct the reference or add the file")
            self.sources[resolved] = read(path)
        return self.sources[resolved]


def read(path: Path) -> Source:
    """Read one JSON or YAML file of a contract. Raises ContractError."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        cause = (error.strerror or "unreadable").lower()
        raise ContractError(Place(path), f"can't be read: {cause}", "name a readable OpenAPI file") from None
    if len(content) > MAX_BYTES:
        raise ContractError(Place(path), f"is larger than {MAX_BYTES >> 20} MiB", "split it into several files")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ContractError(Place(path, (), line), "is not UTF-8", "save the file as UTF-8") from None
    is_json = path.suffix == ".json" or text.lstrip()[:1] in ("{", "[")
    return _json(path, content, text) if is_json else Source(path, content, _yaml(path, text))


def _yaml(path: Path, text: str) -> Any:
    try:
        return yaml12.parse(text)
    except yaml12.YamlError as error:
        raise ContractError(Place(path, (), error.line), error.cause, "correct it there") from None


def _json(path: Path, content: bytes, text: str) -> Source:
    twice: list[str] = []
    endless: list[str] = []

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) != len(pairs):
            twice.append(pairs[0][0])
        return value

    def number(text: str) -> float:
        value = float(text)
        if not math.isfinite(value):
            endless.append(text)
        return value

    try:
        value = json.loads(text, object_pairs_hook=members, parse_float=number, parse_constant=number)
        if twice or _depth_exceeds(value, yaml12.MAX_DEPTH):
            value = _yaml(path, _as_yaml(text))  # finds the line, and refuses
    except json.JSONDecodeError as error:
        if path.suffix != ".json":
            return Source(path, content, _yaml(path, text))
        raise ContractError(
            Place(path, (), error.lineno), f"malformed JSON: {error.msg}", f"correct it at column {error.colno}"
        ) from None
    except (RecursionError, ValueError):
        value = _yaml(path, _as_yaml(text))
    source = Source(path, content, value)
    if endless or "\\ud" in text or "\\uD" in text:
        _refuse_unsound(source)
    return source


def _as_yaml(text: str) -> str:
    """JSON that YAML can read, line by line: it knows no surrogate pairs."""
    return _SURROGATES.sub(lambda found: str(json.loads(f'"{found[0]}"')), text)


def _refuse_unsound(source: Source) -> None:
    """Refuse what Python reads and JSON does not have: numbers without end, and text that is not Unicode."""
    rest: list[tuple[Pointer, Any]] = [((), source.value)]
    while rest:
        pointer, found = rest.pop()
        texts = [found] if isinstance(found, str) else found if isinstance(found, dict) else ()
        if isinstance(found, float) and not math.isfinite(found):
            raise ContractError(source.place(pointer), f"{found} is no number in JSON", "write a number")
        if any(_LONE_SURROGATE.search(text) for text in texts):
            cause = "has half of a surrogate pair, which is no Unicode text"
            raise ContractError(source.place(pointer), cause, "write whole characters")
        members = found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
        rest += [((*pointer, str(token)), member) for token, member in reversed(list(members))]


def _depth_exceeds(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [
            item
            for container in level
            for item in (container.values() if isinstance(container, dict) else container)
            if isinstance(item, (dict, list))
        ]
        if not level:
            return False
    return True


def _is_index(value: Any, token: str) -> bool:
    return isinstance(value, list) and token.isdecimal() and int(token) < len(value)
