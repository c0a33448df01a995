"""Who may call, and how they show it: OWASP API Security Top 10 (2023), RFC 9700."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sdkgen.lint.index import Index
from sdkgen.lint.rule import Hit, rule
from sdkgen.lint.structure import called
from sdkgen.lint.urls import is_plain
from sdkgen.load import Node
from sdkgen.naming import words

_BEARER = ("oauth2", "openIdConnect")
_UNSAFE = ("post", "put", "patch", "delete")
_IDENTIFIER = re.compile(r"(^id|_id|-id|Id|ID)\Z")
_HARMLESS_TOKENS = frozenset("page next previous prev continuation cursor sync pagination start csrf xsrf".split())


@rule(
    "server-https",
    "error",
    "serve it over https",
    owasp=("api8:2023-no-server-http", "api8:2023-no-scheme-http"),
)
def server_https(index: Index) -> Iterator[Hit]:
    """Every server is reached over https.

    OWASP API8:2023. Loopback addresses are let pass, for there is no network in between; so are relative URLs.
    """
    for server in index.servers + [s for op in index.operations for _, s in op.node.members("servers")]:
        if is_plain(server.value["url"]):
            yield Hit(server.child("url"), f"the server `{server.value['url']}` is reached without TLS")


@rule("oauth-https", "error", "name the https URL")
def oauth_https(index: Index) -> Iterator[Hit]:
    """Authorization, token, refresh and discovery URLs are https.

    RFC 6749, sections 3.1 and 3.2, and RFC 9700, section 2.6: what crosses there are the credentials themselves.
    """
    for name, scheme in index.schemes:
        places = [scheme.get("openIdConnectUrl")]
        places += [
            flow.get(key) for _, flow in scheme.members("flows") for key in _URLS if isinstance(flow.value, dict)
        ]
        for node in places:
            if node and is_plain(node.value):
                yield Hit(node, f"`{node.pointer[-1]}` of the security scheme `{name}` is not https")


_URLS = ("authorizationUrl", "tokenUrl", "refreshUrl")


@rule("oauth-flow", "error", "use authorizationCode with PKCE for people, clientCredentials for machines")
def oauth_flow(index: Index) -> Iterator[Hit]:
    """The implicit and the password flow are not offered.

    RFC 9700, sections 2.1.2 and 2.4: the one hands tokens over in URLs, the other hands passwords to the client.
    """
    for name, scheme in index.schemes:
        for flow, node in scheme.members("flows"):
            if flow in ("implicit", "password"):
                yield Hit(node, f"the security scheme `{name}` offers the {flow} flow")


@rule("oauth-refresh", "info", "name the refreshUrl", owasp=("api2:2023-short-lived-access-tokens",))
def oauth_refresh(index: Index) -> Iterator[Hit]:
    """A flow in which people log in names a `refreshUrl`, so that access tokens can be short-lived.

    OWASP API2:2023. Clients with credentials of their own ask for a new token instead and get no refresh token (RFC
    6749, section 4.4.3), so `clientCredentials` needs none.
    """
    for name, scheme in index.schemes:
        for flow, node in scheme.members("flows"):
            if flow == "authorizationCode" and "refreshUrl" not in node.value:
                yield Hit(node, f"the {flow} flow of `{name}` has no refreshUrl")


@rule(
    "auth-scheme",
    "error",
    "use OAuth 2.0",
    owasp=("api2:2023-no-http-basic", "api2:2023-auth-insecure-schemes"),
)
def auth_scheme(index: Index) -> Iterator[Hit]:
    """HTTP Basic, Digest, Negotiate and OAuth 1.0 are not used.

    OWASP API2:2023: they send a password that lasts, or rest on what is broken by now. `mutual` and `bearer` are fine.
    """
    for name, node in index.schemes:
        scheme = str(node.value.get("scheme", "")).lower()
        if node.value["type"] == "http" and scheme in ("basic", "digest", "negotiate", "oauth", "ntlm"):
            yield Hit(node, f"the security scheme `{name}` is HTTP {scheme.capitalize()}")


@rule("api-key-in-url", "error", "send it in a header", owasp=("api2:2023-no-api-keys-in-url",))
def api_key_in_url(index: Index) -> Iterator[Hit]:
    """No API key is sent in the query.

    OWASP API2:2023: URLs stand in logs, histories and `Referer` fields.
    """
    for name, node in index.schemes:
        if node.value["type"] == "apiKey" and node.value["in"] == "query":
            yield Hit(node, f"the API key `{name}` is sent in the query")


@rule(
    "credentials-in-url", "error", "send it in the body or in Authorization", owasp=("api2:2023-no-credentials-in-url",)
)
def credentials_in_url(index: Index) -> Iterator[Hit]:
    """No path or query parameter carries a password, secret, key or token.

    OWASP API2:2023. Tokens that turn pages (`page_token`, `next_token`) open nothing; neither does what only speaks of
    a credential, as `token_type` or `secret_id`.
    """
    for node in index.objects("parameter"):
        declared = node.get("schema")
        types = index.types(index.documents.follow(declared)) if declared else set()
        if node.value.get("in") not in ("path", "query") or (types and "string" not in types):
            continue
        spoken = [word.lower() for word in words(node.value["name"])]
        last, before = (spoken or [""])[-1], set(spoken[:-1])
        is_token = last in ("token", "jwt") and not before & _HARMLESS_TOKENS
        is_key = last == "apikey" or (last == "key" and bool(before & {"api", "access", "secret", "private"}))
        if is_token or is_key or last in ("password", "passwd", "secret"):
            yield Hit(node, f"the {node.value['in']} parameter `{node.value['name']}` carries a credential")


@rule(
    "jwt-best-practice",
    "info",
    "say in its description that tokens are checked as RFC 8725 asks",
    owasp=("api2:2023-jwt-best-practices",),
)
def jwt_best_practice(index: Index) -> Iterator[Hit]:
    """A scheme with JWTs says that they are checked as RFC 8725 or RFC 9068 asks.

    OWASP API2:2023. Asked of `bearerFormat: JWT` and of OAuth 2.0; a note, because a sentence protects nobody:
    [conformance](conformance.md#tokens) is what proves it.
    """
    for name, node in index.schemes:
        is_jwt = node.value["type"] in _BEARER or str(node.value.get("bearerFormat", "")).lower() == "jwt"
        if is_jwt and not re.search(r"RFC[ -]?(8725|9068)", str(node.value.get("description", ""))):
            yield Hit(node, f"the security scheme `{name}` does not say how its JWTs are checked")


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
        if operation in silent:
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
