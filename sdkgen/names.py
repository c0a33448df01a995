"""Names of types that an operation has in every language: its request, its responses."""

from __future__ import annotations

from sdkgen import types
from sdkgen.model import Contract, Operation, Parameter, Response
from sdkgen.naming import pascal_case, type_name
from sdkgen.types import Symbols, Type


def request(operation: Operation) -> str:
    return f"{pascal_case(operation.id)}Request"


def responses(operation: Operation) -> str:
    """The union of all responses."""
    return f"{pascal_case(operation.id)}Response"


class Responses:
    """The type of each response: its own, or one for all operations that refer to the same with the same status."""

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


def parameter_type(symbols: Symbols, operation: Operation, parameter: Parameter) -> Type:
    if parameter.schema is None:
        return types.ANY
    return symbols.type(parameter.schema, pascal_case(f"{operation.id} {parameter.name}"))
