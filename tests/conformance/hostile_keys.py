"""Keys that a service must not take for keys, each with what it would sign."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.jwk import ECKey

from paviour.verify.credentials import SigningKey, base64url

_SECRET = b"a secret that the whole world can read"


@dataclass(frozen=True, slots=True)
class HostileKey:
    name: str
    """Its `kid`."""
    jwk: Any
    algorithm: str
    """What its token says it was signed with."""
    sign: Callable[[bytes], bytes]


@cache
def _rsa(bits: int = 2048, exponent: int = 65537) -> rsa.RSAPrivateKey:
    # The library refuses to make what nobody should use; what it signs with such a key is worked out by hand then.
    return rsa.generate_private_key(exponent, bits)


@cache
def _elliptic(curve: type[ec.EllipticCurve] = ec.SECP256R1) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(curve())


def _number(value: int, size: int | None = None) -> str:
    return base64url(value.to_bytes(size or (value.bit_length() + 7) // 8))


def _rsa_jwk(key: rsa.RSAPrivateKey) -> dict[str, Any]:
    numbers = key.public_key().public_numbers()
    return {"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e)}


def _ec_jwk(key: ec.EllipticCurvePrivateKey, name: str = "P-256") -> dict[str, Any]:
    numbers = key.public_key().public_numbers()
    return {"kty": "EC", "crv": name, "x": _number(numbers.x, 32), "y": _number(numbers.y, 32)}


def _by_rsa(key: rsa.RSAPrivateKey) -> Callable[[bytes], bytes]:
    return lambda signing_input: key.sign(signing_input, padding.PKCS1v15(), SHA256())


def _by_ec(key: ec.EllipticCurvePrivateKey) -> Callable[[bytes], bytes]:
    def sign(signing_input: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(signing_input, ec.ECDSA(SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)

    return sign


def _by_secret(signing_input: bytes) -> bytes:
    return hmac.digest(_SECRET, signing_input, hashlib.sha256)


def _weak(name: str, key: rsa.RSAPrivateKey) -> HostileKey:
    return HostileKey(name, _rsa_jwk(key) | {"kid": name}, "RS256", _by_rsa(key))


def _rsa_with(name: str, **members: Any) -> HostileKey:
    return HostileKey(name, _rsa_jwk(_rsa()) | {"kid": name} | members, "RS256", _by_rsa(_rsa()))


def _ec_with(name: str, **members: Any) -> HostileKey:
    return HostileKey(name, _ec_jwk(_elliptic()) | {"kid": name} | members, "ES256", _by_ec(_elliptic()))


def _hostile() -> tuple[HostileKey, ...]:
    private = _elliptic().private_numbers().private_value
    prime = _rsa().private_numbers().p
    bitcoin = _elliptic(ec.SECP256K1)
    secret = {"kty": "oct", "k": base64url(_SECRET), "kid": "secret"}
    return (
        _weak("rsa-1024", _rsa(1024)),
        _weak("rsa-exponent-3", _rsa(2048, 3)),
        _rsa_with("use-enc", use="enc"),
        _rsa_with("use-unknown", use="SIG"),
        _ec_with("key-ops-sign", key_ops=["sign"]),
        _ec_with("key-ops-encrypt", key_ops=["encrypt"]),
        _ec_with("key-ops-none", key_ops=[]),
        _ec_with("key-ops-text", key_ops="verify"),
        _rsa_with("alg-of-another-type", alg="ES256"),
        _rsa_with("alg-of-another-hash", alg="RS512"),
        _rsa_with("alg-for-encryption", alg="RSA-OAEP"),
        _rsa_with("alg-none", alg="none"),
        _ec_with("alg-list", alg=["ES256"]),
        _ec_with("private-member", d=_number(private, 32)),
        _rsa_with("prime-member", p=_number(prime)),
        _ec_with("secret-member", k=base64url(_SECRET)),
        HostileKey("secret", secret, "HS256", _by_secret),
        HostileKey("secp256k1", _ec_jwk(bitcoin, "secp256k1") | {"kid": "secp256k1"}, "ES256K", _by_ec(bitcoin)),
        HostileKey("curve-confused", _ec_jwk(bitcoin) | {"kid": "curve-confused"}, "ES256", _by_ec(bitcoin)),
        HostileKey("kid-number", _ec_jwk(_elliptic()) | {"kid": 7}, "ES256", _by_ec(_elliptic())),
        HostileKey("no-object", "key", "ES256", _by_ec(_elliptic())),
        HostileKey("null", None, "ES256", _by_ec(_elliptic())),
        HostileKey("no-members", {"kty": "EC", "kid": "no-members"}, "ES256", _by_ec(_elliptic())),
    )


def _twin() -> SigningKey:
    return SigningKey(ECKey.generate_key("P-256", {"kid": "duplicate"}), "ES256", "duplicate")


HOSTILE = _hostile()
DUPLICATES = (_twin(), _twin())
