"""How callers show who they are, and over what: OWASP API Security Top 10 (2023), RFC 9700."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sdkgen.lint.index import Index
from sdkgen.lint.rule import Hit, rule
from sdkgen.lint.urls import is_plain
from sdkgen.naming import words

_BEARER = ("oauth2", "openIdConnect")


_HARMLESS_TOKENS = frozenset("page next previous prev continuation cursor sync pagination start csrf xsrf".split())


_URLS = ("authorizationUrl", "tokenUrl", "refreshUrl")


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
