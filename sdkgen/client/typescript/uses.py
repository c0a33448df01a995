"""The types that an operation takes and gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sdkgen import schema
from sdkgen.client.policy import represented
from sdkgen.load import Node
from sdkgen.model import MediaType, Operation, Response
from sdkgen.naming import pascal_case
from sdkgen.types import ANY, Plain, Symbols, Type


@dataclass(slots=True)
class Use:
    operation: Operation
    parameters: list[Type] = field(default_factory=list)
    """In the order of the operation's."""
    bodies: dict[str, Type] = field(default_factory=dict)
    """By media type, JSON first."""
    results: dict[str, Type] = field(default_factory=dict)
    """By status, of the responses that have JSON."""

    def types(self) -> Iterator[Type]:
        yield from self.parameters
        yield from self.bodies.values()
        yield from self.results.values()


def use(symbols: Symbols, operation: Operation) -> Use:
    """Ask for the types in the order in which the contract gate does, so that those without a name get the same one."""
    hint = pascal_case(operation.id)
    found = Use(operation)
    for parameter in operation.parameters:
        found.parameters.append(_type(symbols, parameter.schema, hint + pascal_case(parameter.name)))
    for media in sorted(operation.body.content if operation.body else (), key=lambda media: not media.is_json):
        found.bodies[media.name] = _type(symbols, media.schema, f"{hint}Body")
    for response in operation.responses:
        represented_by = represented(response.content)
        if represented_by is not None and represented_by.is_json:
            found.results[response.status] = _type(symbols, represented_by.schema, f"{hint}{response.status}")
    return found


def _type(symbols: Symbols, node: Node | None, hint: str) -> Type:
    return symbols.type(node, hint) if node is not None else ANY


def files(symbols: Symbols, media: MediaType) -> list[str]:
    """The properties of a form that are files."""
    if media.schema is None:
        return []
    found: dict[str, None] = {}
    for part in schema.parts(symbols.contract, symbols.contract.documents.follow(media.schema)):
        for name, node in part.members("properties"):
            declared = symbols.contract.documents.follow(node)
            items = declared.get("items")
            inner = symbols.contract.documents.follow(items) if items else declared
            if isinstance(inner.value, dict) and inner.value.get("format") == "binary":
                found[name] = None
    return list(found)


def without_json(response: Response) -> str:
    """The type of a body that is no JSON, and of none."""
    media = represented(response.content)
    if media is None:
        return "undefined"
    return "string" if media.essence.startswith("text/") else "Blob"


def is_bytes(found: Type, media: MediaType) -> bool:
    """Is a body handed over as it is, and not written from a value?"""
    forms = ("multipart/form-data", "application/x-www-form-urlencoded")
    return not media.is_json and (media.essence not in forms or isinstance(found, Plain))
