"""Is a signature refused that the issuer's RSA key made, but not as its algorithm says (RFC 8017)?"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from joserfc.jwk import RSAKey

from paviour.verify.checks.tokens import hostile_tokens
from paviour.verify.credentials import Minter, SigningKey, base64url, from_base64url
from paviour.verify.forge import Forge, signed_by, until
from paviour.verify.registry import NotApplicable

_HASHES: dict[str, tuple[str, hashes.HashAlgorithm]] = {
    "256": ("sha256", hashes.SHA256()),
    "384": ("sha384", hashes.SHA384()),
    "512": ("sha512", hashes.SHA512()),
}
# DER of DigestInfo up to the digest (RFC 8017, section 9.2, note 1).
_DIGEST_INFOS = {
    "sha1": bytes.fromhex("3021300906052b0e03021a05000414"),
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha384": bytes.fromhex("3041300d060960864801650304020205000430"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
}
_PARAMETERS = b"\x05\x00"
_Encoded = Callable[[int, bytes, bytes], bytes]
"""Gives the encoded message for a modulus of so many octets, a DigestInfo up to the digest, and the digest."""


def _private_key(key: SigningKey) -> RSAPrivateKey:
    if not isinstance(key.key, RSAKey):
        raise NotApplicable("the issuer's key is no RSA key")
    private = key.key.private_key
    assert private is not None  # noqa: S101 - a SigningKey has one
    return private


def _pkcs1(encode: _Encoded) -> Forge:
    """The private key applied to an encoded message that is not the one of RSASSA-PKCS1-v1_5."""

    def sign(key: SigningKey, signing_input: bytes) -> bytes:
        numbers = _private_key(key).private_numbers()
        if not key.algorithm.startswith("RS"):
            raise NotApplicable("the issuer's algorithm is not RSASSA-PKCS1-v1_5")
        name, _ = _HASHES[key.algorithm[2:]]
        modulus = numbers.public_numbers.n
        size = (modulus.bit_length() + 7) // 8
        encoded = encode(size, _DIGEST_INFOS[name], hashlib.new(name, signing_input).digest())
        return pow(int.from_bytes(encoded), numbers.d, modulus).to_bytes(size)

    return signed_by(sign)


def _padded(size: int, content: bytes, block_type: int = 1, fill: bytes = b"\xff") -> bytes:
    return b"\0" + bytes([block_type]) + fill * (size - 3 - len(content)) + b"\0" + content


def _without_parameters(size: int, info: bytes, digest: bytes) -> bytes:
    """The algorithm's NULL is left out, and the lengths around it follow."""
    shorter = bytes([info[0], info[1] - 2, info[2], info[3] - 2]) + info[4:].replace(_PARAMETERS, b"", 1)
    return _padded(size, shorter + digest)


def _junk_behind(size: int, info: bytes, digest: bytes) -> bytes:
    """As can be made without the private key where the exponent is 3 and nobody looks what is behind the digest."""
    content = b"\0\1" + b"\xff" * 8 + b"\0" + info + digest
    return content + b"\0" * (size - len(content))


def _of_sha1(size: int, _info: bytes, digest: bytes) -> bytes:
    return _padded(size, _DIGEST_INFOS["sha1"] + digest[:20])


def _number_without_modulus(minter: Minter, scope: str) -> str:
    """The same number modulo n, with n added."""
    modulus = _private_key(minter.key).public_key().public_numbers().n
    size = (modulus.bit_length() + 7) // 8
    most: int = 2 ** (8 * size) - modulus

    def small(token: str) -> bool:
        return int.from_bytes(from_base64url(token.rpartition(".")[2])) < most

    good = until(small, lambda minter, scope: minter.token(scope.split()))(minter, scope)
    signing_input, _, signed = good.rpartition(".")
    return f"{signing_input}.{base64url((int.from_bytes(from_base64url(signed)) + modulus).to_bytes(size))}"


def _pss(salt: int | None, mask: hashes.HashAlgorithm | None = None) -> Forge:
    """Signed by RSASSA-PSS with a salt of so many octets, or as long as can be, and perhaps another mask's hash."""

    def sign(key: SigningKey, signing_input: bytes) -> bytes:
        private = _private_key(key)
        if not key.algorithm.startswith("PS"):
            raise NotApplicable("the issuer's algorithm is not RSASSA-PSS")
        _, algorithm = _HASHES[key.algorithm[2:]]
        length = padding.PSS.MAX_LENGTH if salt is None else salt
        return private.sign(signing_input, padding.PSS(padding.MGF1(mask or algorithm), length), algorithm)

    return signed_by(sign)


def _by_the_other_scheme(key: SigningKey, signing_input: bytes) -> bytes:
    _private_key(key)
    other = {"R": "P", "P": "R"}[key.algorithm[0]] + key.algorithm[1:]
    return key.sign(signing_input, other)


hostile_tokens(
    "must",
    "RFC 8017 section 8.2.2",
    ("pkcs1-digest-alone", "A digest without `DigestInfo`", _pkcs1(lambda size, _, digest: _padded(size, digest))),
    ("pkcs1-digest-unpadded", "A digest without padding", _pkcs1(lambda _size, info, digest: info + digest)),
    ("pkcs1-no-parameters", "A `DigestInfo` without `NULL`", _pkcs1(_without_parameters)),
    ("pkcs1-other-hash", "A `DigestInfo` of SHA-1", _pkcs1(_of_sha1)),
    ("pkcs1-junk-behind", "Octets behind the digest", _pkcs1(_junk_behind)),
    (
        "pkcs1-junk-in-padding",
        "A padding that is not all ones",
        _pkcs1(lambda size, info, digest: _padded(size, info + digest, fill=b"\xfe")),
    ),
    (
        "pkcs1-padding-of-zeros",
        "The padding of block type 0",
        _pkcs1(lambda size, info, digest: _padded(size, info + digest, block_type=0, fill=b"\0")),
    ),
    (
        "pkcs1-padding-of-encryption",
        "The padding of block type 2",
        _pkcs1(lambda size, info, digest: _padded(size, info + digest, block_type=2)),
    ),
    ("rsa-plus-modulus", "A signature with the modulus added", _number_without_modulus),
    (
        "rsa-other-scheme",
        "A signature by the other scheme of the key (PKCS #1 v1.5, PSS)",
        signed_by(_by_the_other_scheme),
    ),
)
hostile_tokens(
    "must",
    "RFC 7518 section 3.5",
    ("pss-no-salt", "A signature without salt", _pss(0)),
    ("pss-short-salt", "A salt of 20 octets", _pss(20)),
    ("pss-long-salt", "The longest salt", _pss(None)),
    ("pss-other-mask", "A mask of SHA-1", _pss(20, hashes.SHA1())),  # noqa: S303
)
