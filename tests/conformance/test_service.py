"""Every guarantee, asked of the rendered service and of the framework without the platform."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from paviour.verify.registry import GROUPS
from paviour.verify.run import Result, all_checks
from tests.conformance.bench import OF_PRODUCTION, PRODUCTION, failed, vanilla, verified
from tests.support.issuer import Issuer
from tests.support.process import serving

OF_OTHER_ISSUERS = ("token-pss-", "token-ecdsa-", "token-eddsa-", "token-cognito-", "token-entra-")
"""Checks that are for other keys than the bench's issuer has, or for another kind of issuer."""


def test_the_service_passes_every_check(results: list[Result]) -> None:
    passed = {result.check.id for result in results if result.outcome == "passed"}
    assert failed(results) == {}
    untried = {id for id in all_checks().keys() - passed if not id.startswith(OF_OTHER_ISSUERS)}
    assert untried == OF_PRODUCTION


def test_in_production_nothing_of_development_is_left(judged: Path, contract: Path, issuer: Issuer) -> None:
    # Nobody serves keys over https here, so the service is live and not ready, which is all that these checks need.
    with serving(judged, {**issuer.environment, **PRODUCTION}, until="live") as service:
        found = verified(service.url, contract, issuer, without=all_checks().keys() - OF_PRODUCTION, production=True)
    assert {result.id: result.outcome for result in found} == dict.fromkeys(OF_PRODUCTION, "passed")


def test_the_suite_is_as_large_as_it_says() -> None:
    sizes = Counter(check.group for check in all_checks().values())
    assert sizes["http"] >= 42
    assert sizes["tokens"] >= 38


def test_the_framework_alone_fails_where_the_platform_does_not(
    results: list[Result], contract: Path, issuer: Issuer
) -> None:
    with vanilla(issuer.environment) as url:
        bare = verified(url, contract, issuer)
    for group in GROUPS:
        ours, theirs = _score(results, group), _score(bare, group)
        print(f"{group}: platform {ours[0]} of {ours[1]}, framework alone {theirs[0]} of {theirs[1]}")
    assert "token-good" not in failed(bare)
    assert "good-request" not in failed(bare)
    failures = Counter(all_checks()[id].group for id in failed(bare))
    assert failures["http"] >= 26
    assert failures["tokens"] >= 4


def _score(results: Sequence[Result], group: str) -> tuple[int, int]:
    of_group = [result for result in results if result.check.group == group and result.outcome != "skipped"]
    return sum(result.outcome == "passed" for result in of_group), len(of_group)
