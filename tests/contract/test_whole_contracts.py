"""Whole contracts become packages that import, pass the strictest type check, and validate."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from sdkgen.reader import read
from tests.contract.support import REPOSITORY, Generated, Service

CONTRACTS = {
    "the starter": REPOSITORY / "templates" / "{{ starter }}" / "contract" / "openapi.yaml",
    "several files": Path(__file__).parent / "contracts" / "openapi.yaml",
}


@pytest.fixture(scope="module")
def packages(service: Service) -> dict[str, Generated]:
    return {name: service.generate(read(path)) for name, path in CONTRACTS.items()}


def test_they_are_clean_under_the_strictest_type_check(packages: dict[str, Generated], service: Service) -> None:
    folders = [str(package.folder) for package in packages.values()]
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(service.folder / "mypy"), *folders]
    done = subprocess.run(command, cwd=service.folder, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", CONTRACTS)
def test_all_that_the_service_validates_with_compiles(packages: dict[str, Generated], name: str) -> None:
    schemas = packages[name].schemas
    assert [schemas.validator(*place) for place in schemas.places()]


@pytest.mark.parametrize("name", CONTRACTS)
def test_all_requests_can_be_built(packages: dict[str, Generated], name: str) -> None:
    for operation in packages[name].operations.values():
        assert operation.request.model_rebuild(force=True)


def test_nothing_is_left_out_of_the_starter(packages: dict[str, Generated]) -> None:
    assert packages["the starter"].contract.findings == []


def test_what_is_left_out_of_a_contract_is_counted(packages: dict[str, Generated]) -> None:
    assert Counter(finding.id for finding in packages["several files"].contract.findings) == {
        "ambiguous-parameter": 1,
        "callbacks": 1,
        "nested-parameter": 1,
        "raw-body": 2,
        "security-scheme": 1,
        "webhooks": 1,
    }


def test_a_type_of_another_file_is_one_type_wherever_it_is_used(packages: dict[str, Generated]) -> None:
    models = packages["several files"].models

    made = models.Delivery.model_validate({"vehicles": {"a": {"kind": "van", "doors": 3}}, "cost": {"currency": "EUR"}})
    assert type(made.vehicles["a"]) is models.Van
    assert isinstance(made.vehicles["a"], models.Vehicle)
