"""Faults in how access tokens are verified."""

from __future__ import annotations

from tests.conformance.faults.fault import Fault

TOKENS = (
    Fault(
        "the audience is not looked at",
        "auth.py",
        "if profile.audience:",
        "if False:",
        "token-aud-missing token-aud-other token-aud-others token-aud-empty-list token-aud-longer "
        "token-aud-shorter token-aud-object",
    ),
    Fault(
        "a beginning of the audience is enough",
        "auth.py",
        "if self._audience not in (audience if isinstance(audience, list) else [audience]):",
        "if not str(self._audience).startswith(str(audience)):",
        "token-aud-shorter token-aud-list",
    ),
    Fault(
        "the issuer is not looked at",
        "auth.py",
        'claims.get("iss") != self._issuer or ',
        "",
        "token-iss-* error-tokens-alike",
    ),
    Fault(
        "tokens don't expire",
        "auth.py",
        "if expires is None or expires <= now:",
        "if expires is None:",
        "token-exp-past token-exp-an-hour-ago error-tokens-alike",
    ),
    Fault(
        "a token may be used before its time",
        "auth.py",
        "max(starts) > now + CLOCK_SKEW_SECONDS",
        "False",
        "token-nbf-tomorrow token-iat-tomorrow",
    ),
    Fault("nbf is not looked at", "auth.py", 'for name in ("iat", "nbf")', 'for name in ("iat",)', "token-nbf-*"),
    Fault(
        "any type of token will do",
        "auth.py",
        "if self._profile.types and ",
        "if False and ",
        "token-typ-other token-typ-missing token-of-logout token-dpop-proof",
    ),
    Fault("crit is ignored", "auth.py", '{"crit", "b64", ', '{"b64", ', "token-crit-*"),
    Fault("b64 is ignored", "auth.py", '{"crit", "b64", ', '{"crit", ', "token-b64-false"),
    Fault(
        "keys in the header are ignored",
        "auth.py",
        '"jwk", "jku", ',
        "",
        "token-key-embedded-by-issuer token-key-elsewhere-by-issuer",
    ),
    Fault(
        "the algorithm is the token's choice",
        "jwks.py",
        "key.algorithm == algorithm and ",
        "",
        "token-alg-none-signed token-alg-other-than-signed token-alg-unknown",
    ),
    Fault(
        "a signature may be anything",
        "auth.py",
        "if not any(key.verifies(",
        "if not any(True or key.verifies(",
        "token-another-signer token-signature-* !token-signature-empty !token-signature-missing token-pkcs1-* "
        "token-rsa-* token-claims-exchanged",
    ),
    Fault("a token has no bound", "auth.py", "MAX_TOKEN_BYTES = 8192", "MAX_TOKEN_BYTES = 10**6", "token-too-large"),
    Fault(
        "base64url has many spellings",
        "auth.py",
        'if base64.urlsafe_b64encode(value).rstrip(b"=") != segment:',
        "if False:",
        "token-not-canonical token-payload-not-canonical",
    ),
    Fault(
        "a token needs no id",
        "auth.py",
        'required=("sub", "client_id", "jti"),\n        client="client_id",\n        '
        'tenant="tenant",\n        scopes=("scope",),\n        types',
        'required=("sub", "client_id"),\n        client="client_id",\n        tenant="tenant",\n        '
        'scopes=("scope",),\n        types',
        "token-jti-missing",
    ),
    Fault(
        "the last Authorization counts",
        "dispatch.py",
        'fields[name] + b"," + value if name in fields else value',
        "value",
        "token-in-two-fields token-beside-another content-type-twice",
    ),
    Fault(
        "any scheme will do", "auth.py", 'if scheme.lower() != b"bearer":', "if not token:", "token-of-another-scheme"
    ),
    Fault(
        "the scheme has one spelling",
        "auth.py",
        'if scheme.lower() != b"bearer":',
        'if scheme != b"Bearer":',
        "token-scheme-case",
    ),
    Fault(
        "a date may be a string",
        "auth.py",
        "if isinstance(value, bool) or not isinstance(value, int | float)",
        "value = float(str(value)) if isinstance(value, str) else value\n    if isinstance(value, bool) or "
        "not isinstance(value, int | float)",
        "token-exp-string token-nbf-string",
    ),
    Fault(
        "one operation takes a bad token for none",
        "dispatch.py",
        '        except Problem as problem:\n            _audit("authenticate"',
        '        except Problem as problem:\n            if credentials and operation.id == "cancelQuote":\n'
        '                return\n            _audit("authenticate"',
        "token-at-every-operation token-garbage",
    ),
)
