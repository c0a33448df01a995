"""`contract/routes.ts`: the routing table."""

from __future__ import annotations

import json
from typing import Any

from sdkgen import parameters
from sdkgen.model import Operation, Parameter, Response
from sdkgen.names import parameter_type
from sdkgen.parameters import Array, Scalar, Shape
from sdkgen.types import Symbols
from sdkgen.typescript import names
from sdkgen.typescript.layout import HEADER, INDENT, WIDTH, key, string

_PREAMBLE = """
import type { Operation } from "../platform/operation.ts";
"""


def render(symbols: Symbols) -> str:
    """The module's text."""
    contract = symbols.contract
    entries = "".join(f"{INDENT}{_literal(_operation(symbols, operation), 1)},\n" for operation in contract.operations)
    return (
        HEADER
        + _PREAMBLE
        + f"\nexport const BASE_PATH = {string(contract.base_path)};\n"
        + f"\nexport const OPERATIONS: readonly Operation[] = [{chr(10) if entries else ''}{entries}];\n"
    )


def _operation(symbols: Symbols, operation: Operation) -> dict[str, Any]:
    attributes = names.attributes(operation)
    found: dict[str, Any] = {
        "id": operation.id,
        "method": operation.method,
        "path": operation.path,
        "handler": names.handler(operation),
    }
    if operation.parameters:
        found["parameters"] = [
            _parameter(symbols, operation, parameter, attributes[parameter.location, parameter.name])
            for parameter in operation.parameters
        ]
    if operation.body:
        found["body"] = {
            "mediaTypes": [media.name for media in operation.body.content],
            "required": operation.body.required,
        }
    found["responses"] = [_response(response) for response in operation.responses]
    if operation.security.public:
        found["public"] = True
    found["scopes"] = [list(scopes) for scopes in operation.security.alternatives]
    if declared := operation.idempotency_key:
        found["idempotencyKey"] = "required" if declared.required else "optional"
    optional = {
        "deprecated": operation.deprecated or None,
        "deprecation": operation.deprecation,
        "sunset": operation.sunset,
        "rate": list(operation.rate) if operation.rate else None,
        "timeout": operation.timeout,
    }
    return found | {name: value for name, value in optional.items() if value is not None}


def _parameter(symbols: Symbols, operation: Operation, parameter: Parameter, field: str) -> dict[str, Any]:
    found: dict[str, Any] = {"name": parameter.name, "location": parameter.location, "field": field}
    shape = parameters.shape(symbols.contract, parameter)
    if shape != Scalar():
        found["shape"] = _shape(shape)
    if parameter.style != "simple":
        found["style"] = parameter.style
    if parameter.explode:
        found["explode"] = True
    if parameter.media_type:
        found["mediaType"] = parameter.media_type
    if not parameter.required:
        given = parameters.default(symbols, parameter, parameter_type(symbols, operation, parameter))
        if given is not None:
            found["default"] = given
    return found


def _shape(shape: Shape) -> dict[str, Any]:
    if isinstance(shape, Scalar):
        return {"types": list(shape.types)}
    if isinstance(shape, Array):
        return {"items": list((shape.items or Scalar()).types)}
    properties = {name: list(scalar.types) for name, scalar in shape.properties}
    return {"properties": properties, "additional": list((shape.additional or Scalar()).types)}


def _response(response: Response) -> dict[str, Any]:
    fixed = response.status.isdecimal()
    found: dict[str, Any] = {
        "status": int(response.status)
        if fixed
        else response.status
        if response.status == "default"
        else response.status.upper()
    }
    content = sorted(response.content, key=lambda media: not media.is_json)
    if content:
        found["mediaTypes"] = [media.name for media in content]
    if response.headers:
        found["headers"] = [header.name for header in response.headers]
    return found


def _literal(value: Any, depth: int) -> str:
    """A literal, on lines of its own where one line does not hold it."""
    if isinstance(value, str):
        return string(value)
    if isinstance(value, dict):
        # In a literal that name sets the prototype, whether quoted or not.
        names = (f"[{string(name)}]" if name == "__proto__" else key(name) for name in value)
        parts = [f"{name}: {_literal(entry, depth + 1)}" for name, entry in zip(names, value.values(), strict=True)]
        start, end, space = "{", "}", " "
    elif isinstance(value, list):
        parts = [_literal(entry, depth + 1) for entry in value]
        start, end, space = "[", "]", ""
    else:
        return json.dumps(value)
    line = f"{start}{space}{', '.join(parts)}{space}{end}"
    if not parts or (len(line) < WIDTH - len(INDENT) * (depth + 6) and "\n" not in line):
        return line if parts else start + end
    return f"{start}\n" + "".join(f"{INDENT * (depth + 1)}{part},\n" for part in parts) + f"{INDENT * depth}{end}"
