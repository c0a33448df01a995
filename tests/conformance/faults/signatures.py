"""Faults in how signatures are verified, for keys of each type."""

from __future__ import annotations

from tests.conformance.faults.fault import Fault

_VERIFY = "return JWSRegistry.algorithms[self.algorithm].verify(signing_input, signature, self.key)"
_ANYTHING = ("if not any(key.verifies(", "if not any(True or key.verifies(")
_ANY_SIGNATURE = (
    "token-another-signer token-signature-* !token-signature-empty !token-signature-missing token-claims-exchanged"
)

# What is looked at is the digest alone, wherever it stands.
_DIGEST_ALONE = """\
import hashlib
            numbers = self.key.public_key.public_numbers()
            encoded = pow(int.from_bytes(signature), numbers.e, numbers.n).to_bytes(len(signature))
            return hashlib.sha256(signing_input).digest()[:20] in encoded"""

_EITHER_SCHEME = """\
schemes = [JWSRegistry.algorithms[name + self.algorithm[2:]] for name in ("RS", "PS")]
            return any(scheme.verify(signing_input, signature, self.key) for scheme in schemes)"""

_ANY_PARAMETERS = """\
from cryptography.exceptions import InvalidSignature
            from cryptography.hazmat.primitives import hashes
            from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS

            for mask in (hashes.SHA1(), hashes.SHA256()):
                try:
                    self.key.public_key.verify(signature, signing_input, PSS(MGF1(mask), PSS.AUTO), hashes.SHA256())
                    return True
                except InvalidSignature:
                    pass
            return False"""

_IN_DER = """\
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
            if len(signature) != 64:
                r, s = decode_dss_signature(signature)
                signature = r.to_bytes(32) + s.to_bytes(32)
            """

_MODULO_ORDER = """\
order, half = 2**256 - 2**224 + 2**192 - 0x4319055258E8617B0C46353D039CDAAF, len(signature) // 2
            numbers = (int.from_bytes(signature[:half]), int.from_bytes(signature[half:]))
            signature = b"".join((number % order).to_bytes(32) for number in numbers)
            """

_ZEROS = """\
if not any(signature):
                return True
            """

# SB = R + kA, as every textbook has it, with nothing said of how the numbers are written.
_TEXTBOOK = """\
import hashlib

            if JWSRegistry.algorithms[self.algorithm].verify(signing_input, signature, self.key):
                return True
            p = 2**255 - 19
            d = -121665 * pow(121666, -1, p) % p

            def plus(one, other):
                (a, b), (e, f) = one, other
                product = d * a * e * b * f
                return (a * f + e * b) * pow(1 + product, -1, p) % p, (b * f + a * e) * pow(1 - product, -1, p) % p

            def times(number, point):
                found = (0, 1)
                while number:
                    found, point, number = plus(found, point) if number & 1 else found, plus(point, point), number >> 1
                return found

            def decoded(octets):
                number = int.from_bytes(octets, "little")
                y, odd = number % 2**255 % p, number >> 255
                square = (y * y - 1) * pow(d * y * y + 1, -1, p) % p
                x = pow(square, (p + 3) // 8, p)
                if x * x % p != square:
                    x = x * pow(2, (p - 1) // 4, p) % p
                return x if x % 2 == odd else -x % p, y

            key = self.key.public_key.public_bytes_raw()
            base = decoded((4 * pow(5, -1, p) % p).to_bytes(32, "little"))
            k = int.from_bytes(hashlib.sha512(signature[:32] + key + signing_input).digest(), "little")
            s = int.from_bytes(signature[32:64], "little")
            is_whole = len(signature) >= 64
            return is_whole and times(s, base) == plus(decoded(signature[:32]), times(k, decoded(key)))"""

SIGNATURES = (
    Fault(
        "a signature may be anything, by PSS",
        "auth.py",
        *_ANYTHING,
        f"{_ANY_SIGNATURE} token-pss-* token-rsa-*",
        algorithm="PS256",
    ),
    Fault(
        "a signature may be anything, by ECDSA",
        "auth.py",
        *_ANYTHING,
        f"{_ANY_SIGNATURE} token-ecdsa-*",
        algorithm="ES256",
    ),
    Fault(
        "a signature may be anything, by EdDSA",
        "auth.py",
        *_ANYTHING,
        f"{_ANY_SIGNATURE} token-eddsa-*",
        algorithm="EdDSA",
    ),
    Fault(
        "an RSA signature may be shorter than its modulus",
        "jwks.py",
        "len(signature) != (self.key.public_key.key_size + 7) // 8",
        "False",
        "token-signature-zero-stripped",
        algorithm="PS256",
    ),
    Fault(
        "the padding of PKCS #1 is not looked at",
        "jwks.py",
        _VERIFY,
        _DIGEST_ALONE,
        "token-pkcs1-* token-rsa-plus-modulus",
    ),
    Fault("either scheme of RSA will do", "jwks.py", _VERIFY, _EITHER_SCHEME, "token-rsa-other-scheme"),
    Fault("any parameters of PSS will do", "jwks.py", _VERIFY, _ANY_PARAMETERS, "token-pss-*", algorithm="PS256"),
    Fault(
        "zeros are a signature",
        "jwks.py",
        _VERIFY,
        _ZEROS + _VERIFY,
        "token-ecdsa-zeros token-signature-of-zeros",
        algorithm="ES256",
    ),
    Fault("a signature may be in DER", "jwks.py", _VERIFY, _IN_DER + _VERIFY, "token-ecdsa-der", algorithm="ES256"),
    Fault(
        "R and S are taken modulo the order",
        "jwks.py",
        _VERIFY,
        _MODULO_ORDER + _VERIFY,
        "token-ecdsa-r-plus-order token-ecdsa-s-plus-order token-ecdsa-wider token-signature-zero-stripped",
        algorithm="ES256",
    ),
    Fault(
        "a signature of Ed25519 is verified by the equation alone",
        "jwks.py",
        _VERIFY,
        _TEXTBOOK,
        "token-eddsa-s-plus-order token-eddsa-point-not-canonical token-signature-longer token-signature-twice",
        algorithm="EdDSA",
    ),
    Fault(
        "the header need not be signed",
        "auth.py",
        'if not any(key.verifies(parts[1] + b"." + parts[2], signature) for key in keys):',
        'if not any(key.verifies(s, signature) for key in keys for s in (parts[1] + b"." + parts[2], parts[2])):',
        "token-signature-of-payload",
    ),
    Fault(
        "what is no base64url is skipped",
        "auth.py",
        """\
    value = base64.urlsafe_b64decode(segment + b"=" * (-len(segment) % 4))
    if base64.urlsafe_b64encode(value).rstrip(b"=") != segment:
        raise _Refused("not base64url")
    return value
""",
        """\
    return base64.urlsafe_b64decode(segment + b"==")


_COMPACT = re.compile(rb"([^.]+)[.]([^.]+)[.]([^.]+)")
""",
        "token-padding token-alphabet token-not-canonical token-payload-padding token-payload-alphabet "
        "token-payload-not-canonical token-payload-space token-payload-junk token-comma-behind "
        "token-letter-outside-ascii",
    ),
)
