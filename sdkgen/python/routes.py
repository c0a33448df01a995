"""`contract/routes.py`: the routing table."""

from __future__ import annotations

from sdkgen import parameters
from sdkgen.model import Contract, Operation, Parameter
from sdkgen.names import Responses, request
from sdkgen.python import names
from sdkgen.python.layout import HEADER, string

_PREAMBLE = '''"""The operations of the contract, as the platform serves them."""

from __future__ import annotations

from typing import Final

from ..platform.operation import Array, Body, Object, Operation, Parameter, Scalar
from . import operations
'''


def render(contract: Contract) -> str:
    """The module's text, not yet laid out."""
    responses = Responses(contract)
    entries = "".join(f"    {_operation(contract, operation, responses)},\n" for operation in contract.operations)
    return (
        HEADER
        + _PREAMBLE
        + f"\nBASE_PATH: Final = {string(contract.base_path)}\n"
        + f"\nOPERATIONS: Final[tuple[Operation, ...]] = (\n{entries})\n"
    )


def _operation(contract: Contract, operation: Operation, responses: Responses) -> str:
    arguments = {
        "id": string(operation.id),
        "method": string(operation.method),
        "path": string(operation.path),
        "handler": string(names.handler(operation)),
        "request": f"operations.{request(operation)}",
        "responses": _tuple(f"operations.{responses.name(operation, found)}" for found in operation.responses),
    }
    attributes = names.attributes(operation)
    if operation.parameters:
        arguments["parameters"] = _tuple(
            _parameter(contract, parameter, attributes[parameter.location, parameter.name])
            for parameter in operation.parameters
        )
    if operation.body:
        media_types = _tuple(string(media.name) for media in operation.body.content)
        arguments["body"] = f"Body({media_types}, required={operation.body.required})"
    if operation.security.public:
        arguments["public"] = "True"
    if operation.security.alternatives != ((),):
        arguments["scopes"] = _tuple(_tuple(map(string, scopes)) for scopes in operation.security.alternatives)
    if key := operation.idempotency_key:
        arguments["idempotency_key"] = string("required" if key.required else "optional")
    if operation.deprecated:
        arguments["deprecated"] = "True"
    if operation.deprecation:
        arguments["deprecation"] = string(operation.deprecation)
    if operation.sunset:
        arguments["sunset"] = string(operation.sunset)
    if operation.rate:
        arguments["rate"] = repr(operation.rate)
    if operation.timeout:
        arguments["timeout"] = repr(operation.timeout)
    return f"Operation({', '.join(f'{name}={value}' for name, value in arguments.items())})"


def _parameter(contract: Contract, parameter: Parameter, field: str) -> str:
    arguments = [string(parameter.name), string(parameter.location), string(field)]
    shape = names.shape(parameters.shape(contract, parameter))
    if shape != "Scalar()":
        arguments.append(f"shape={shape}")
    if parameter.style != "simple":
        arguments.append(f"style={string(parameter.style)}")
    if parameter.explode:
        arguments.append("explode=True")
    if parameter.media_type:
        arguments.append(f"media_type={string(parameter.media_type)}")
    return f"Parameter({', '.join(arguments)})"


def _tuple(items: object) -> str:
    listed = list(items)  # type: ignore[call-overload]
    return f"({', '.join(listed)}{',' if len(listed) == 1 else ''})"
