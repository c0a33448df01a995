"""Does a token's header choose the key, the algorithm, or what is understood?"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from functools import partial
from typing import Any

from joserfc.jwk import ECKey, RSAKey

from paviour.verify.checks.tokens import hostile_tokens
from paviour.verify.credentials import Minter, SigningKey, base64url
from paviour.verify.forge import Forge, attackers_key, by_attacker, header
from paviour.verify.registry import NotApplicable


def _of_another_key_type(minter: Minter, scope: str) -> str:
    key = ECKey.generate_key("P-256") if isinstance(minter.key.key, RSAKey) else RSAKey.generate_key(2048)
    other = SigningKey(key, "ES256" if isinstance(key, ECKey) else "RS256", None)
    return minter.mint(header={"alg": other.algorithm}, claims=minter.scoped(scope), sign=other.sign)


def _unsigned(algorithm: str) -> Forge:
    return lambda minter, scope: minter.mint(header={"alg": algorithm}, claims=minter.scoped(scope), sign=lambda _: b"")


def _with_secret(secret: Callable[[Minter], bytes], **changes: Any) -> Forge:
    """Signed with something that everybody knows, as if it were a shared secret."""

    def forge(minter: Minter, scope: str) -> str:
        def sign(signing_input: bytes) -> bytes:
            return hmac.new(secret(minter), signing_input, hashlib.sha256).digest()

        return minter.mint(header={"alg": "HS256", **changes}, claims=minter.scoped(scope), sign=sign)

    return forge


def _another_algorithm_of_the_key(minter: Minter, scope: str) -> str:
    if not isinstance(minter.key.key, RSAKey):
        raise NotApplicable("the issuer's key is for one algorithm alone")
    algorithm = "PS512" if minter.key.algorithm != "PS512" else "RS512"
    sign = partial(minter.key.sign, algorithm=algorithm)
    return minter.mint(header={"alg": algorithm}, claims=minter.scoped(scope), sign=sign)


def _other_than_signed(minter: Minter, scope: str) -> str:
    algorithm = "RS384" if minter.key.algorithm != "RS384" else "RS512"
    return minter.mint(header={"alg": algorithm}, claims=minter.scoped(scope))


def _unencoded(minter: Minter, scope: str) -> str:
    """With its payload as it is (RFC 7797)."""
    protected = base64url(json.dumps(minter.header({"b64": False, "crit": ["b64"]})).encode())
    payload = json.dumps(minter.claims(minter.scoped(scope)))
    signature = minter.key.sign(f"{protected}.{payload}".encode())
    return f"{protected}.{base64url(payload.encode())}.{base64url(signature)}"


hostile_tokens(
    "must",
    "RFC 8725 section 3.1",
    ("alg-none", "A token without signature", _unsigned("none")),
    ("alg-none-in-capitals", "`alg` of `nOnE`", _unsigned("nOnE")),
    ("alg-none-signed", "`alg` of `none` over a signature", header(alg="none")),
    ("alg-missing", "A token without `alg`", header(alg=None)),
    ("alg-not-a-string", "An `alg` that is no string", header(alg=["RS256"])),
    ("alg-unknown", "An `alg` that nobody knows", header(alg="RS257")),
    ("alg-hmac-of-pem", "The public key as a secret, in PEM,", _with_secret(lambda m: m.key.public_pem())),
    (
        "alg-hmac-of-jwk",
        "The public key as a secret, as a JWK,",
        _with_secret(lambda m: json.dumps(m.key.public_jwk(), separators=(",", ":")).encode()),
    ),
    ("alg-hmac-empty", "An empty secret", _with_secret(lambda _: b"")),
    ("alg-of-another-key-type", "`alg` of another type of key", _of_another_key_type),
    ("alg-of-another-hash", "Another algorithm of the same key", _another_algorithm_of_the_key),
    ("alg-other-than-signed", "`alg` that did not make the signature", _other_than_signed),
)
hostile_tokens(
    "must",
    "RFC 7515 section 4.1.11",
    ("crit-unknown", "`crit` with what is not understood", header(crit=["x-hop"], **{"x-hop": 1})),
    ("crit-empty", "An empty `crit`", header(crit=[])),
    ("crit-not-a-list", "A `crit` that is no list", header(crit="exp")),
    ("crit-absent-member", "A `crit` that names what is not there", header(crit=["exp"])),
    ("payload-unencoded", "`b64` of `false`", _unencoded),
)
hostile_tokens(
    "must",
    "RFC 7797 section 7",
    ("b64-false", "`b64` of `false` that need not be understood", header(b64=False)),
)
hostile_tokens(
    "must",
    "RFC 8725 section 3.10",
    (
        "key-embedded",
        "A token that brings its key (`jwk`)",
        by_attacker(lambda minter: {"jwk": attackers_key(minter.key).public_jwk()}),
    ),
    (
        "key-elsewhere",
        "A token that says where its key is (`jku`)",
        by_attacker(lambda _: {"jku": "http://127.0.0.1:9/jwks.json", "kid": "attacker"}),
    ),
    (
        "certificate-elsewhere",
        "A token that says where its certificate is (`x5u`)",
        by_attacker(lambda _: {"x5u": "http://127.0.0.1:9/key.pem"}),
    ),
    ("certificate-embedded", "A token that brings its certificate (`x5c`)", by_attacker(lambda _: {"x5c": ["MIIB"]})),
    ("kid-unknown", "A key id that nobody has", by_attacker(lambda _: {"kid": "no-such-key"})),
    ("kid-of-a-file", "A key id that is a path", _with_secret(lambda _: b"", kid="../../../../dev/null")),
    ("kid-of-a-query", "A key id that is SQL", _with_secret(lambda _: b"x", kid="x' UNION SELECT 'x")),
    ("kid-not-a-string", "A key id that is no string", header(kid={"$ne": None})),
)
hostile_tokens(
    "house",
    "RFC 8725 section 3.10",
    ("key-embedded-by-issuer", "A key in the header, whoever signed it,", header(jwk={"kty": "oct", "k": "AA"})),
    ("key-elsewhere-by-issuer", "A `jku`, whoever signed it,", header(jku="http://127.0.0.1:9/jwks.json")),
)
hostile_tokens(
    "must",
    "RFC 9068 section 4",
    ("typ-other", "A `typ` other than `at+jwt`", header(typ="JWT")),
    ("typ-missing", "A token without `typ`", header(typ=None)),
    profiles=("rfc9068",),
)
hostile_tokens(
    "should",
    "RFC 8725 section 3.11",
    ("of-logout", "A logout token", header(typ="logout+jwt")),
    ("dpop-proof", "A DPoP proof", header(typ="dpop+jwt")),
    profiles=("rfc9068",),
)
