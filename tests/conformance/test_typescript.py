"""Every guarantee, asked of the service in TypeScript."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from paviour.verify.profiles import PROFILES
from paviour.verify.run import all_checks
from tests.conformance import stacks
from tests.conformance.bench import ENVIRONMENT, OF_PRODUCTION, PRODUCTION, failed, verified
from tests.conformance.checks import bench_checks
from tests.conformance.checks.keys import keys_beside
from tests.conformance.issuers import KEYS, of_kind, settings, with_key
from tests.conformance.surroundings import judged as judged_by_the_bench
from tests.conformance.surroundings import surrounded
from tests.conformance.test_service import OF_OTHER_ISSUERS
from tests.conformance.test_tokens import FOR_SOME_KEYS, FOR_SOME_PROFILES
from tests.support.issuer import Issuer
from tests.support.node import node
from tests.support.process import Service, serving


@pytest.fixture(scope="module")
def judged(judged_typescript: Path) -> Path:
    return judged_typescript


@pytest.fixture(scope="module")
def contract(judged: Path) -> Path:
    return judged / "contract" / "openapi.yaml"


@pytest.fixture(scope="module")
def service(judged: Path, issuer: Issuer) -> Iterator[Service]:
    with serving(judged, {**issuer.environment, **ENVIRONMENT}) as found:
        yield found


def test_the_service_passes_every_check(service: Service, contract: Path, issuer: Issuer) -> None:
    results = verified(service.url, contract, issuer)
    assert failed(results) == {}
    passed = {result.check.id for result in results if result.outcome == "passed"}
    untried = {id for id in all_checks().keys() - passed if not id.startswith(OF_OTHER_ISSUERS)}
    assert untried == OF_PRODUCTION


def test_in_production_nothing_of_development_is_left(judged: Path, contract: Path, issuer: Issuer) -> None:
    with serving(judged, {**issuer.environment, **PRODUCTION}, until="live") as running:
        found = verified(running.url, contract, issuer, without=all_checks().keys() - OF_PRODUCTION, production=True)
    assert {result.id: result.outcome for result in found} == dict.fromkeys(OF_PRODUCTION, "passed")


@pytest.mark.parametrize("algorithm", KEYS)
def test_hostile_tokens_of_any_key_are_refused(
    algorithm: str, service: Service, contract: Path, issuer: Issuer
) -> None:
    results = verified(service.url, contract, with_key(issuer, algorithm), ["tokens"])
    assert failed(results) == {}
    tried = [pattern for pattern, algorithms in FOR_SOME_KEYS.items() if algorithm.startswith(algorithms)]
    assert all(any(fnmatchcase(r.check.id, pattern) and r.outcome == "passed" for r in results) for pattern in tried)


@pytest.mark.parametrize("profile", PROFILES)
def test_hostile_tokens_of_any_kind_of_issuer_are_refused(
    profile: str, judged: Path, contract: Path, issuer: Issuer
) -> None:
    trusted = of_kind(issuer, profile)
    with serving(judged, settings(trusted)) as running:
        results = verified(running.url, contract, trusted, ["tokens"])
    assert failed(results) == {}
    tried = [pattern for pattern, profiles in FOR_SOME_PROFILES.items() if profile in profiles]
    assert all(any(fnmatchcase(r.check.id, pattern) and r.outcome == "passed" for r in results) for pattern in tried)


@pytest.mark.slow
def test_the_service_passes_every_check_of_the_bench(conformance_typescript: stacks.Stack) -> None:
    with surrounded(conformance_typescript, *keys_beside()) as bench:
        results = judged_by_the_bench(bench, bench_checks().values())
    assert {result.id: result.reason for result in results if result.outcome != "passed"} == {}
    assert {result.check.id for result in results} == bench_checks().keys()


def test_the_team_zone_passes_the_checks_of_its_tools(conformance_typescript: stacks.Stack) -> None:
    for program, *arguments in (("@biomejs/biome/bin/biome", "check", "src"), ("typescript/bin/tsc",)):
        done = node(f"node_modules/{program}", *arguments, cwd=conformance_typescript.folder)
        assert done.returncode == 0, done.stdout + done.stderr
