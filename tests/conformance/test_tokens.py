"""The tokens of issuers with other keys, and of other kinds of issuers."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from paviour.verify.profiles import PROFILES
from paviour.verify.run import Result, all_checks
from tests.conformance.bench import failed, verified
from tests.conformance.issuers import KEYS, of_kind, settings, with_key
from tests.support.issuer import Issuer
from tests.support.process import Service, serving

FOR_SOME_KEYS = {
    "token-rsa-*": ("RS", "PS"),
    "token-pkcs1-*": ("RS",),
    "token-pss-*": ("PS",),
    "token-ecdsa-*": ("ES",),
    "token-eddsa-*": ("EdDSA",),
}
FOR_SOME_PROFILES = {
    "token-cognito-*": ("cognito",),
    "token-entra-*": ("entra",),
    "token-aud-*": ("rfc9068", "entra"),
    "token-jti-missing": ("rfc9068", "cognito"),
    "token-typ-*": ("rfc9068",),
    "token-of-identity": ("rfc9068",),
    "token-of-logout": ("rfc9068",),
    "token-dpop-proof": ("rfc9068",),
}


@pytest.fixture(scope="module")
def service(judged: Path, issuer: Issuer) -> Iterator[Service]:
    with serving(judged, issuer.environment) as found:
        yield found


@pytest.mark.parametrize("algorithm", KEYS)
def test_hostile_tokens_of_any_key_are_refused(
    algorithm: str, service: Service, contract: Path, issuer: Issuer
) -> None:
    results = verified(service.url, contract, with_key(issuer, algorithm), ["tokens"])

    assert failed(results) == {}
    for pattern, algorithms in FOR_SOME_KEYS.items():
        assert outcomes(results, pattern) == {"passed" if algorithm.startswith(algorithms) else "skipped"}


@pytest.mark.parametrize("profile", PROFILES)
def test_hostile_tokens_of_any_kind_of_issuer_are_refused(
    profile: str, judged: Path, contract: Path, issuer: Issuer
) -> None:
    trusted = of_kind(issuer, profile)
    with serving(judged, settings(trusted)) as service:
        results = verified(service.url, contract, trusted, ["tokens"])

    assert failed(results) == {}
    for pattern, profiles in FOR_SOME_PROFILES.items():
        assert outcomes(results, pattern) == {"passed" if profile in profiles else "skipped"}


def outcomes(results: list[Result], pattern: str) -> set[str]:
    return {result.outcome for result in results if fnmatchcase(result.check.id, pattern)}


def test_every_check_of_tokens_is_for_a_key_and_a_profile_that_is_tried() -> None:
    ids = [id for id, check in all_checks().items() if check.group == "tokens"]
    for pattern in [*FOR_SOME_KEYS, *FOR_SOME_PROFILES]:
        assert [id for id in ids if fnmatchcase(id, pattern)]
