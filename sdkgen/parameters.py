"""How the text of a parameter becomes a JSON value: what every stack's routing table says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from sdkgen import schema
from sdkgen.load import Node
from sdkgen.model import Contract, Parameter
from sdkgen.schema import kind_of
from sdkgen.types import Named, Plain, Symbols, Type, Values

_SCALARS = ("null", "boolean", "integer", "number", "string")


@dataclass(frozen=True, slots=True)
class Scalar:
    """The types that the text may be of, the first that fits it first."""

    types: tuple[str, ...] = ("string",)


@dataclass(frozen=True, slots=True)
class Array:
    items: Scalar | None = None
    """None where the contract says nothing of them, so that they are text."""


@dataclass(frozen=True, slots=True)
class Object:
    properties: tuple[tuple[str, Scalar], ...]
    additional: Scalar | None = None


Shape: TypeAlias = Scalar | Array | Object


def shape(contract: Contract, parameter: Parameter) -> Shape:
    """How the parameter's text becomes a JSON value."""
    if parameter.schema is None or parameter.media_type:
        return Scalar()
    node = contract.documents.follow(parameter.schema)
    kinds = _kinds(contract, node)
    if kinds & {"array", "object"} and len(kinds - {"null"}) > 1:
        contract.report(
            "ambiguous-parameter", parameter.node, "the text of this parameter may mean several types: one is taken"
        )
    if "array" in kinds:
        items = _part(contract, node, "items")
        return Array(_scalar(contract, items)) if items else Array()
    if "object" in kinds:
        properties = {
            name: declared
            for part in schema.parts(contract, node)
            for name, declared in (part.child("properties").items() if "properties" in part.value else [])
        }
        listed = tuple((name, _scalar(contract, declared)) for name, declared in properties.items())
        additional = _part(contract, node, "additionalProperties")
        return Object(listed, _scalar(contract, additional) if additional else None)
    return _scalar(contract, node)


def default(symbols: Symbols, parameter: Parameter, found: Type) -> str | int | float | bool | None:
    """The default of a parameter, where it is a value of its type; None where there is none."""
    node = symbols.contract.documents.follow(parameter.schema) if parameter.schema else None
    given = node.value.get("default") if node and isinstance(node.value, dict) else None
    kind = kind_of(given)
    while isinstance(found, Named) and found.name in symbols.aliases:
        found = symbols.aliases[found.name].type
    if isinstance(found, Plain):
        fits = found.kind == kind or (found.kind, kind) == ("number", "integer")
        return given if fits else None
    fits = isinstance(found, Values) and kind in ("string", "integer") and given in found.values
    return given if fits else None


def _part(contract: Contract, node: Node, keyword: str) -> Node | None:
    for part in schema.parts(contract, node):
        found = part.get(keyword)
        if found is not None and isinstance(found.value, dict):
            return found
    return None


def _scalar(contract: Contract, node: Node) -> Scalar:
    kinds = _kinds(contract, node)
    if kinds & {"array", "object"}:
        contract.report(
            "nested-parameter", node, "a value inside a parameter that is itself an array or object is text"
        )
    return Scalar(tuple(name for name in _SCALARS if name in kinds) or ("string",))


def _kinds(contract: Contract, node: Node) -> set[str]:
    kinds: set[str] = set()
    for part in schema.parts(contract, node):
        kinds.update(schema.types(part))
        kinds.update(
            schema.kind_of(value)
            for value in part.value.get("enum", [part.value.get("const")] if "const" in part.value else [])
        )
    return kinds
