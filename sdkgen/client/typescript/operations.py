"""`src/operations/*.ts`: a module for each tag, with each operation and the types of what it takes and gives."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sdkgen.client.policy import CONNECT, READ, TOTAL, Policy
from sdkgen.client.typescript.annotations import Annotations
from sdkgen.client.typescript.names import array, camel_case, comment, helpers, key, string
from sdkgen.client.typescript.uses import Use, files, is_bytes, without_json
from sdkgen.model import Response
from sdkgen.naming import pascal_case
from sdkgen.types import Symbols

_IMPORTS = {
    "conditionalOperation": (
        'import { conditionalOperation as $conditionalOperation } from "../runtime/conditional.ts";\n'
    ),
    "operation": 'import { operation as $operation } from "../runtime/operation.ts";\n',
    "pagedOperation": 'import { pagedOperation as $pagedOperation } from "../runtime/pages.ts";\n',
    "problems": 'import { problems as $problems } from "../problems.ts";\n',
    "schemes": 'import { schemes as $schemes } from "../schemes.ts";\n',
    "types": 'import type * as $types from "../types.ts";\n',
}
"""By the name, which no name of the contract is like because of its dollar sign."""
_CONDITIONS = ("if-none-match", "if-modified-since")
"""Where none of these goes with a request, 304 is no answer to it (RFC 9110, section 15.4.5)."""
_STYLES = {"path": ("simple", False), "header": ("simple", False), "query": ("form", True), "cookie": ("form", True)}


class Modules:
    """Writes the modules of one contract."""

    def __init__(self, symbols: Symbols) -> None:
        self._symbols = symbols
        self._annotations = Annotations(symbols, "$types.")

    def render(self, entries: Iterable[tuple[Policy, Use]]) -> str:
        """The text of one module."""
        text = "\n".join(self._operation(policy, use) for policy, use in entries)
        imports = [line for name, line in _IMPORTS.items() if re.search(rf"\$({name})\b", text)]
        return "".join([helpers(text, "../runtime"), *imports]) + "\n" + text

    def _operation(self, policy: Policy, use: Use) -> str:
        name = camel_case(policy.name)
        hint = pascal_case(name)
        operation = use.operation
        success = _success(operation.responses)
        conditions = _conditions(policy, success)
        kind = "$pagedOperation" if policy.pagination else "$conditionalOperation" if conditions else "$operation"
        generics = f"{hint}Arguments, {hint}Responses, {' | '.join(map(_status, success)) or 'never'}"
        paging = ""
        if policy.pagination:
            generics += f", {string(policy.pagination.items)}"
            record = {
                "cursor": string(camel_case(policy.pagination.cursor)),
                "items": string(policy.pagination.items),
                "next": string(policy.pagination.next),
            }
            paging = f", {_object(record)}"
        elif conditions:
            generics += f", {' | '.join(map(string, conditions))}"
        deprecated = f"@deprecated{f' until {policy.sunset}' if policy.sunset else ''}" if policy.deprecated else None
        head = comment(operation.summary, operation.description, f"`{policy.method} {policy.path}`", deprecated)
        return (
            f"{self._arguments(hint, policy, use)}\n{self._responses(hint, policy, use)}\n"
            f"{head}export const {name} = /* @__PURE__ */ {kind}<{generics}>("
            f"{self._policy(policy, use, success)}{paging});\n"
        )

    def _arguments(self, hint: str, policy: Policy, use: Use) -> str:
        lines = [f"/** What `{camel_case(policy.name)}` takes. */\n", f"export interface {hint}Arguments {{\n"]
        for argument, parameter, found in zip(policy.arguments, use.operation.parameters, use.parameters, strict=True):
            # The client makes the key itself where there is none.
            needed = parameter.required and argument.argument != policy.idempotency_key
            rest = "" if needed else "undefined"
            written = self._annotations.laid_out(found, is_open=False, indent="  ", rest=rest)
            lines.append(comment(parameter.description, indent="  "))
            lines.append(f"  {key(camel_case(argument.argument))}{'' if needed else '?'}:{written};\n")
        if use.operation.body:
            types = dict.fromkeys(self._body(use, media.name) for media in use.operation.body.content)
            written = " | ".join(types) if "unknown" not in types else "unknown"
            needed = use.operation.body.required
            lines.append(f"  body: {written};\n" if needed else f"  body?: {written} | undefined;\n")
        return "".join(lines) + "}\n"

    def _body(self, use: Use, name: str) -> str:
        media = next(one for one in (use.operation.body.content if use.operation.body else ()) if one.name == name)
        found = use.bodies[name]
        if is_bytes(found, media):
            return "string" if media.essence.startswith("text/") else "$Bytes"
        written = self._annotations.written(found, is_open=False)
        listed = files(self._symbols, media) if media.essence == "multipart/form-data" else []
        if listed:
            written = f"$WithFiles<{written}, {' | '.join(map(string, listed))}>"
        return f"{written} | FormData" if media.essence == "multipart/form-data" else written

    def _responses(self, hint: str, policy: Policy, use: Use) -> str:
        lines = [
            f"/** The body of each response of `{camel_case(policy.name)}`. */\n",
            f"export interface {hint}Responses {{\n",
        ]
        for response in use.operation.responses:
            found = use.results.get(response.status)
            plain = f" {without_json(response)}"
            written = self._annotations.laid_out(found, is_open=True, indent="  ") if found else plain
            lines.append(comment(response.description, indent="  "))
            lines.append(f"  {_status(response.status)}:{written};\n")
        return "".join(lines) + "}\n"

    def _policy(self, policy: Policy, use: Use, success: list[str]) -> str:
        record = {
            "id": string(policy.operation),
            "method": string(policy.method),
            "path": string(policy.path),
            "retry": string(policy.retry),
        }
        if policy.idempotency_key:
            record["key"] = string(camel_case(policy.idempotency_key))
        times = {"connect": (policy.timeouts.connect, CONNECT), "read": (policy.timeouts.read, READ)}
        times["total"] = (policy.timeouts.total, TOTAL)
        own = {name: str(round(value * 1000)) for name, (value, usual) in times.items() if value != usual}
        if own:
            record["timeouts"] = _object(own)
        parameters = [self._parameter(policy, number) for number in range(len(policy.arguments))]
        if parameters:
            record["parameters"] = array(parameters, "  ")
        if use.bodies:
            record["body"] = array([string(name) for name in use.bodies])
        if policy.accept:
            record["accept"] = array([string(name) for name in policy.accept])
        others = [string(status) for status in success if status.startswith("3")]
        if others:
            record["answers"] = array(others)
        if policy.security:
            record["security"] = array(
                [_object({k: array([string(scope) for scope in v]) for k, v in one.items()}) for one in policy.security]
            )
            if any(policy.security):
                record["schemes"] = "$schemes"
        if policy.problems:
            record["problems"] = "$problems"
        return "{\n" + "".join(f"  {name}: {value},\n" for name, value in record.items()) + "}"

    def _parameter(self, policy: Policy, number: int) -> str:
        argument = policy.arguments[number]
        record = {
            "as": string(camel_case(argument.argument)),
            "in": string(argument.location),
            "name": string(argument.name),
        }
        style, explode = _STYLES[argument.location]
        if argument.json:
            record["json"] = "true"
        elif argument.style != style:
            record["style"] = string(argument.style)
        if argument.explode != (explode if argument.style == style else False):
            record["explode"] = str(argument.explode).lower()
        return _object(record)


def _success(responses: tuple[Response, ...]) -> list[str]:
    """The statuses that are an answer. `default` is one only where the contract names no other."""
    listed = [response.status for response in responses]
    return [status for status in listed if status[0] in "123"] or [status for status in listed if status == "default"]


def _conditions(policy: Policy, success: list[str]) -> list[str]:
    """The arguments without which 304 is no answer, where the contract has both and it is no list of pages."""
    if "304" not in success or policy.pagination:
        return []
    return [camel_case(one.argument) for one in policy.arguments if one.name.lower() in _CONDITIONS]


def _status(status: str) -> str:
    return status if status.isdecimal() else string(status)


def _object(entries: dict[str, str]) -> str:
    return f"{{ {', '.join(f'{key(name)}: {value}' for name, value in entries.items())} }}" if entries else "{}"
