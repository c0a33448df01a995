"""From a request's raw path to an operation of the contract.

The raw path is split before it is decoded, so an escaped slash is part of its segment (RFC 3986, section 2.2). Concrete
paths come before templated ones (OpenAPI, "Path Templating Matching").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from urllib.parse import unquote

from starlette.routing import Match, Route
from starlette.types import Scope

T = TypeVar("T")

_TEMPLATE = re.compile(r"\{([^{}]+)\}")


class PlatformRoute(Route):
    """A path of the platform's own, known as it is written alone: whoever guards `/metrics` knows no `/%6Detrics`."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match by the raw path (ASGI's `raw_path`)."""
        return super().matches(scope) if scope.get("raw_path") == self.path.encode() else (Match.NONE, {})


@dataclass(frozen=True, slots=True)
class Resource(Generic[T]):
    """One path of the contract: the target and the names of the path's parameters, by method."""

    methods: dict[str, tuple[T, tuple[str, ...]]] = field(default_factory=dict)

    @property
    def allow(self) -> str:
        """The value of the `Allow` header (RFC 9110, section 10.2.1)."""
        allowed = {*self.methods, "OPTIONS"}
        if "GET" in allowed:
            allowed.add("HEAD")
        return ", ".join(sorted(allowed))

    def target(self, method: str) -> tuple[T, tuple[str, ...]] | None:
        """What serves the method; HEAD is served as GET (RFC 9110, section 9.3.2)."""
        return self.methods.get(method) or (self.methods.get("GET") if method == "HEAD" else None)


@dataclass(slots=True)
class _Node(Generic[T]):
    literals: dict[str, _Node[T]] = field(default_factory=dict)
    patterns: list[tuple[str, re.Pattern[str], _Node[T]]] = field(default_factory=list)
    resource: Resource[T] | None = None


class Router(Generic[T]):
    """Finds what serves a path, with or without the path of the contract's server URL before it."""

    def __init__(self, routes: Iterable[tuple[str, str, T]], base_path: str = "") -> None:
        """`routes` are method, path template and target; `base_path` is "" or starts with a slash."""
        self._base_path = base_path.rstrip("/")
        self._root: _Node[T] = _Node()
        self._concrete: dict[str, Resource[T]] = {}
        for method, path, target in routes:
            self._add(method, path, target)

    def match(self, raw_path: str) -> tuple[Resource[T], list[str]] | None:
        """The resource of a path and the values of its parameters, still percent-encoded."""
        if self._base_path and raw_path.startswith(self._base_path + "/"):
            found = self._match(raw_path[len(self._base_path) :])
            if found is not None:
                return found
        return self._match(raw_path)

    def _match(self, path: str) -> tuple[Resource[T], list[str]] | None:
        resource = self._concrete.get(path)
        if resource is not None:
            return resource, []
        return _descend(self._root, path.split("/")[1:], 0)

    def _add(self, method: str, path: str, target: T) -> None:
        node, names = self._root, []
        for segment in path.split("/")[1:]:
            if "{" not in segment:
                node = node.literals.setdefault(unquote(segment), _Node())
                continue
            names += _TEMPLATE.findall(segment)
            node = _child(node, segment)
        if node.resource is None:
            node.resource = Resource()
        if not names:
            self._concrete[path] = node.resource
        node.resource.methods[method.upper()] = (target, tuple(names))


def _child(node: _Node[T], segment: str) -> _Node[T]:
    literals = _TEMPLATE.split(segment)[::2]
    expression = "(.+)".join("".join(map(_either_form, literal)) for literal in literals)
    for known, _, child in node.patterns:
        if known == expression:
            return child
    child = _Node[T]()
    node.patterns.append((expression, re.compile(expression), child))
    # The segment that says more is tried first: `{name}.json` before `{name}`.
    node.patterns.sort(key=lambda pattern: -len(pattern[0]))
    return child


def _either_form(character: str) -> str:
    """A literal character, which a client may also write percent-encoded."""
    if character.isalnum() or character in "-._~":
        return re.escape(character)
    return f"(?:{re.escape(character)}|(?i:{re.escape(''.join(f'%{byte:02X}' for byte in character.encode()))}))"


def _descend(node: _Node[T], segments: list[str], at: int) -> tuple[Resource[T], list[str]] | None:
    if at == len(segments):
        return (node.resource, []) if node.resource is not None else None
    segment = segments[at]
    literal = node.literals.get(unquote(segment) if "%" in segment else segment)
    if literal is not None:
        found = _descend(literal, segments, at + 1)
        if found is not None:
            return found
    for _, pattern, child in node.patterns:
        match = pattern.fullmatch(segment)
        if match is not None:
            found = _descend(child, segments, at + 1)
            if found is not None:
                return found[0], [*match.groups(), *found[1]]
    return None
