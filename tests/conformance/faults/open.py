"""Authentication that lets everybody in, or nobody."""

from __future__ import annotations

from tests.conformance.faults.fault import Fault

OPEN = (
    Fault(
        "a token that is refused is anybody's",
        "auth.py",
        "            raise invalid_token() from error\n",
        '            scopes = frozenset({"quotes:read", "quotes:write"})\n'
        '            principal, expires = Principal("anybody", "anybody", None, scopes, "", {}), 0.0\n',
        "token-* !token-at-every-operation !token-pss-* !token-ecdsa-* !token-eddsa-* !token-cognito-* !token-entra-* "
        "!token-aud-list !token-beside-another !token-folded !token-good !token-in-cookie !token-in-form "
        "!token-in-proxy-field !token-in-query !token-of-another-scheme !token-required "
        "!token-scheme-case !token-tab-for-space !token-without-scheme error-invalid-token-code "
        "error-token-invalid error-tokens-alike",
    ),
    Fault(
        "no token is good",
        "auth.py",
        "        parts = _COMPACT.fullmatch(token)\n",
        "        parts = None\n",
        "token-* !token-at-every-operation !token-pss-* !token-ecdsa-* !token-eddsa-* !token-cognito-* !token-entra-* "
        "!token-garbage !token-required error-content-too-large error-contract-violation "
        "error-idempotency-key-missing error-insufficient-scope error-malformed-request "
        "error-not-acceptable error-pointers error-unsupported-media-type scope-alone scope-missing "
        "scope-none scope-similar scopes-sufficient",
    ),
)
