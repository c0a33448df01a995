"""The texts of a Python package: its front door, errors, README, example and metadata."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sdkgen.client import sbom
from sdkgen.client.package import Identity, first_server
from sdkgen.client.plain import Json, PlainForm
from sdkgen.client.policy import Policy
from sdkgen.client.problems import kinds
from sdkgen.client.python import names
from sdkgen.python.layout import docstring

_EXPORTS = {
    "runtime.auth": ("Bearer", "ClientCredentials"),
    "runtime.client": ("Client",),
    "runtime.options": ("Options",),
    "types": ("UNSET", "File", "Response", "Unset"),
}
_ERRORS = (
    "ApiError AuthenticationFailed BadRequest CallFailed CircuitOpen ClientError Conflict ConnectionFailed "
    "DeadlineExceeded Forbidden ForeignOrigin InvalidResponse NotFound PreconditionFailed Redirected ResponseTooLarge "
    "SdkError ServerError ServiceUnavailable TooManyRequests Unauthorized UnprocessableContent"
).split()
_WEBHOOKS = """- **Webhooks.** `Webhooks(secret).verify(body, headers)` returns the message of a webhook that is signed
  and fresh (Standard Webhooks), and raises `WebhookRefused` for any other.
"""
_VALUES = {"string": '"…"', "integer": "1", "number": "1.0", "boolean": "True", "array": "[]"}


def modules(form: PlainForm) -> dict[str, str]:
    """The modules of the package that are not the generator's."""
    return {"__init__.py": _front(form), "errors.py": _errors(form)}


def around(form: PlainForm, identity: Identity, module: str) -> dict[str, str]:
    """The files beside the package."""
    project = _project(form, identity, module)
    return {
        "pyproject.toml": project,
        sbom.FILE: sbom.of_pyproject(project),
        "README.md": _readme(form, identity, module),
        "examples/first_call.py": _example(form, module),
    }


def _front(form: PlainForm) -> str:
    lines = [docstring(f"The client for {form.contract.title}. Start with `Client`.", ""), "from . import errors\n"]
    exports = _EXPORTS | ({"runtime.webhooks": ("WebhookRefused", "Webhooks")} if form.has_webhooks else {})
    lines += [f"from .{place} import {', '.join(exported)}\n" for place, exported in exports.items()]
    listed = sorted(["errors", *(name for exported in exports.values() for name in exported)])
    return "".join(lines) + f"\n__all__ = {json.dumps(listed)}\n"


def _errors(form: PlainForm) -> str:
    lines = [
        docstring("What a call raises, with a class for each problem type that the contract documents.", ""),
        "from .runtime.errors import PROBLEMS\n",
        *(f"from .runtime.errors import {name}\n" for name in _ERRORS),
    ]
    found = kinds(form.policies, {*_ERRORS, "PROBLEMS"})
    for kind in found:
        lines.append(f'\n\nclass {kind.name}({kind.base}):\n    """`{kind.type}`"""\n')
    listed = sorted([*_ERRORS, *(kind.name for kind in found)])
    entries = ", ".join(f"{kind.type!r}: {kind.name}" for kind in found)
    return "".join(lines) + f"\n\nPROBLEMS.update({{{entries}}})\n\n__all__ = {json.dumps(listed)}\n"


def _project(form: PlainForm, identity: Identity, module: str) -> str:
    license = form.contract.documents.node.value["info"].get("license", {}).get("identifier")
    return f"""[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = {json.dumps(identity.name)}
version = {json.dumps(identity.version)}
description = {json.dumps(f"The client for {form.contract.title}", ensure_ascii=False)}
readme = "README.md"
{f"license = {json.dumps(license)}" if license else ""}
requires-python = ">=3.11"
dependencies = ["anyio>=4.10", "attrs>=25.1", "httpx2>=2.16,<3"]

[project.optional-dependencies]
telemetry = ["opentelemetry-api>=1.30"]

[tool.hatch.build.targets.wheel]
packages = ["src/{module}"]
sbom-files = ["{sbom.FILE}"]
""".replace('"README.md"\n\n', '"README.md"\n')


def _first(form: PlainForm) -> tuple[Policy, Json]:
    """The operation to begin with: it reads something, and needs as little as possible."""
    operations = [operation for item in form.document["paths"].values() for operation in item.values()]
    by_name = {operation["operationId"]: operation for operation in operations}
    pairs = [(policy, by_name[policy.name]) for policy in form.policies]
    return min(pairs, key=lambda pair: (pair[0].method != "GET", len(list(_needed(*pair))), pair[0].pagination is None))


def _needed(policy: Policy, operation: Json) -> Iterator[tuple[str, str]]:
    """The arguments that a call can't do without, and a value for each."""
    for parameter, argument in zip(operation.get("parameters", ()), policy.arguments, strict=True):
        if parameter["required"] and argument.argument != policy.idempotency_key:
            kind = parameter.get("schema", {}).get("type", "string")
            yield names.attribute(argument.argument), _VALUES.get(kind if isinstance(kind, str) else "string", '"…"')
    if operation.get("requestBody", {}).get("required"):
        yield "body", "body"


def _example(form: PlainForm, module: str) -> str:
    policy, operation = _first(form)
    given = "".join(f"{name}={value}, " for name, value in _needed(policy, operation))
    function = "iterate" if policy.pagination else "sync"
    call = f"{policy.name}.{function}({given}client=client)"
    server = first_server(form) or "https://api.example.com"
    body = f"for item in {call}:\n                print(item)" if policy.pagination else f"print({call})"
    return f'''"""The first call: run it with the environment variables that it reads."""

import os
import sys

from {module} import Client, ClientCredentials, errors
from {module}.api.{policy.module} import {policy.name}


def main() -> None:
    """Call the service, and say what came of it."""
    auth = ClientCredentials(os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"], token_url=os.environ["TOKEN_URL"])
    with Client(os.environ.get("BASE_URL", {json.dumps(server)}), auth=auth) as client:
        try:
            {body}
        except errors.ApiError as error:
            sys.exit(f"{{error.status}} {{error.type}} {{error.detail}} {{error.request_id}}")
        except errors.CallFailed as error:
            sys.exit(str(error))


if __name__ == "__main__":
    main()
'''


def _readme(form: PlainForm, identity: Identity, module: str) -> str:
    policy, _ = _first(form)
    rows = "\n".join(
        f"| `{one.module}.{one.name}` | `{one.method} {one.path}` | {one.retry} | {one.timeouts.total:g} s |"
        f" {'yes' if one.deprecated else ''} |"
        for one in form.policies
    )
    return f"""# {identity.name}

The client for {form.contract.title}, generated from its contract. Blocking and async, typed, with timeouts, safe
retries and renewed tokens by default.

```sh
pip install {identity.name}
```

```python
{_example(form, module).strip()}
```

## What it does

- **Functions.** `{module}.api.{policy.module}.{policy.name}` has `sync` and `asyncio`, which return what the operation
  answers with, and `sync_detailed` and `asyncio_detailed`, which return its status and headers too. Where the contract
  declares pages, `iterate` and `iterate_async` turn them.
- **Errors.** An answer that is no success raises `errors.ApiError`, of the class of its problem type or status, with
  `status`, `type`, `detail`, `body`, `parsed` and `request_id`; no answer raises `errors.CallFailed`.
- **Time.** A call ends after the seconds in the table, all attempts included. `Options(total=5)` says otherwise.
- **Retries.** `safe`: repeated after a broken connection, 429, 502, 503 or 504. `with-key`: repeated with the same
  idempotency key, which the client makes where you give none. `never`: not repeated. Waits are random and grow;
  `Retry-After` is obeyed.
- **Credentials.** `ClientCredentials` (OAuth 2.0, by token URL or issuer), `Bearer`, `runtime.sigv4.SigV4`, or any
  `httpx2.Auth`. They are sent to no other host; redirects are not followed.
- **Values.** What the contract does not list is kept: unknown properties in `additional_properties`, unknown values of
  an enumeration as they are, an unknown subtype as its base.
{_WEBHOOKS if form.has_webhooks else ""}- **Telemetry.** Spans and the W3C trace context where
  OpenTelemetry is installed. The logger `{module}` is silent unless its level is DEBUG, and never has a header, a query
  or a body.

| function | request | repeated | ends after | deprecated |
| --- | --- | --- | --- | --- |
{rows}
"""
