"""The texts of a Python package: its front door, errors, README, example and metadata."""

from __future__ import annotations

import json

from sdkgen.client import sbom
from sdkgen.client.package import Identity
from sdkgen.client.plain import PlainForm
from sdkgen.client.problems import kinds
from sdkgen.client.python.example import example
from sdkgen.python.layout import docstring

_EXPORTS = {
    "runtime.auth": ("ApiKey", "Bearer", "ClientCredentials"),
    "runtime.client": ("Client",),
    "runtime.options": ("Options",),
    "types": ("UNSET", "File", "Response", "Unset"),
}
_ERRORS = (
    "ApiError AuthenticationFailed BadRequest CallFailed CircuitOpen ClientError Conflict ConnectionFailed "
    "DeadlineExceeded Forbidden ForeignOrigin InvalidResponse NotFound PreconditionFailed Redirected ResponseTooLarge "
    "SdkError ServerError ServiceUnavailable TooManyRequests Unauthorized UnprocessableContent"
).split()
_WEBHOOKS = """
- **Webhooks.** `Webhooks(secret).verify(body, headers)` returns the message of a webhook that is signed
  and fresh (Standard Webhooks), and raises `WebhookRefused` for any other."""


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
        "examples/first_call.py": example(form, module),
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
    source = f"\n[project.urls]\nSource = {json.dumps(identity.repository)}\n" if identity.repository else ""
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
{source}
[tool.hatch.build.targets.wheel]
packages = ["src/{module}"]
sbom-files = ["{sbom.FILE}"]
""".replace('"README.md"\n\n', '"README.md"\n')


def _readme(form: PlainForm, identity: Identity, module: str) -> str:
    first = form.policies[0]
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
{example(form, module).strip()}
```

## What it does

- **Functions.** `{module}.api.{first.module}.{first.name}` has `sync` and `asyncio`, which return what the operation
  answers with, and `sync_detailed` and `asyncio_detailed`, which return its status and headers too. Where the contract
  declares pages, `iterate` and `iterate_async` turn them.
- **Errors.** An answer that is no success raises `errors.ApiError`, of the class of its problem type or status, with
  `status`, `type`, `detail`, `body`, `parsed` and `request_id`; no answer raises `errors.CallFailed`.
- **Time.** A call ends after the seconds in the table, all attempts included. `Options(total=5)` says otherwise.
- **Retries.** `safe`: repeated after a broken connection, 429, 502, 503 or 504. `with-key`: repeated with the same
  idempotency key, which the client makes where you give none. `never`: not repeated. Waits are random and grow;
  `Retry-After` is obeyed.
- **Credentials.** `ClientCredentials` (OAuth 2.0, by token URL or issuer), `Bearer`, `ApiKey`, `SigV4` of
  `runtime.sigv4`, or any `httpx2.Auth`. They are sent to no other host; redirects are not followed.
- **Values.** What the contract does not list is kept: unknown properties in `additional_properties`, unknown values of
  an enumeration as they are, an unknown subtype as its base.
- **Telemetry.** Spans and the W3C trace context where OpenTelemetry is installed. The logger `{module}` is
  silent unless its level is DEBUG, and never has a header, a query or a body.
- **Usage.** `runtime.usage.recording(name)` records, while your tests run, which operations and fields you use: tell
  those who own the contract, and they see whether a change concerns you.{_WEBHOOKS if form.has_webhooks else ""}

| function | request | repeated | ends after | deprecated |
| --- | --- | --- | --- | --- |
{rows}
"""
