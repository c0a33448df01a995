"""`contract/operations.py`: what each operation receives and may answer, and the protocol the team's code fulfils."""

from __future__ import annotations

from sdkgen import parameters
from sdkgen.model import MediaType, Operation, Response
from sdkgen.names import Responses, parameter_type, request, responses
from sdkgen.naming import attribute, pascal_case, unique
from sdkgen.python import names
from sdkgen.python.annotations import annotation, or_none
from sdkgen.python.layout import HEADER, docstring, string
from sdkgen.types import Symbols

_PREAMBLE = '''"""What each operation of the contract receives and may answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, Literal, Protocol, TypeAlias

from pydantic import Tag

from ..platform.auth import Principal
from ..platform.context import Context
from ..platform.model import DateTime, Number, discriminated
from ..platform.operation import Request, Response, Stream
from . import models
'''


def render(symbols: Symbols) -> str:
    """The module's text, not yet laid out."""
    operations = symbols.contract.operations
    named = Responses(symbols.contract)
    written: dict[str, str] = {}
    for operation in operations:
        written[request(operation)] = _request(symbols, operation)
        own = {named.name(operation, found): found for found in operation.responses}
        for name, found in own.items():
            if name not in written:
                written[name] = _response(symbols, name, found)
        written[responses(operation)] = f"{responses(operation)}: TypeAlias = {' | '.join(own)}\n"
    return HEADER + _PREAMBLE + "\n\n".join(written.values()) + _protocol(operations)


def _request(symbols: Symbols, operation: Operation) -> str:
    lines = [f"class {request(operation)}(Request):\n", docstring(f"{operation.method} {operation.path}")]
    attributes = names.attributes(operation)
    for parameter in operation.parameters:
        found = parameter_type(symbols, operation, parameter)
        written = annotation(found, "models.")
        default = ""
        if not parameter.required:
            given = parameters.default(symbols, parameter, found)
            written = or_none(written) if given is None else written
            default = f" = {string(given) if isinstance(given, str) else repr(given)}"
        lines.append(f"    {attributes[parameter.location, parameter.name]}: {written}{default}\n")
        lines.append(docstring(parameter.description))
    if operation.body:
        written = _body(symbols, operation.body.content, f"{names.handler(operation)} body", "bytes")
        lines.append(f"    body: {written}\n" if operation.body.required else f"    body: {or_none(written)} = None\n")
    return "".join(lines)


def _body(symbols: Symbols, content: tuple[MediaType, ...], hint: str, raw: str) -> str:
    found = [
        annotation(symbols.type(media.schema, pascal_case(hint)), "models.") if media.schema else "Any"
        for media in content
        if media.is_json
    ]
    if any(not media.is_json for media in content):
        found.append(raw)
    return "Any" if "Any" in found else " | ".join(dict.fromkeys(found)) or raw


def _response(symbols: Symbols, name: str, response: Response) -> str:
    lines = ["@dataclass(frozen=True, slots=True, kw_only=True)\n", f"class {name}(Response):\n"]
    lines.append(docstring(response.description))
    fixed = response.status.isdecimal()
    lines.append(f"    status: ClassVar[int] = {response.status if fixed else 0}\n")
    content = sorted(response.content, key=lambda media: not media.is_json)
    headers = _headers(response)
    if content:
        lines.append(f"    media_type: ClassVar[str | None] = {string(content[0].name)}\n")
    if headers:
        pairs = "".join(f"({string(field)}, {string(name)})," for name, field in headers.items())
        lines.append(f"    headers: ClassVar[tuple[tuple[str, str], ...]] = ({pairs})\n")
    if not fixed:
        lines.append("    code: int\n")
    if content:
        lines.append(f"    body: {_body(symbols, tuple(content), f'{name} body', 'Stream')}\n")
    if len(content) > 1:
        lines.append(f"    content_type: str = {string(content[0].name)}\n")
    for header in response.headers:
        found = symbols.type(header.schema, pascal_case(f"{name} {header.name}")) if header.schema else None
        written = annotation(found, "models.") if found else "str"
        lines.append(f"    {headers[header.name]}: ")
        lines.append(f"{written}\n" if header.required else f"{or_none(written)} = None\n")
    return "".join(lines)


def _headers(response: Response) -> dict[str, str]:
    found: dict[str, str] = {}
    for header in response.headers:
        taken = {"status", "media_type", "headers", "code", "body", "content_type", *found.values()}
        found[header.name] = unique(attribute(header.name), taken)
    return found


def _protocol(operations: tuple[Operation, ...]) -> str:
    lines = [
        "\n\nclass Operations(Protocol):\n",
        '    """The contract\'s operations, as the service implements them."""\n\n',
    ]
    for operation in operations:
        lines.append(f"    {signature(operation)}:\n")
        lines.append(docstring(operation.summary or operation.description, "        "))
        lines.append("        ...\n\n")
    return "".join(lines)


def signature(operation: Operation, module: str = "") -> str:
    """The head of the method that serves an operation, without its colon."""
    principal = f"{module}Principal | None" if operation.security.public else f"{module}Principal"
    return (
        f"async def {names.handler(operation)}(self, request: {module}{request(operation)},"
        f" context: {module}Context[{principal}]) -> {module}{responses(operation)}"
    )
