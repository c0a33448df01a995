"""Is a token refused that its issuer made, but not to call this service? Each kind of issuer makes them differently."""

from __future__ import annotations

from paviour.verify.checks.tokens import hostile_tokens
from paviour.verify.forge import claims, claims_of

hostile_tokens(
    "must",
    "Amazon Cognito, Verifying JSON web tokens",
    (
        "cognito-id-token",
        "An ID token of Cognito",
        claims_of(lambda m: {"token_use": "id", "aud": m.client, m.profile.client: None, m.profile.scopes: None}),
    ),
    ("cognito-use-of-identity", "An access token of Cognito but for its `token_use` of `id`", claims(token_use="id")),  # noqa: S106
    ("cognito-use-missing", "A token of Cognito without `token_use`", claims(token_use=None)),
    ("cognito-use-list", "A `token_use` that is a list", claims(token_use=["access"])),
    ("cognito-client-other", "A client that is not listed", claims(client_id="another-client")),
    ("cognito-client-list", "A list of clients", claims_of(lambda m: {"client_id": [m.client]})),
    (
        "cognito-client-in-audience",
        "A listed client that is only the audience",
        claims_of(lambda m: {"client_id": "another-client", "aud": m.client}),
    ),
    profiles=("cognito",),
)
hostile_tokens(
    "must",
    "Microsoft Entra ID, Access token claims reference",
    (
        "entra-id-token",
        "An ID token of Entra",
        claims(azp=None, scp=None, nonce="n", preferred_username="someone@example.com"),
    ),
    ("entra-nothing-granted", "A token with neither `scp` nor `roles`", claims(scp=None)),
    ("entra-version-1", "A token of version 1.0", claims(ver="1.0", appid="someone")),
    ("entra-version-missing", "A token of Entra without `ver`", claims(ver=None)),
    ("entra-version-number", "A `ver` that is a number", claims(ver=2.0)),
    ("entra-tenant-missing", "A token of Entra without `tid`", claims(tid=None)),
    ("entra-roles-object", "A `roles` that is an object", claims(roles={"quotes:read": True})),
    profiles=("entra",),
)
