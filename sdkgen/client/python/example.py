"""The first call of a Python package: in its README, and as a program in `examples/`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sdkgen.client.package import first_server
from sdkgen.client.plain import PlainForm
from sdkgen.client.plain_types import Json
from sdkgen.client.policy import Policy
from sdkgen.client.python import names

_VALUES = {"string": '"…"', "integer": "1", "number": "1.0", "boolean": "True", "array": "[]"}
_FORMATS = {"date-time": "datetime.datetime.now(datetime.UTC)", "date": "datetime.date.today()"}


@dataclass(slots=True)
class _Call:
    """An operation with what a call of it can't do without."""

    policy: Policy
    iterates: bool
    given: dict[str, str] = field(default_factory=dict)
    imports: set[str] = field(default_factory=set)
    """Modules of the standard library."""
    models: set[str] = field(default_factory=set)


def example(form: PlainForm, module: str) -> str:
    """The program. It reads its settings from the environment, and a body, where one is needed, from its input."""
    call = min((_call(form, policy) for policy in form.policies), key=_effort)
    policy = call.policy
    auth, imported = _auth(form, policy)
    written = "".join(f"{name}={value}, " for name, value in call.given.items())
    called = f"{policy.name}.{'iterate' if call.iterates else 'sync'}({written}client=client)"
    if call.iterates:
        body = f"for item in {called}:\n                print(item)"
    elif form.answers(policy):
        body = f"print({called})"
    else:
        body = f"print({called.replace('.sync(', '.sync_detailed(', 1)}.status_code)"
    server = json.dumps(first_server(form) or "https://api.example.com")
    lines = [f"import {name}" for name in sorted({"os", "sys", *call.imports})]
    lines += ["", f"from {module} import {', '.join(sorted(['Client', *imported, 'errors']))}"]
    lines += [f"from {module}.api.{policy.module} import {policy.name}"]
    lines += [f"from {module}.models import {name}" for name in sorted(call.models)]
    return f'''"""The first call: run it with the environment variables that it reads."""

{chr(10).join(lines)}


def main() -> None:
    """Call the service, and say what came of it."""
    {f"auth = {auth}" if auth else ""}
    with Client(os.environ.get("BASE_URL", {server}){", auth=auth" if auth else ""}) as client:
        try:
            {body}
        except errors.ApiError as error:
            sys.exit(f"{{error.status}} {{error.type}} {{error.detail}} {{error.request_id}}")
        except errors.CallFailed as error:
            sys.exit(str(error))


if __name__ == "__main__":
    main()
'''


def _call(form: PlainForm, policy: Policy) -> _Call:
    operation = form.operations[policy.name]
    call = _Call(policy, form.turns_pages(policy))
    for parameter, argument in zip(operation.get("parameters", ()), policy.arguments, strict=True):
        if parameter["required"] and argument.argument != policy.idempotency_key:
            value = _value(form, parameter.get("schema", {}))
            call.given[names.attribute(argument.argument)] = value
            call.imports |= {"datetime"} if value.startswith("datetime") else set()
    body = operation.get("requestBody", {})
    if body.get("required"):
        call.imports.add("json")
        call.given["body"] = "json.load(sys.stdin)"
        schemas = [media["schema"] for media in body["content"].values()]
        name = str(schemas[0].get("$ref", "")).rpartition("/")[2]
        if name in form.attributes:
            call.models.add(name)
            call.given["body"] = f"{name}.from_dict(json.load(sys.stdin))"
    return call


def _effort(call: _Call) -> tuple[bool, bool, bool, int, bool]:
    """What reads comes first, and what needs little."""
    policy = call.policy
    return policy.method != "GET", "body" in call.given, policy.deprecated, len(call.given), not call.iterates


def _value(form: PlainForm, schema: Json) -> str:
    """A value of that type, as good as any."""
    while "$ref" in schema or "anyOf" in schema:
        schema = form.schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema["anyOf"][0]
    if "enum" in schema:
        return repr(schema["enum"][0]).replace("'", '"')
    return _FORMATS.get(schema.get("format", "")) or _VALUES.get(schema.get("type", "string"), '"…"')


def _auth(form: PlainForm, policy: Policy) -> tuple[str | None, list[str]]:
    """How the caller proves who it is, by the first scheme of the operation; and what that is imported by."""
    schemes = dict(_schemes(form))
    wanted = [schemes[name] for alternative in policy.security for name in alternative if name in schemes]
    if policy.security and not wanted:
        return None, []
    kind = wanted[0] if wanted else {"type": "http", "scheme": "bearer"}
    if kind["type"] in ("oauth2", "openIdConnect") and "clientCredentials" in kind.get(
        "flows", {"clientCredentials": 1}
    ):
        given = 'os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"], token_url=os.environ["TOKEN_URL"]'
        return f"ClientCredentials({given})", ["ClientCredentials"]
    if kind["type"] == "apiKey" and kind["in"] == "header":
        return f'ApiKey(os.environ["API_KEY"], {json.dumps(kind["name"])})', ["ApiKey"]
    return 'Bearer(os.environ["TOKEN"])', ["Bearer"]


def _schemes(form: PlainForm) -> Iterator[tuple[str, dict[str, Any]]]:
    components = form.contract.documents.node.get("components")
    declared = components.get("securitySchemes") if components else None
    for name, node in declared.items() if declared else []:
        yield name, form.contract.documents.follow(node).value
