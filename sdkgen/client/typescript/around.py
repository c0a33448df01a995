"""The npm package around the code: manifest, entry points, README and example."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sdkgen.client import sbom
from sdkgen.client.package import Identity
from sdkgen.client.policy import Policy
from sdkgen.client.typescript.names import camel_case, key, string
from sdkgen.client.typescript.uses import Use
from sdkgen.examples import sample
from sdkgen.model import Contract, Parameter
from sdkgen.naming import pascal_case
from sdkgen.types import Symbols

_FILES = Path(__file__).with_name("npm")
RUNTIME = _FILES / "src" / "runtime"


def runtime_names() -> set[str]:
    """What the package's entry exports beside that of the contract; it goes before names of the contract."""
    index, errors = ((RUNTIME / name).read_text("utf-8") for name in ("index.ts", "errors.ts"))
    listed = re.findall(r"export (?:type )?\{([^}]*)\}", index)
    names = {name.removeprefix("type ").strip() for one in listed for name in one.split(",")}
    return names | set(re.findall(r"^export (?:class|interface|type|function) (\w+)", errors, re.MULTILINE)) - {""}


def index(symbols: Symbols, modules: Mapping[str, list[Policy]], problems: Iterable[str], *, has_webhooks: bool) -> str:
    """`src/index.ts`. A name of the contract that something before it has already is in its own module only."""
    taken = runtime_names()
    lines = [
        "/** Everything of this SDK but `opentelemetry` and `usage`. */\n\n",
        'export * from "./runtime/index.ts";\n',
    ]

    def export(names: Iterable[str], module: str, kind: str = "") -> None:
        kept = [name for name in names if name not in taken]
        taken.update(kept)
        if kept:
            listed = "".join(f"\n  {name}," for name in kept)
            lines.append(f'export {kind}{{{listed}\n}} from "./{module}.ts";\n')

    export([*problems, "problems"], "problems")
    if has_webhooks:
        export(["unwrapWebhook", "WebhookRefused"], "webhooks")
        export(["WebhookOptions", "Webhooks"], "webhooks", "type ")
    export([*symbols.objects, *symbols.aliases], "types", "type ")
    for module, policies in modules.items():
        export((camel_case(policy.name) for policy in policies), f"operations/{module}")
        hints = [pascal_case(camel_case(policy.name)) for policy in policies]
        export(
            (f"{hint}{kind}" for hint in hints for kind in ("Arguments", "Responses")), f"operations/{module}", "type "
        )
    return "".join(lines)


def files(
    contract: Contract, identity: Identity, policies: Iterable[tuple[Policy, Use]], *, has_webhooks: bool
) -> dict[str, str]:
    """The files beside `src`."""
    entries = list(policies)
    example = _example(contract, identity, entries)
    manifest = json.dumps(_manifest(contract, identity, has_webhooks=has_webhooks), indent=2, ensure_ascii=False)
    lock = json.loads((_FILES / "package-lock.json").read_text("utf-8"))
    for entry in (lock, lock["packages"][""]):
        entry |= {"name": identity.name, "version": identity.version}
    tsconfig = (_FILES / "examples" / "tsconfig.json").read_text("utf-8")
    return {
        "README.md": _readme(contract, identity, example, [one for one, _ in entries], has_webhooks=has_webhooks),
        "package.json": f"{manifest}\n",
        sbom.FILE: sbom.of_manifest(manifest),
        "package-lock.json": json.dumps(lock, indent=2, ensure_ascii=False) + "\n",
        **{name: (_FILES / name).read_text("utf-8") for name in (".gitignore", "tsconfig.json")},
        "examples/tsconfig.json": tsconfig.replace("PACKAGE", identity.name),
        "examples/first-call.ts": example,
    }


def _manifest(contract: Contract, identity: Identity, *, has_webhooks: bool) -> dict[str, Any]:
    entries = {".": "index", "./types": "types", "./opentelemetry": "runtime/opentelemetry", "./usage": "runtime/usage"}
    if has_webhooks:
        entries["./webhooks"] = "webhooks"
    entries["./operations/*"] = "operations/*"
    exports: dict[str, Any] = {
        name: {"types": f"./dist/{file}.d.ts", "default": f"./dist/{file}.js"} for name, file in entries.items()
    }
    fixed = json.loads((_FILES / "package.json").read_text("utf-8"))
    licence = contract.documents.node.value["info"].get("license", {}).get("identifier", "UNLICENSED")
    head: dict[str, Any] = {
        "name": identity.name,
        "version": identity.version,
        "description": f"SDK of {contract.title}, from its contract {contract.version}",
        "license": licence,
    }
    if identity.repository:
        head["repository"] = {"type": "git", "url": f"git+{identity.repository}.git"}
    return (
        head
        | {name: value for name, value in fixed.items() if name not in head}
        | {"exports": exports | {"./package.json": "./package.json"}}
    )


def _readme(contract: Contract, identity: Identity, example: str, policies: list[Policy], *, has_webhooks: bool) -> str:
    hooks = (
        "\nWebhooks: `unwrapWebhook({ secrets }, headers, body)` gives the payload once its signature is right"
        " (Standard Webhooks); `body` is what came, byte for byte.\n"
        if has_webhooks
        else ""
    )
    rows = "\n".join(
        f"| `{camel_case(one.name)}` | `{one.method} {one.path}` | {one.retry} | {one.timeouts.total:g} s |"
        f" {'yes' if one.deprecated else ''} |"
        for one in policies
    )
    return f"""# {identity.name}

TypeScript SDK of {contract.title}, made from version {contract.version} of its contract. For Node.js 20 or newer and
browsers; no dependency but, where you want spans, `@opentelemetry/api`.

```sh
npm install {identity.name}
```

```ts
{example.rstrip()}
```

- **Operations** are functions: `operation(client, arguments, options?)` gives the body of the response,
  `operation.result(…)` the status and headers too. Those in pages have `operation.items(…)` and `operation.pages(…)`.
  Import them from `{identity.name}`, or from `{identity.name}/operations/…`; bundlers keep only those that you use.
- **Errors**: an answer that is no success throws an `ApiError`, with a class for each status and problem type,
  `status`, `body`, `problem` and `requestId`. `operation.failed(error, 422)` types the body. No answer throws a
  `CallFailed`.
- **Time**: 5 s to connect, 30 s between two pieces of a response, 60 s for the call, unless the contract says
  otherwise; `timeouts`, in milliseconds, of the client or the call change it, and `signal` ends a call.
- **Retries**: up to 3 attempts for 429, 502, 503, 504 and broken connections, with random growing waits and within a
  quota; `Retry-After` is obeyed up to 20 s. Other methods than GET, HEAD, PUT, DELETE and OPTIONS are repeated only
  with an idempotency key, which the client makes where you give none.
- **Credentials**: `clientCredentials`, `bearer`, `basic`, `apiKey`, `sigv4`. They go to the client's own origin only,
  over https; redirects are not followed.
- **Unknown values** are kept: properties, subtypes and enumeration values that this version does not know, and integers
  beyond 2^53, which are read as `bigint` and written back as they came.
- **Usage**: give the clients of your tests `usage: new Usage(name)`, from `{identity.name}/usage`, and it records which
  operations and fields you use: tell those who own the contract, and they see whether a change concerns you.
- **Spans**: `import {{ openTelemetry }} from "{identity.name}/opentelemetry"`, and give the client
  `telemetry: openTelemetry("my-service")`.
- **Logs**: none, unless you give the client a `logger`; it is never told headers, bodies or values.
{hooks}
| function | request | repeated | ends after | deprecated |
| --- | --- | --- | --- | --- |
{rows}
"""


def _example(contract: Contract, identity: Identity, policies: list[tuple[Policy, Use]]) -> str:
    """A first call: the simplest operation that reads."""
    policy, use = min(policies, key=lambda entry: _effort(*entry))
    given = {
        camel_case(argument.argument): _literal(_sample(contract, parameter))
        for argument, parameter in zip(policy.arguments, use.operation.parameters, strict=True)
        if parameter.required and argument.argument != policy.idempotency_key
    }
    if use.operation.body and use.operation.body.required:
        given["body"] = _body(contract, use)
    written = ", ".join(f"{key(name)}: {value}" for name, value in given.items())
    auth, defaults = _auth(contract, policy)
    name = camel_case(policy.name)
    kinds = ["Client"] if auth is None else sorted(["Client", auth.split("(")[0]], key=str.lower)
    settings = {"API_URL": _server(contract), **defaults}
    lines = [
        f"import {{ {', '.join(kinds)} }} from {string(identity.name)};\n",
        f"import {{ {name} }} from {string(f'{identity.name}/operations/{policy.module}')};\n\n",
        "const {\n",
        *(f"  {setting} = {string(value)},\n" for setting, value in settings.items()),
        "} = process.env;\n\n",
        f"const client = new Client({{\n  baseUrl: API_URL,\n{f'  auth: {auth},{chr(10)}' if auth else ''}}});\n\n",
        f"console.log(await {name}(client{f', {{ {written} }}' if written else ''}));\n",
    ]
    return "".join(lines)


def _effort(policy: Policy, use: Use) -> tuple[bool, bool, bool, int]:
    needs_body = bool(use.operation.body and use.operation.body.required)
    needed = sum(parameter.required for parameter in use.operation.parameters)
    return policy.method != "GET", needs_body, policy.deprecated, needed


def _body(contract: Contract, use: Use) -> str:
    """A body, as it is written in a program."""
    media = next(one for one in (use.operation.body.content if use.operation.body else ()) if one.name in use.bodies)
    if media.is_json:
        return _literal(sample(contract, media.schema)) if media.schema else "{}"
    return "new FormData()" if media.essence == "multipart/form-data" else "new Blob([])"


def _sample(contract: Contract, parameter: Parameter) -> Any:
    """A value for a parameter: its example, or one that its schema allows."""
    if "example" in parameter.node.value:
        return parameter.node.value["example"]
    return sample(contract, parameter.schema) if parameter.schema else "text"


def _literal(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _server(contract: Contract) -> str:
    servers = contract.documents.node.value.get("servers") or [{}]
    url = str(servers[0].get("url", ""))
    for name, variable in servers[0].get("variables", {}).items():
        url = url.replace("{" + name + "}", variable["default"])
    return url if re.match(r"https?://", url) else f"https://api.example.com{contract.base_path}"


def _auth(contract: Contract, policy: Policy) -> tuple[str | None, dict[str, str]]:
    """The credentials for the first alternative of one scheme, and the settings they are made of."""
    schemes = contract.documents.node.value.get("components", {}).get("securitySchemes", {})
    names = next((list(one) for one in policy.security if len(one) == 1), [])
    scheme = schemes.get(names[0], {}) if names else {}
    secrets = {"CLIENT_ID": "", "CLIENT_SECRET": ""}
    flow = scheme.get("flows", {}).get("clientCredentials")
    if flow:
        written = "{ tokenUrl: TOKEN_URL, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET }"
        return f"clientCredentials({written})", {"TOKEN_URL": flow["tokenUrl"], **secrets}
    if scheme.get("type") == "openIdConnect":
        issuer = scheme["openIdConnectUrl"].removesuffix("/.well-known/openid-configuration")
        written = "{ issuer: ISSUER, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET }"
        return f"clientCredentials({written})", {"ISSUER": issuer, **secrets}
    if scheme.get("type") == "apiKey":
        return "apiKey(API_TOKEN)", {"API_TOKEN": ""}
    return ("bearer(API_TOKEN)", {"API_TOKEN": ""}) if scheme or (schemes and not policy.security) else (None, {})


def schemes(contract: Contract) -> str:
    """`src/schemes.ts`: the security schemes, as far as a client has to know them."""
    declared = contract.documents.node.value.get("components", {}).get("securitySchemes", {})
    lines = ['import type { Scheme } from "./runtime/auth.ts";\n\n', "/** The security schemes of the contract. */\n"]
    lines.append("export const schemes: Readonly<Record<string, Scheme>> = {\n")
    for name in declared:
        node = contract.documents.follow(contract.documents.node.child("components", "securitySchemes", name))
        known = ", ".join(
            f"{part}: {string(node.value[part])}" for part in ("type", "in", "name") if part in node.value
        )
        lines.append(f"  {key(name)}: {{ {known} }},\n")
    return "".join(lines) + "};\n"
