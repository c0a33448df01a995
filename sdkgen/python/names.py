"""The names of an operation in Python, shared by all modules that speak of it."""

from __future__ import annotations

from sdkgen import schema, types
from sdkgen.load import Node
from sdkgen.model import Contract, Operation, Parameter, Response
from sdkgen.naming import attribute, pascal_case, snake_case, type_name, unique
from sdkgen.types import Symbols, Type

_SCALARS = ("null", "boolean", "integer", "number", "string")


def handler(operation: Operation) -> str:
    return snake_case(operation.id)


def request(operation: Operation) -> str:
    return f"{pascal_case(operation.id)}Request"


def responses(operation: Operation) -> str:
    """The union of all responses."""
    return f"{pascal_case(operation.id)}Response"


class Responses:
    """The class of each response: its own, or one for all operations that refer to the same with the same status."""

    def __init__(self, contract: Contract) -> None:
        self._names: dict[object, str] = {}
        taken = {name(operation) for operation in contract.operations for name in (request, responses)}
        every = [(operation, found) for operation in contract.operations for found in operation.responses]
        # What refers to a component comes last: its name gives way to those of the operations.
        for operation, found in sorted(every, key=lambda entry: entry[1].component is not None):
            key = self._key(operation, found)
            if key not in self._names:
                owner = type_name(found.component) if found.component else pascal_case(operation.id)
                status = "Default" if found.status == "default" else found.status.upper()
                while owner + status in taken:
                    owner += "Response"
                taken.add(owner + status)
                self._names[key] = owner + status

    def name(self, operation: Operation, found: Response) -> str:
        return self._names[self._key(operation, found)]

    @staticmethod
    def _key(operation: Operation, found: Response) -> object:
        return (found.node.key, found.status) if found.component else (operation.id, found.status)


def attributes(operation: Operation) -> dict[tuple[str, str], str]:
    """The attribute of the request object for each parameter, by location and name."""
    found: dict[tuple[str, str], str] = {}
    for parameter in operation.parameters:
        taken = {"body", *found.values()}
        name = attribute(parameter.name)
        name = name if name not in taken else attribute(f"{parameter.location}_{parameter.name}")
        found[parameter.location, parameter.name] = unique(name, taken)
    return found


def parameter_type(symbols: Symbols, operation: Operation, parameter: Parameter) -> Type:
    if parameter.schema is None:
        return types.ANY
    return symbols.type(parameter.schema, pascal_case(f"{operation.id} {parameter.name}"))


def shape(contract: Contract, parameter: Parameter) -> str:
    """How the parameter's text becomes a JSON value, as the routing table writes it."""
    if parameter.schema is None or parameter.media_type:
        return "Scalar()"
    node = contract.documents.follow(parameter.schema)
    kinds = _kinds(contract, node)
    if kinds & {"array", "object"} and len(kinds - {"null"}) > 1:
        contract.report(
            "ambiguous-parameter", parameter.node, "the text of this parameter may mean several types: one is taken"
        )
    if "array" in kinds:
        items = _part(contract, node, "items")
        return f"Array({_scalar(contract, items)})" if items else "Array()"
    if "object" in kinds:
        properties = {
            name: declared
            for part in schema.parts(contract, node)
            for name, declared in (part.child("properties").items() if "properties" in part.value else [])
        }
        listed = ", ".join(f"{name!r}: {_scalar(contract, declared)}" for name, declared in properties.items())
        additional = _part(contract, node, "additionalProperties")
        return f"Object({{{listed}}}{', ' + _scalar(contract, additional) if additional else ''})"
    return _scalar(contract, node)


def _part(contract: Contract, node: Node, keyword: str) -> Node | None:
    for part in schema.parts(contract, node):
        found = part.get(keyword)
        if found is not None and isinstance(found.value, dict):
            return found
    return None


def _scalar(contract: Contract, node: Node) -> str:
    kinds = _kinds(contract, node)
    if kinds & {"array", "object"}:
        contract.report(
            "nested-parameter", node, "a value inside a parameter that is itself an array or object is text"
        )
    found = [name for name in _SCALARS if name in kinds]
    return f"Scalar({tuple(found)!r})" if found and found != ["string"] else "Scalar()"


def _kinds(contract: Contract, node: Node) -> set[str]:
    kinds: set[str] = set()
    for part in schema.parts(contract, node):
        kinds.update(schema.types(part))
        kinds.update(
            schema.kind_of(value)
            for value in part.value.get("enum", [part.value.get("const")] if "const" in part.value else [])
        )
    return kinds
