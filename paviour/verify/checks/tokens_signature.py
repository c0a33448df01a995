"""Is a signature refused that the issuer's key did not make, or that was changed on the way? For keys of any type."""

from __future__ import annotations

import hashlib
import json

from paviour.verify.checks.tokens import hostile_tokens
from paviour.verify.credentials import Minter, base64url, from_base64url
from paviour.verify.forge import by_attacker, part, signature, signed_by, until, written


def _flipped(text: str) -> str:
    at = len(text) // 2
    return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]


def _other_claims_under_the_signature(minter: Minter, scope: str) -> str:
    protected, _, signed = minter.mint(claims=minter.scoped(scope)).split(".")
    payload = json.dumps(minter.claims({**minter.scoped(scope), "sub": "admin"}))
    return f"{protected}.{base64url(payload.encode())}.{signed}"


def _without_its_first_octet(token: str) -> str:
    """As who takes the signature for a number writes it. It is good for tokens whose signature begins with a zero."""
    signing_input, _, signed = token.rpartition(".")
    return f"{signing_input}.{base64url(from_base64url(signed)[1:])}"


def _zero_stripped(minter: Minter, scope: str) -> str:
    good = until(lambda token: from_base64url(token.rpartition(".")[2])[0] == 0, written(str))
    return _without_its_first_octet(good(minter, scope))


hostile_tokens(
    "must",
    "RFC 7515 section 5.2",
    ("another-signer", "A signature of another key", by_attacker()),
    ("signature-flipped", "A signature with one bit changed", part(2, _flipped)),
    ("signature-short", "A signature that was cut", part(2, lambda text: text[: len(text) // 8 * 4])),
    ("signature-shorter", "A signature without its last octet", signature(lambda octets: octets[:-1])),
    ("signature-longer", "A signature with an octet behind it", signature(lambda octets: octets + b"\0")),
    ("signature-zero-before", "A signature with a zero before it", signature(lambda octets: b"\0" + octets)),
    ("signature-zero-stripped", "A signature without the zero that it begins with", _zero_stripped),
    ("signature-twice", "A signature that stands twice", signature(lambda octets: octets * 2)),
    ("signature-reversed", "A signature with its octets reversed", signature(lambda octets: octets[::-1])),
    ("signature-empty", "An empty signature", part(2, lambda _: "")),
    ("signature-missing", "A token of two parts", written(lambda token: token.rpartition(".")[0])),
    ("signature-of-zeros", "A signature of zeros", signature(lambda octets: bytes(len(octets)))),
    ("signature-of-ones", "A signature of ones", signature(lambda octets: b"\xff" * len(octets))),
    (
        "signature-of-payload",
        "A signature of the payload alone",
        signed_by(lambda key, signing_input: key.sign(signing_input.partition(b".")[2])),
    ),
    (
        "signature-of-digest",
        "A signature of the digest of what is signed",
        signed_by(lambda key, signing_input: key.sign(hashlib.sha256(signing_input).digest())),
    ),
    ("claims-exchanged", "A good signature over other claims", _other_claims_under_the_signature),
    ("header-changed", "A header that was changed", part(0, lambda _: base64url(b'{"alg":"RS256","x":1}'))),
    ("payload-empty", "A token without payload", part(1, lambda _: "")),
)
