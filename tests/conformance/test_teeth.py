"""The suite notices each fault, and blames nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from paviour.verify.run import all_checks
from tests.conformance.bench import ENVIRONMENT, OF_PRODUCTION, PRODUCTION, SLOW, failed, verified
from tests.conformance.faults import PATIENCE, QUICK, Fault
from tests.conformance.faults.typescript import TYPESCRIPT
from tests.conformance.issuers import of_kind, settings, with_key
from tests.support.issuer import Issuer
from tests.support.process import serving

REPEATING = {"token-at-every-operation"}
"""What fails with any of many other checks, and takes long. It is asked where it is named."""
LOAD = {"overload-refused", "overload-retry-after", "overload-latency", "overload-over"}
"""What puts the service under load, which takes seconds. Faults elsewhere don't change it."""


@pytest.mark.parametrize("fault", QUICK, ids=lambda fault: fault.name)
def test_a_fault_is_noticed_by_its_checks_alone(
    fault: Fault, judged: Path, contract: Path, issuer: Issuer, tmp_path: Path
) -> None:
    assert judge([fault], judged, contract, issuer, tmp_path) == expected(fault)


@pytest.mark.parametrize("faults", TYPESCRIPT.values(), ids=TYPESCRIPT)
def test_faults_in_typescript_are_noticed_by_their_checks_alone(
    faults: Sequence[Fault], judged_typescript: Path, issuer: Issuer, tmp_path: Path
) -> None:
    """Several at a time, as no check notices more than one of them."""
    contract = judged_typescript / "contract" / "openapi.yaml"
    of_each = [expected(fault) for fault in faults]
    assert all(of_each)
    assert sum(map(len, of_each)) == len(set().union(*of_each))
    assert judge(faults, judged_typescript, contract, issuer, tmp_path) == set().union(*of_each)


@pytest.mark.slow
@pytest.mark.parametrize("fault", PATIENCE, ids=lambda fault: fault.name)
def test_a_lack_of_patience_is_noticed(
    fault: Fault, judged: Path, contract: Path, issuer: Issuer, tmp_path: Path
) -> None:
    others = all_checks().keys() - {*SLOW, "good-request"}
    assert blamed([fault], judged, contract, issuer, tmp_path, without=others) == expected(fault)


def test_every_check_notices_some_fault() -> None:
    killed = set().union(*map(expected, (*QUICK, *PATIENCE)))
    left = sorted(all_checks().keys() - killed)
    print(f"{len(killed)} of {len(all_checks())} checks notice a fault; left: {', '.join(left) or 'none'}")
    assert left == []


def judge(faults: Sequence[Fault], judged: Path, contract: Path, issuer: Issuer, room: Path) -> set[str]:
    """The checks that notice one of the faults, of the groups that they concern."""
    wanted = set().union(*map(expected, faults))
    concerned = {all_checks()[id].group for id in wanted} | {"errors"}
    without = (
        {id for id, check in all_checks().items() if check.group not in concerned} | {*SLOW} | (REPEATING - wanted)
    )
    if faults[0].production:
        without = all_checks().keys() - OF_PRODUCTION
    elif not wanted & LOAD:
        without |= LOAD
    return blamed(faults, judged, contract, issuer, room, without)


def blamed(
    faults: Sequence[Fault], judged: Path, contract: Path, issuer: Issuer, room: Path, without: Collection[str]
) -> set[str]:
    """All of the faults are for the same kind of issuer, and for the same kind of environment."""
    service = shutil.copytree(judged, room / "quotes", symlinks=True)
    for fault in faults:
        fault.seed(service)
    trusted = of_kind(with_key(issuer, faults[0].algorithm), faults[0].profile)
    environment = {**settings(trusted), **ENVIRONMENT, "BODY_TIMEOUT_SECONDS": "2"}
    production = faults[0].production
    if production:
        environment |= PRODUCTION
    with serving(service, environment, until="live" if production else "ready") as running:
        return set(failed(verified(running.url, contract, trusted, without=without, production=production)))


def expected(fault: Fault) -> set[str]:
    patterns = fault.noticed_by.split()
    exceptions = [pattern[1:] for pattern in patterns if pattern.startswith("!")]
    return {id for id in all_checks() if _is_among(id, patterns) and not _is_among(id, exceptions)}


def _is_among(id: str, patterns: Collection[str]) -> bool:
    return any(fnmatchcase(id, pattern) for pattern in patterns)
