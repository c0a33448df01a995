"""Issuers with keys of each type, and of each kind that a service can be told to trust."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from joserfc.jwk import ECKey, OKPKey, RSAKey

from paviour.verify.credentials import SigningKey
from paviour.verify.profiles import PROFILES
from tests.support.issuer import Issuer

_CLIENT = "quotes-client"
KEYS: dict[str, RSAKey | ECKey | OKPKey] = {
    "RS512": RSAKey.generate_key(3072),
    "PS256": RSAKey.generate_key(2048),
    "ES256": ECKey.generate_key("P-256"),
    "ES384": ECKey.generate_key("P-384"),
    "ES512": ECKey.generate_key("P-521"),
    "EdDSA": OKPKey.generate_key("Ed25519"),
}
"""By the algorithm that each is for, which is also its id."""


def public_keys() -> list[dict[str, Any]]:
    return [{**_signing_key(algorithm).public_jwk(), "alg": algorithm} for algorithm in KEYS]


def with_key(issuer: Issuer, algorithm: str) -> Issuer:
    """The issuer signs with another of its keys, or with its usual one."""
    if algorithm not in KEYS:
        return issuer
    return replace(issuer, minter=replace(issuer.minter, key=_signing_key(algorithm)))


def of_kind(issuer: Issuer, profile: str) -> Issuer:
    """The issuer writes its tokens as this profile has them."""
    client = None if PROFILES[profile].names_audience else _CLIENT
    return replace(issuer, minter=replace(issuer.minter, profile=PROFILES[profile], client=client))


def settings(issuer: Issuer) -> Mapping[str, str]:
    """What a service has to be told to trust an issuer of this kind."""
    found = {**issuer.environment, "AUTH_PROFILE": issuer.minter.profile.name}
    if issuer.minter.client is None:
        return found
    # Where all tokens are of one client, they share one rate.
    return {**found, "AUTH_CLIENT_IDS": issuer.minter.client, "RATE_LIMIT_REQUESTS": "100000"}


def _signing_key(algorithm: str) -> SigningKey:
    return SigningKey(KEYS[algorithm], algorithm, algorithm)
