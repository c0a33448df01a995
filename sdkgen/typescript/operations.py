"""`contract/operations.ts`: what each operation receives and may answer, and the interface the team's code fulfils."""

from __future__ import annotations

from sdkgen import parameters
from sdkgen.model import MediaType, Operation, Response
from sdkgen.names import Responses, parameter_type, request, responses
from sdkgen.naming import pascal_case
from sdkgen.types import Symbols
from sdkgen.typescript import names
from sdkgen.typescript.annotations import Annotations
from sdkgen.typescript.layout import HEADER, INDENT, WIDTH, doc, key, string, union

_PREAMBLE = """
import type { Principal } from "../platform/auth.ts";
import type { Context } from "../platform/context.ts";
import type { Stream } from "../platform/operation.ts";
import type * as models from "./models.ts";
"""


def render(symbols: Symbols) -> str:
    """The module's text."""
    annotations = Annotations(symbols, "models.")
    named = Responses(symbols.contract)
    written: dict[str, str] = {}
    for operation in symbols.contract.operations:
        written[request(operation)] = _request(symbols, annotations, operation)
        own = {named.name(operation, found): found for found in operation.responses}
        for name, found in own.items():
            if name not in written:
                written[name] = _response(symbols, annotations, name, found)
        # An operation that declares no response can't answer; only a problem can be thrown.
        written[responses(operation)] = union(f"export type {responses(operation)} =", own or ["never"])
    text = HEADER + _PREAMBLE + "".join(f"\n{part}" for part in [*written.values(), _interface(symbols)])
    # What nothing uses would be an error of the compiler.
    return _without_unused(text)


def signature(operation: Operation, modifier: str = "", module: str = "") -> str:
    """The head of the method that serves an operation, laid out for a class or an interface."""
    principal = f"{module}Principal{' | null' if operation.security.public else ''}"
    arguments = [f"request: {module}{request(operation)}", f"context: {module}Context<{principal}>"]
    result = f"Promise<{module}{responses(operation)}>"
    head = f"{INDENT}{modifier}{names.handler(operation)}"
    line = f"{head}({', '.join(arguments)}): {result}"
    if len(line) + 2 <= WIDTH:
        return line
    listed = "".join(f"{INDENT * 2}{argument},\n" for argument in arguments)
    return f"{head}(\n{listed}{INDENT}): {result}"


def _request(symbols: Symbols, annotations: Annotations, operation: Operation) -> str:
    lines = [doc(f"{operation.method} {operation.path}"), f"export interface {request(operation)} {{\n"]
    attributes = names.attributes(operation)
    for parameter in operation.parameters:
        found = parameter_type(symbols, operation, parameter)
        is_there = parameter.required or parameters.default(symbols, parameter, found) is not None
        mark = "" if is_there else "?"
        name = attributes[parameter.location, parameter.name]
        lines.append(doc(parameter.description, INDENT))
        lines.append(union(f"{INDENT}readonly {name}{mark}:", annotations.members(found)))
    if operation.body:
        members = _body(symbols, annotations, operation.body.content, f"{operation.id} body", "Uint8Array")
        lines.append(union(f"{INDENT}readonly body{'' if operation.body.required else '?'}:", members))
    return "".join([*lines, "}\n"])


def _body(symbols: Symbols, annotations: Annotations, content: tuple[MediaType, ...], hint: str, raw: str) -> list[str]:
    found = [
        member
        for media in content
        if media.is_json
        for member in (
            annotations.members(symbols.type(media.schema, pascal_case(hint))) if media.schema else ["unknown"]
        )
    ]
    if any(not media.is_json for media in content):
        found.append(raw)
    return ["unknown"] if "unknown" in found else found or [raw]


def _response(symbols: Symbols, annotations: Annotations, name: str, response: Response) -> str:
    fixed = response.status.isdecimal()
    lines = [doc(response.description), f"export interface {name} {{\n"]
    status = response.status if fixed else string(response.status if response.status == "default" else _range(response))
    lines.append(f"{INDENT}readonly status: {status};\n")
    if not fixed:
        lines.append(f"{INDENT}readonly code: number;\n")
    content = tuple(sorted(response.content, key=lambda media: not media.is_json))
    if content:
        members = _body(symbols, annotations, content, f"{name} body", "Stream")
        lines.append(union(f"{INDENT}readonly body:", members))
    if len(content) > 1:
        lines.append(union(f"{INDENT}readonly contentType?:", (string(media.name) for media in content)))
    if response.headers:
        required = any(header.required for header in response.headers)
        lines.append(f"{INDENT}readonly headers{'' if required else '?'}: {{\n")
        for header in response.headers:
            found = symbols.type(header.schema, pascal_case(f"{name} {header.name}")) if header.schema else None
            members = annotations.members(found) if found else ["string"]
            mark = "" if header.required else "?"
            lines.append(union(f"{INDENT * 2}readonly {key(header.name)}{mark}:", members))
        lines.append(f"{INDENT}}};\n")
    return "".join([*lines, "}\n"])


def _range(response: Response) -> str:
    return response.status.upper()


def _interface(symbols: Symbols) -> str:
    lines = ["/** The contract's operations, as the service implements them. */\n", "export interface Operations {\n"]
    for operation in symbols.contract.operations:
        lines.append(doc(operation.summary or operation.description, INDENT))
        lines.append(signature(operation) + ";\n")
    return "".join([*lines, "}\n"])


def _without_unused(text: str) -> str:
    head, _, body = text.partition(_PREAMBLE)
    used = [
        line
        for line, name in zip(
            _PREAMBLE.strip().splitlines(), ("Principal", "Context<", "Stream;", "models."), strict=True
        )
        if name in body or (name == "Stream;" and "Stream\n" in body)
    ]
    return head + ("\n" + "\n".join(used) + "\n" if used else "") + body
