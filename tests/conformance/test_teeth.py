"""The suite notices each fault, and blames nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from paviour.verify.run import all_checks
from tests.conformance.bench import ENVIRONMENT, OF_PRODUCTION, PRODUCTION, SLOW, failed, verified
from tests.conformance.faults import PATIENCE, QUICK, Fault
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
    assert judge(fault, judged, contract, issuer, tmp_path) == expected(fault)


@pytest.mark.slow
@pytest.mark.parametrize("fault", PATIENCE, ids=lambda fault: fault.name)
def test_a_lack_of_patience_is_noticed(
    fault: Fault, judged: Path, contract: Path, issuer: Issuer, tmp_path: Path
) -> None:
    others = all_checks().keys() - {*SLOW, "good-request"}
    assert blamed(fault, judged, contract, issuer, tmp_path, without=others) == expected(fault)


def test_every_check_notices_some_fault() -> None:
    killed = set().union(*map(expected, (*QUICK, *PATIENCE)))
    left = sorted(all_checks().keys() - killed)
    print(f"{len(killed)} of {len(all_checks())} checks notice a fault; left: {', '.join(left) or 'none'}")
    assert left == []


def judge(fault: Fault, judged: Path, contract: Path, issuer: Issuer, room: Path) -> set[str]:
    """The checks that notice the fault, of the groups that it concerns."""
    wanted = expected(fault)
    concerned = {all_checks()[id].group for id in wanted} | {"errors"}
    without = (
        {id for id, check in all_checks().items() if check.group not in concerned} | {*SLOW} | (REPEATING - wanted)
    )
    if fault.production:
        without = all_checks().keys() - OF_PRODUCTION
    elif not wanted & LOAD:
        without |= LOAD
    return blamed(fault, judged, contract, issuer, room, without)


def blamed(
    fault: Fault, judged: Path, contract: Path, issuer: Issuer, room: Path, without: Collection[str]
) -> set[str]:
    service = shutil.copytree(judged, room / "quotes")
    fault.seed(service)
    trusted = of_kind(with_key(issuer, fault.algorithm), fault.profile)
    environment = {**settings(trusted), **ENVIRONMENT, "BODY_TIMEOUT_SECONDS": "2"}
    if fault.production:
        environment |= PRODUCTION
    with serving(service, environment, until="live" if fault.production else "ready") as running:
        return set(failed(verified(running.url, contract, trusted, without=without, production=fault.production)))


def expected(fault: Fault) -> set[str]:
    patterns = fault.noticed_by.split()
    exceptions = [pattern[1:] for pattern in patterns if pattern.startswith("!")]
    return {id for id in all_checks() if _is_among(id, patterns) and not _is_among(id, exceptions)}


def _is_among(id: str, patterns: Collection[str]) -> bool:
    return any(fnmatchcase(id, pattern) for pattern in patterns)
