"""How hostile tokens are made: each is a good one but for what its name says."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache, partial
from typing import Any, TypeAlias

from joserfc.jwk import ECKey, OKPKey, RSAKey

from paviour.verify.credentials import Minter, SigningKey, base64url, compact, from_base64url
from paviour.verify.registry import NotApplicable

Forge: TypeAlias = Callable[[Minter, str], str]
"""Makes a hostile token; it is given the scopes that a good one would have."""
_MOST_TRIES = 5000


def header(**changes: Any) -> Forge:
    """A good signature under a changed header."""
    return lambda minter, scope: minter.mint(header=changes, claims=minter.scoped(scope))


def claims(**changes: Any) -> Forge:
    """The issuer's own signature under changed claims."""
    return claims_of(lambda _: changes)


def claims_of(make: Callable[[Minter], dict[str, Any]]) -> Forge:
    """The issuer's own signature under claims that follow from who mints them."""
    return lambda minter, scope: minter.mint(claims={**minter.scoped(scope), **make(minter)})


def text_of_claims(change: Callable[[str], str]) -> Forge:
    """Claims that are written as no library writes them."""

    def forge(minter: Minter, scope: str) -> str:
        text = change(json.dumps(minter.claims(minter.scoped(scope))))
        return compact(json.dumps(minter.header()), text.encode(), minter.key.sign)

    return forge


def text_of_header(change: Callable[[str], str]) -> Forge:
    def forge(minter: Minter, scope: str) -> str:
        text = change(json.dumps(minter.header()))
        return compact(text, json.dumps(minter.claims(minter.scoped(scope))).encode(), minter.key.sign)

    return forge


def written(change: Callable[[str], str]) -> Forge:
    """A good token that was changed on the way."""
    return lambda minter, scope: change(minter.token(scope.split()))


def part(at: int, change: Callable[[str], str]) -> Forge:
    """A good token, one of whose three parts was changed on the way."""

    def changed(token: str) -> str:
        parts = token.split(".")
        parts[at] = change(parts[at])
        return ".".join(parts)

    return written(changed)


def signature(change: Callable[[bytes], bytes]) -> Forge:
    """A good token, the octets of whose signature were changed on the way."""
    return part(2, lambda text: base64url(change(from_base64url(text))))


def signed_by(sign: Callable[[SigningKey, bytes], bytes], **changes: Any) -> Forge:
    """Signed in another way than the key's algorithm says. The function is given the key and the signing input."""
    return lambda minter, scope: minter.mint(
        header=changes, claims=minter.scoped(scope), sign=partial(sign, minter.key)
    )


def signed_as_written(change: Callable[[list[str]], list[str]]) -> Forge:
    """The two parts that are signed are changed before the signature is made of them."""

    def forge(minter: Minter, scope: str) -> str:
        signing_input = ".".join(change(minter.token(scope.split()).split(".")[:2]))
        return f"{signing_input}.{base64url(minter.key.sign(signing_input.encode()))}"

    return forge


def until(fits: Callable[[str], bool], forge: Forge) -> Forge:
    """Made again until it fits, for what depends on chance. Raises NotApplicable where it never does."""

    def again(minter: Minter, scope: str) -> str:
        for _ in range(_MOST_TRIES):
            token = forge(minter, scope)
            if fits(token):
                return token
        raise NotApplicable("the key makes no such signature")

    return again


def attackers_key(issuers: SigningKey) -> SigningKey:
    """A key that is not the issuer's, and for the same algorithm."""
    return _another_key(type(issuers.key), issuers.algorithm)


@cache
def _another_key(kind: type[RSAKey | ECKey | OKPKey], algorithm: str) -> SigningKey:
    if issubclass(kind, RSAKey):
        return SigningKey(RSAKey.generate_key(2048), algorithm, None)
    if issubclass(kind, ECKey):
        curve = {"ES384": "P-384", "ES512": "P-521"}.get(algorithm, "P-256")
        return SigningKey(ECKey.generate_key(curve), algorithm, None)
    return SigningKey(OKPKey.generate_key("Ed25519"), algorithm, None)


def by_attacker(make_header: Callable[[Minter], dict[str, Any]] = lambda _: {}) -> Forge:
    """Signed by a key that is not the issuer's."""
    return lambda minter, scope: minter.mint(
        header=make_header(minter), claims=minter.scoped(scope), sign=attackers_key(minter.key).sign
    )
