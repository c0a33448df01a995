"""Who may call an operation is what the contract says, and nobody where the service can't tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from sdkgen.model import Security
from tests.contract.support import contract

SCHEMES = """
components:
  securitySchemes:
    oauth: {type: oauth2, flows: {clientCredentials: {tokenUrl: "https://a.b/t", scopes: {read: r, write: w}}}}
    oidc: {type: openIdConnect, openIdConnectUrl: "https://a.b/.well-known/openid-configuration"}
    bearer: {type: http, scheme: Bearer}
    basic: {type: http, scheme: basic}
    key: {type: apiKey, in: header, name: X-Key}
"""
NO_SCOPE: tuple[str, ...] = ()


def security(folder: Path, general: str | None, own: str | None) -> Security:
    lines = [f"security: {general}"] if general else []
    lines += ["paths:", "  /things:", "    get:", "      operationId: listThings"]
    lines += [f"      security: {own}"] if own else []
    lines += ["      responses: {'200': {description: Found}}"]
    [operation] = contract(folder, "\n".join(lines) + SCHEMES).operations
    return operation.security


@pytest.mark.parametrize(
    ("general", "own", "public", "alternatives"),
    [
        (None, None, False, (NO_SCOPE,)),
        ("[{oauth: [read]}]", None, False, (("read",),)),
        ("[{oauth: [read]}]", "[{oauth: [write]}]", False, (("write",),)),
        ("[{oauth: [read]}]", "[]", True, ()),
        (None, "[]", True, ()),
        (None, "[{}]", True, ()),
        (None, "[{}, {oauth: [read]}]", True, (("read",),)),
        (None, "[{bearer: []}]", False, (NO_SCOPE,)),
        (None, "[{oidc: [read]}]", False, (("read",),)),
        (None, "[{oauth: [read, write]}]", False, (("read", "write"),)),
        (None, "[{oauth: [read]}, {oauth: [write]}]", False, (("read",), ("write",))),
        (None, "[{oauth: [read], oidc: [read, write]}]", False, (("read", "write"),)),
    ],
)
def test_requirements_are_alternatives_of_scopes_that_must_all_be_held(
    tmp_path: Path, general: str | None, own: str | None, public: bool, alternatives: tuple[tuple[str, ...], ...]
) -> None:
    assert security(tmp_path, general, own) == Security(public, alternatives)


@pytest.mark.parametrize(
    ("own", "alternatives"),
    [
        ("[{key: []}]", ()),
        ("[{basic: []}]", ()),
        ("[{key: []}, {oauth: [read]}]", (("read",),)),
        ("[{key: [], oauth: [read]}]", ()),
        ("[{oauth: [read], key: []}]", ()),
    ],
)
def test_what_only_another_scheme_opens_stays_closed(
    tmp_path: Path, own: str, alternatives: tuple[tuple[str, ...], ...]
) -> None:
    assert security(tmp_path, None, own) == Security(False, alternatives)


def test_mutual_tls_is_the_edge_s(tmp_path: Path) -> None:
    found = contract(
        tmp_path,
        """
        security: [{mtls: []}]
        paths: {/things: {get: {operationId: listThings, responses: {"200": {description: Found}}}}}
        components: {securitySchemes: {mtls: {type: mutualTLS}}}
        """,
        "3.1.0",
    )

    assert found.operations[0].security == Security(False, ())
    assert [finding.id for finding in found.findings] == ["security-scheme"]
