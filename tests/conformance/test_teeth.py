"""The suite notices each fault, and blames nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from paviour.verify.run import all_checks
from tests.conformance.bench import ENVIRONMENT, SLOW, failed, verified
from tests.conformance.faults import PATIENCE, QUICK, Fault
from tests.conformance.issuers import of_kind, settings, with_key
from tests.support.issuer import Issuer
from tests.support.process import serving

REPEATING = {"token-at-every-operation"}
"""What fails with any of many other checks, and takes long. It is asked where it is named."""


@pytest.mark.parametrize("fault", QUICK, ids=lambda fault: fault.name)
def test_a_fault_is_noticed_by_its_checks_alone(
    fault: Fault, judged: Path, contract: Path, issuer: Issuer, tmp_path: Path
) -> None:
    concerned = {all_checks()[id].group for id in expected(fault)} | {"errors"}
    others = {id for id, check in all_checks().items() if check.group not in concerned}
    others |= REPEATING - expected(fault)
    assert blamed(fault, judged, contract, issuer, tmp_path, without={*SLOW, *others}) == expected(fault)


@pytest.mark.slow
@pytest.mark.parametrize("fault", PATIENCE, ids=lambda fault: fault.name)
def test_a_lack_of_patience_is_noticed(
    fault: Fault, judged: Path, contract: Path, issuer: Issuer, tmp_path: Path
) -> None:
    others = all_checks().keys() - {*SLOW, "good-request"}
    assert blamed(fault, judged, contract, issuer, tmp_path, without=others) == expected(fault)


def blamed(
    fault: Fault, judged: Path, contract: Path, issuer: Issuer, room: Path, without: Collection[str]
) -> set[str]:
    service = shutil.copytree(judged, room / "quotes")
    fault.seed(service)
    trusted = of_kind(with_key(issuer, fault.algorithm), fault.profile)
    with serving(service, {**settings(trusted), **ENVIRONMENT, "BODY_TIMEOUT_SECONDS": "2"}) as running:
        return set(failed(verified(running.url, contract, trusted, without=without)))


def expected(fault: Fault) -> set[str]:
    patterns = fault.noticed_by.split()
    exceptions = {pattern[1:] for pattern in patterns if pattern.startswith("!")}
    return {id for id in all_checks() if any(fnmatchcase(id, pattern) for pattern in patterns)} - exceptions
