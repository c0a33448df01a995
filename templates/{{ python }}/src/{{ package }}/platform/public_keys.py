"""Whether a public key can prove anything: what a library takes for a key may have been made so that all can sign."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from typing import Any

from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

# SP 800-131A, section 3, and a bound of our own, for the cost of verifying grows with the square of the size.
_MIN_RSA_BITS, _MAX_RSA_BITS = 2048, 8192
# FIPS 186-5, section 5.1.
_MIN_RSA_EXPONENT, _MAX_RSA_EXPONENT = 65537, 2**256
# A modulus has no factor below 752 (SP 800-89, section 5.3.3).
_SMALL_PRIMES = [n for n in range(2, 752) if all(n % factor for factor in range(2, math.isqrt(n) + 1))]
_SMALL_FACTORS = math.prod(_SMALL_PRIMES)
# Primes modulo which the keys of a faulty chip are powers of 65537, as next to no others are (CVE-2017-15361).
_FAULTY_CHIP = {
    prime: {pow(65537, power, prime) for power in range(prime)}
    for prime in (11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157)
}
_EDWARDS_PRIME = 2**255 - 19
# The y of the points of small order; a signature by one of them is good for any text.
_ORDER_8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022
_SMALL_ORDER = {0, 1, _EDWARDS_PRIME - 1, _ORDER_8, _EDWARDS_PRIME - _ORDER_8}


def is_sound(jwk: Mapping[str, Any], key: Key) -> bool:
    """Whether the key is strong enough, its numbers are in their ranges, and each is written in its one way."""
    if isinstance(key, RSAKey):
        numbers = key.public_key.public_numbers()
        written = {"n": _octets(numbers.n), "e": _octets(numbers.e)}
        return _is_written_so(jwk, written) and _is_sound_rsa(numbers.n, numbers.e)
    if isinstance(key, ECKey):
        # That the point is on its curve, the library has seen to.
        point, size = key.public_key.public_numbers(), (key.public_key.curve.key_size + 7) // 8
        return _is_written_so(jwk, {"x": point.x.to_bytes(size, "big"), "y": point.y.to_bytes(size, "big")})
    if isinstance(key, OKPKey):
        octets = key.public_key.public_bytes_raw()
        y = int.from_bytes(octets, "little") % 2**255
        return _is_written_so(jwk, {"x": octets}) and y < _EDWARDS_PRIME and y not in _SMALL_ORDER
    return False


def _is_sound_rsa(modulus: int, exponent: int) -> bool:
    return (
        _MIN_RSA_BITS <= modulus.bit_length() <= _MAX_RSA_BITS
        and _MIN_RSA_EXPONENT <= exponent < _MAX_RSA_EXPONENT
        and math.gcd(modulus, _SMALL_FACTORS) == 1
        and not all(modulus % prime in powers for prime, powers in _FAULTY_CHIP.items())
    )


def _octets(number: int) -> bytes:
    """As few as hold it (RFC 7518, section 2)."""
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _is_written_so(jwk: Mapping[str, Any], members: Mapping[str, bytes]) -> bool:
    return all(
        jwk.get(name) == base64.urlsafe_b64encode(octets).rstrip(b"=").decode() for name, octets in members.items()
    )
