"""Is a signature refused that is none on the issuer's curve, or that is another spelling of one?"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from joserfc.jwk import ECKey

from paviour.verify.checks.tokens import hostile_tokens
from paviour.verify.credentials import SigningKey
from paviour.verify.forge import Forge, signed_by
from paviour.verify.registry import NotApplicable

# The orders of the base points (FIPS 186-5, SP 800-186; RFC 8032, section 5.1).
_ORDERS = {
    "P-256": 2**256 - 2**224 + 2**192 - 0x4319055258E8617B0C46353D039CDAAF,
    "P-384": 2**384 - 0x389CB27E0BC8D220A7E5F24DB74F58851313E695333AD68D,
    "P-521": 2**521 - 0x5AE79787C40D069948033FEB708F65A2FC44A36477663B851449048E16EC79BF7,
}
_EDWARDS_ORDER = 2**252 + 27742317777372353535851937790883648493
_EDWARDS_PRIME = 2**255 - 19
_Changed = Callable[[int, int, int, int], bytes]
"""Gives a signature for R, S, the curve's order, and the octets that each number takes."""


def _ecdsa(change: _Changed) -> Forge:
    def sign(key: SigningKey, signing_input: bytes) -> bytes:
        if not isinstance(key.key, ECKey):
            raise NotApplicable("the issuer's key is on no curve of ECDSA")
        good = key.sign(signing_input)
        size = len(good) // 2
        return change(int.from_bytes(good[:size]), int.from_bytes(good[size:]), _ORDERS[key.key.curve_name], size)

    return signed_by(sign)


def _raw(r: int, s: int, size: int) -> bytes:
    return r.to_bytes(size) + s.to_bytes(size)


def _ed25519(change: Callable[[Ed25519PrivateKey, bytes, bytes], bytes]) -> Forge:
    """The function is given the key, the signing input, and the good signature."""

    def sign(key: SigningKey, signing_input: bytes) -> bytes:
        private = key.key.private_key
        if not isinstance(private, Ed25519PrivateKey):
            raise NotApplicable("the issuer's key is none of Ed25519")
        return change(private, signing_input, key.sign(signing_input))

    return signed_by(sign)


def _plus_order(_key: Ed25519PrivateKey, _signing_input: bytes, good: bytes) -> bytes:
    """The same S modulo the order, with the order added."""
    return good[:32] + (int.from_bytes(good[32:], "little") + _EDWARDS_ORDER).to_bytes(32, "little")


def _not_canonical_point(key: Ed25519PrivateKey, signing_input: bytes, _good: bytes) -> bytes:
    """R is the neutral element with its y written as p + 1, and S what the equation asks for then."""
    r = (_EDWARDS_PRIME + 1).to_bytes(32, "little")
    expanded = bytearray(hashlib.sha512(key.private_bytes_raw()).digest()[:32])
    expanded[0] &= 248
    expanded[31] = expanded[31] & 127 | 64
    challenge = hashlib.sha512(r + key.public_key().public_bytes_raw() + signing_input).digest()
    s = int.from_bytes(challenge, "little") * int.from_bytes(expanded, "little") % _EDWARDS_ORDER
    return r + s.to_bytes(32, "little")


hostile_tokens(
    "must",
    "RFC 7518 section 3.4",
    ("ecdsa-zeros", "R and S of 0", _ecdsa(lambda _r, _s, _n, size: _raw(0, 0, size))),
    ("ecdsa-r-zero", "R of 0", _ecdsa(lambda _r, s, _n, size: _raw(0, s, size))),
    ("ecdsa-s-zero", "S of 0", _ecdsa(lambda r, _s, _n, size: _raw(r, 0, size))),
    ("ecdsa-ones", "R and S of 1", _ecdsa(lambda _r, _s, _n, size: _raw(1, 1, size))),
    ("ecdsa-orders", "R and S of the curve's order", _ecdsa(lambda _r, _s, n, size: _raw(n, n, size))),
    ("ecdsa-r-plus-order", "R with the order added", _ecdsa(lambda r, s, n, size: _raw(r + n, s, size + 1))),
    ("ecdsa-s-plus-order", "S with the order added", _ecdsa(lambda r, s, n, size: _raw(r, s + n, size + 1))),
    ("ecdsa-exchanged", "S before R", _ecdsa(lambda r, s, _n, size: _raw(s, r, size))),
    ("ecdsa-der", "A signature in DER", _ecdsa(lambda r, s, _n, _size: encode_dss_signature(r, s))),
    ("ecdsa-wider", "R and S with a zero before each", _ecdsa(lambda r, s, _n, size: _raw(r, s, size + 1))),
)
hostile_tokens(
    "must",
    "RFC 8032 section 5.1.7",
    ("eddsa-s-plus-order", "S with the order added", _ed25519(_plus_order)),
    ("eddsa-point-not-canonical", "R that is not below the prime", _ed25519(_not_canonical_point)),
    ("eddsa-s-zero", "S of 0", _ed25519(lambda _key, _text, good: good[:32] + bytes(32))),
    (
        "eddsa-neutral",
        "R of the neutral element and S of 0",
        _ed25519(lambda _key, _text, _good: (1).to_bytes(32, "little") + bytes(32)),
    ),
    (
        "eddsa-prehashed",
        "A signature of the SHA-512 of what is signed",
        _ed25519(lambda key, text, _good: key.sign(hashlib.sha512(text).digest())),
    ),
)
