"""Faults in what is asked of the tokens of each kind of issuer."""

from __future__ import annotations

from tests.conformance.faults.fault import Fault

_CHECK = "profile, now = self._profile, self._clock()"

PROFILES = (
    Fault(
        "any token of Cognito will do",
        "auth.py",
        'fixed=(("token_use", "access"),),',
        "",
        "token-cognito-use-*",
        profile="cognito",
    ),
    Fault(
        "an ID token of Cognito is taken for an access token",
        "auth.py",
        _CHECK,
        f"{_CHECK}\n"
        "        if claims.get('token_use') == 'id':\n"
        "            claims |= {'token_use': 'access', 'client_id': claims.get('client_id') or claims.get('aud')}",
        "token-cognito-id-token token-cognito-use-of-identity",
        profile="cognito",
    ),
    Fault(
        "any client of Cognito may call",
        "auth.py",
        "if (self._client_ids or not profile.audience) and ",
        "if False and ",
        "token-cognito-client-other token-cognito-client-in-audience",
        profile="cognito",
    ),
    Fault(
        "the client may be the audience",
        "auth.py",
        "claims[profile.client] not in self._client_ids",
        "not {claims[profile.client], claims.get('aud')} & set(self._client_ids)",
        "token-cognito-client-in-audience",
        profile="cognito",
    ),
    Fault(
        "the first of a list is meant",
        "auth.py",
        _CHECK,
        f"{_CHECK}\n        claims |= {{n: v[0] for n, v in claims.items() if isinstance(v, list) and v}}",
        "token-cognito-client-list token-cognito-use-list token-iss-list",
        profile="cognito",
    ),
    Fault(
        "any version of Entra will do",
        "auth.py",
        'fixed=(("ver", "2.0"),),',
        "",
        "token-entra-version-*",
        profile="entra",
    ),
    Fault(
        "a token of Entra need grant nothing",
        "auth.py",
        "needs_scopes=True",
        "needs_scopes=False",
        "token-entra-nothing-granted",
        profile="entra",
    ),
    Fault(
        "an ID token of Entra is taken for an access token",
        "auth.py",
        _CHECK,
        f"{_CHECK}\n        if 'nonce' in claims:\n            claims |= {{'azp': claims['sub'], 'scp': ''}}",
        "token-entra-id-token",
        profile="entra",
    ),
    Fault(
        "a token of Entra needs no tenant",
        "auth.py",
        'required=("sub", "azp", "tid")',
        'required=("sub", "azp")',
        "token-entra-tenant-missing",
        profile="entra",
    ),
    Fault(
        "what is no list of scopes is none",
        "auth.py",
        'raise _Refused("scopes of a wrong type")',
        "return []",
        "token-entra-roles-object token-scope-number token-scope-object",
        profile="entra",
    ),
)
