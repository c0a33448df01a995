"""What a program written against an SDK names: modules, methods, arguments, types and their attributes.

The names and types are those that the emitters are given (`sdkgen.types`), so this table is what is in the SDK and not
what might be. Where a language writes two of those types the same way, it can't tell them apart here either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from sdkgen import types
from sdkgen.client.plain_types import RESERVED
from sdkgen.compat.exchange import Endpoint
from sdkgen.compat.operations import endpoints
from sdkgen.compat.side import Side
from sdkgen.load import Key, Node
from sdkgen.model import METHODS
from sdkgen.naming import attribute, module_name, pascal_case, snake_case, type_name
from sdkgen.types import Alias, Discriminated, ListOf, MapOf, Named, Object, OneOf, Symbols, Type


@dataclass(frozen=True, slots=True)
class Argument:
    name: str
    type: Type
    required: bool
    node: Node


@dataclass(slots=True)
class Method:
    module: str
    name: str
    node: Node
    operation: str
    """What a change calls it."""
    arguments: dict[tuple[str, str], Argument] = field(default_factory=dict)
    """By location and name; a path parameter by its position, the body as `body`."""
    results: dict[str, Type] = field(default_factory=dict)
    """By status."""


class Table:
    """The symbols of one contract."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self.symbols = Symbols(side.contract, RESERVED)
        self._contents: dict[Key, Type] = {}
        self.components = set(self._names())
        self.methods = {key: self._method(key, endpoint) for key, endpoint in endpoints(side).items()}
        self.taken = self._reached(
            argument.type for one in self.methods.values() for argument in one.arguments.values()
        )
        results = (found for one in self.methods.values() for found in one.results.values())
        self.given = self._reached(chain(results, self._received()))

    def _names(self) -> Iterator[str]:
        for name, node in self.side.contract.schemas.items():
            found = self.symbols.type(node, name)
            yield type_name(name)
            if isinstance(found, Named):
                yield found.name

    def _method(self, key: tuple[str, str], endpoint: Endpoint) -> Method:
        value = endpoint.node.value
        named = value.get("operationId") or f"{key[1]} {re.sub('[{}]', ' ', key[0])}"
        tags = value.get("tags") or ["default"]
        method = Method(module_name(tags[0]), snake_case(named), endpoint.node, f"{key[1].upper()} {endpoint.path}")
        hint = pascal_case(named)
        for (place, name), node in endpoint.parameters().items():
            declared = node.get("schema")
            inner = hint + pascal_case(node.value["name"])
            found = self.symbols.type(declared, inner) if declared else self._content(node, inner)
            needed = place == "path" or node.value.get("required", False)
            method.arguments[place, name] = Argument(attribute(node.value["name"]), found, needed, node)
        body = endpoint.node.get("requestBody")
        if body is not None:
            node = self.side.follow(body)
            found = self._content(node, f"{hint}Body")
            method.arguments["body", "body"] = Argument("body", found, node.value.get("required", False), node)
        for status, reference in endpoint.node.members("responses"):
            if not status.startswith("x-"):
                node = self.side.follow(reference)
                method.results[status] = self._content(node, f"{hint}{status}") if node.get("content") else types.NULL
        return method

    def _received(self) -> Iterator[Type]:
        """The bodies of what the service sends on its own: in callbacks and webhooks."""
        webhooks = [item for _, item in self.side.root.members("webhooks")]
        callbacks = [
            item
            for endpoint in endpoints(self.side).values()
            for _, named in endpoint.node.members("callbacks")
            for _, item in self.side.follow(named).items()
        ]
        for item in webhooks + callbacks:
            for method, operation in self.side.follow(item).items():
                body = operation.get("requestBody") if method in METHODS else None
                if body is not None:
                    yield self._content(self.side.follow(body), "Event")

    def _content(self, node: Node, hint: str) -> Type:
        if node.key not in self._contents:
            listed = node.members("content")
            schemas = [media.get("schema") for name, media in sorted(listed, key=lambda entry: "json" not in entry[0])]
            self._contents[node.key] = self.symbols.type(schemas[0], hint) if schemas and schemas[0] else types.ANY
        return self._contents[node.key]

    def _reached(self, starts: Iterator[Type]) -> set[str]:
        seen: set[str] = set()
        rest = list(starts)
        while rest:
            found = rest.pop()
            if isinstance(found, Named):
                if found.name not in seen:
                    seen.add(found.name)
                    rest += self.inside(found.name)
            elif isinstance(found, (ListOf, MapOf)):
                rest.append(found.items if isinstance(found, ListOf) else found.values)
            elif isinstance(found, OneOf):
                rest += found.members
            elif isinstance(found, Discriminated):
                rest += [Named(name) for _, name in found.mapping]
                rest += [found.otherwise] if found.otherwise else []
        return seen

    def inside(self, name: str) -> list[Type]:
        """The types that a named type is made of."""
        one = self.named(name)
        if isinstance(one, Object):
            return [entry.type for entry in one.fields] + ([Named(one.base)] if one.base else [])
        return [one.type] if one else []

    def named(self, name: str) -> Object | Alias | None:
        return self.symbols.objects.get(name) or self.symbols.aliases.get(name)
