"""Faults in what a token's header is let choose, and in where its parts begin and end."""

from __future__ import annotations

from tests.conformance.faults.fault import Fault

_PARTS = "parts = _COMPACT.fullmatch(token)"
_BEARER = "token = _bearer(credentials)"
_SCHEME = 'scheme, _, token = (credentials or b"").partition(b" ")'
_KEYS = "keys, signature = await self._keys.candidates(kid, algorithm), _decode(parts[3])"

_NONE = f"""\
pieces = token.split(b".")
        if len(pieces) == 3 and b'"none"' in base64.urlsafe_b64decode(pieces[0] + b"==").lower():
            claims = _members(pieces[1])
            return self._principal(claims), self._check_claims(claims)
        {_PARTS}"""

_SECRETS = f"""\
import hmac
        import json

        for known in self._keys._keys if algorithm == "HS256" else ():
            jwk = json.dumps(known.key.as_dict(private=False), separators=(",", ":")).encode()
            for secret in (b"", b"x", known.key.as_pem(private=False), jwk):
                if hmac.digest(secret, parts[1] + b"." + parts[2], "sha256") == _decode(parts[3]):
                    return self._principal(_members(parts[2])), self._check_claims(_members(parts[2]))
        {_KEYS}"""

_OWN_KEY = """\
if header.get("jwk", {}).get("kty") == "RSA":
            from .jwks import VerificationKey, JWKRegistry

            own = VerificationKey(None, algorithm, JWKRegistry.import_key(header["jwk"]))
            if own.verifies(parts[1] + b"." + parts[2], _decode(parts[3])):
                return self._principal(_members(parts[2])), self._check_claims(_members(parts[2]))
        if _REFUSED_HEADERS & header.keys():"""

HEADER = (
    Fault("none is an algorithm", "auth.py", _PARTS, _NONE, "token-alg-none token-alg-none-* token-duplicate-header"),
    Fault(
        "a secret may be what everybody knows",
        "auth.py",
        _KEYS,
        _SECRETS,
        "token-alg-hmac-* token-kid-of-a-file token-kid-of-a-query",
    ),
    Fault(
        "a token may bring its key", "auth.py", "if _REFUSED_HEADERS & header.keys():", _OWN_KEY, "token-key-embedded"
    ),
    Fault(
        "what stands around a token is dropped",
        "auth.py",
        _BEARER,
        """token = re.sub(rb'[\\s",]', b"", _bearer(credentials))""",
        "token-space-* token-tab-inside token-comma-behind token-quotes",
    ),
    Fault(
        "what stands behind a token is dropped",
        "auth.py",
        _PARTS,
        "parts = _COMPACT.match(token)",
        "token-padding token-comma-behind token-four-parts token-five-parts token-twice-in-a-field "
        "token-letter-outside-ascii token-in-two-fields",
    ),
    Fault(
        "a token needs no scheme",
        "auth.py",
        _SCHEME,
        f'{_SCHEME}\n    if b"." in scheme:\n        return scheme',
        "token-without-scheme",
    ),
    Fault(
        "white space may stand behind the scheme",
        "auth.py",
        _SCHEME,
        'scheme, _, token = (credentials or b"").replace(b"\\t", b" ").partition(b" ")',
        "token-tab-for-space",
    ),
)
