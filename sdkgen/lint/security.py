"""Who may call what: OWASP API Security Top 10 (2023)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sdkgen.lint.called import called
from sdkgen.lint.index import Index
from sdkgen.lint.rule import Hit, rule
from sdkgen.load import Node

_BEARER = ("oauth2", "openIdConnect")


_UNSAFE = ("post", "put", "patch", "delete")


_IDENTIFIER = re.compile(r"(^id|_id|-id|Id|ID)\Z")


@rule(
    "operation-security",
    "error",
    "add security with the scopes it needs",
    owasp=("api2:2023-write-restricted", "api2:2023-read-restricted"),
)
def operation_security(index: Index) -> Iterator[Hit]:
    """Every operation says who may call it.

    OWASP API2:2023 and API5:2023. Silence is an error. One that writes and is public by `security: []` is one too; one
    that reads is a note, because the contract says so on purpose. Where none says anything, that is said once.
    """
    silent = [operation for operation in index.operations if operation.security is None]
    if len(silent) == len(index.operations) > 1:
        yield Hit(index.root, "no operation says who may call it")
        return
    for operation in index.operations:
        if operation.security is None:
            yield Hit(operation.node, f"{operation.name} does not say who may call it")
        elif operation.is_public:
            writes = operation.method in _UNSAFE
            does = "writes" if writes else "reads"
            node = operation.node.get("security") or operation.node
            yield Hit(node, f"{operation.name} {does} and is open to everybody", None if writes else "info")


@rule("operation-scopes", "error", "name the scopes that the operation needs")
def operation_scopes(index: Index) -> Iterator[Hit]:
    """Every requirement of OAuth 2.0 or OpenID Connect names scopes.

    OWASP API5:2023: without one, every token that the issuer signs opens the operation.
    """
    for requirement in _requirements(index):
        for name, scopes in requirement.items():
            scheme = index.scheme(name)
            if scheme and scheme.value["type"] in _BEARER and not scopes.value:
                yield Hit(scopes, f"`{name}` is required without a scope")


@rule("security-undeclared", "error", "declare it under components/securitySchemes")
def security_undeclared(index: Index) -> Iterator[Hit]:
    """Every security scheme that is required is declared."""
    for requirement in _requirements(index):
        for name, scopes in requirement.items():
            if index.scheme(name) is None:
                yield Hit(scopes, f"the security scheme `{name}` is not declared")


@rule("scope-undeclared", "error", "declare it in the scheme's flows, or correct it")
def scope_undeclared(index: Index) -> Iterator[Hit]:
    """Every scope that is required is declared by a flow of its scheme.

    No token can have one that the authorization server does not know.
    """
    for requirement in _requirements(index):
        for name, scopes in requirement.items():
            scheme = index.scheme(name)
            if scheme is None or scheme.value["type"] != "oauth2":
                continue
            declared = {s for _, flow in scheme.members("flows") for s in flow.value.get("scopes", ())}
            for _, scope in scopes.items():
                if scope.value not in declared:
                    yield Hit(scope, f"`{name}` declares no scope `{scope.value}`")


@rule("scope-unused", "info", "remove it, or require it")
def scope_unused(index: Index) -> Iterator[Hit]:
    """Every scope that is declared is required by an operation.

    A scope that opens nothing is granted all the same, and opens something unseen some day.
    """
    operations = [op.security for op in index.operations if op.security]
    required = {s for security in operations for r in security.value for scopes in r.values() for s in scopes}
    for name, scheme in index.schemes:
        for flow, node in scheme.members("flows"):
            for scope, child in node.members("scopes") if isinstance(node.value, dict) else []:
                if scope not in required:
                    yield Hit(child, f"no operation requires the scope `{scope}` of `{name}` ({flow})")


@rule("admin-scope", "warning", "require a scope that nothing else opens", owasp=("api5:2023-admin-security-unique",))
def admin_scope(index: Index) -> Iterator[Hit]:
    """What administrators do needs a scope that nobody else's operations have.

    OWASP API5:2023. Asked of paths with the segment `admin`.
    """
    admin = [op for op in index.operations if "admin" in op.path.lower().split("/")]
    others = [r for op in index.operations if op not in admin and op.security for r in op.security.value if r]
    for operation in admin:
        if operation.security and any(requirement in others for requirement in operation.security.value):
            yield Hit(operation.node, f"{operation.name} needs no more than other operations do")


@rule("numeric-id", "warning", "use identifiers that can't be guessed, as UUIDs", owasp=("api1:2023-no-numeric-ids",))
def numeric_id(index: Index) -> Iterator[Hit]:
    """An identifier in a path or query is not an integer.

    OWASP API1:2023: whoever has one can count on. Any string will do, if it is random.
    """
    for node in index.objects("parameter"):
        declared = node.get("schema")
        if node.value.get("in") not in ("path", "query") or declared is None:
            continue
        if _IDENTIFIER.search(node.value["name"]) and "integer" in index.types(index.documents.follow(declared)):
            yield Hit(node, f"the identifier `{node.value['name']}` is an integer")


@rule(
    "url-from-caller",
    "info",
    "say which hosts are accepted, and check them when the service calls",
    owasp=("api7:2023-concerning-url-parameter",),
)
def url_from_caller(index: Index) -> Iterator[Hit]:
    """A URL that a caller supplies, and that the service may call, is looked at twice.

    OWASP API7:2023, server-side request forgery. Found by name (`callback`, `redirect`, `webhook`, `…_url`), in
    parameters and in the bodies of requests. Waive it when the service sends such calls through the platform's guard.
    """
    looks = re.compile(r"(^(callback|redirect|webhook|target)|[_-]ur[li]|Ur[li]|callback_?uri)\Z", re.IGNORECASE)
    for node in index.objects("parameter"):
        if node.value.get("in") in ("path", "query") and looks.search(node.value["name"]):
            yield Hit(node, f"the parameter `{node.value['name']}` takes a URL from the caller")
    for node in index.schemas:
        named = node.pointer[-2:-1] == ("properties",) and looks.search(node.pointer[-1])
        if named and "string" in index.types(node) and index.is_input(node) and node.value.get("readOnly") is not True:
            yield Hit(node, f"{called(node.pointer)} takes a URL from the caller")


@rule("cors-origin", "warning", "name the origins, or leave the header out", owasp=("api8:2023-define-cors-origin",))
def cors_origin(index: Index) -> Iterator[Hit]:
    """`Access-Control-Allow-Origin` is not `*`.

    OWASP API8:2023. That every response declares the header is not asked: the platform answers CORS by its settings,
    the same for all operations, and what machines call has none.
    """
    for node in index.objects("header"):
        if node.pointer[-1].lower() != "access-control-allow-origin":
            continue
        declared = node.value.get("schema") or {}
        values = [node.value.get("example"), *(declared.get(key) for key in ("const", "default", "example"))]
        if "*" in values or declared.get("enum") == ["*"]:
            yield Hit(node, "every origin is let in")


def _requirements(index: Index) -> Iterator[Node]:
    """Every requirement object that is written down, once."""
    written = [index.root.get("security"), *(op.node.get("security") for op in index.operations)]
    for security in written:
        for _, requirement in security.items() if security else []:
            yield requirement
