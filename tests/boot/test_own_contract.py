"""A contract of one's own: served as it stands."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.boot.conftest import PYTHON, TYPESCRIPT
from tests.boot.test_starter import is_problem
from tests.support.process import Service, serving, started


@pytest.fixture(params=["own", "own_typescript"])
def unwritten(request: pytest.FixtureRequest) -> Path:
    found: Path = request.getfixturevalue(request.param)
    return found


def test_an_operation_that_nobody_wrote_yet_answers_501(unwritten: Path) -> None:
    with serving(unwritten) as service:
        assert is_problem(service.call("GET", "/deliveries/1", "track"), 501, "not-implemented")
        assert is_problem(service.client.get("/deliveries/1"), 401, "token-missing")


def test_with_mocks_it_answers_with_the_contract_s_example(unwritten: Path) -> None:
    with serving(unwritten, {"APP_MOCK": "1"}) as service:
        response = service.call("GET", "/deliveries/1", "track")
        assert (response.status_code, response.json()) == (200, {"id": "text"})


def test_undeclared_properties_of_an_open_object_come_back(deliveries: Service) -> None:
    sent = {"id": "1", "carrier": {"name": "x", "stops": [1, 2.50, None]}, "at": "2026-03-02T09:30:00.000Z"}
    response = deliveries.call("PUT", "/deliveries/1", "track", json=sent, headers={"If-Match": "*"})
    assert (response.status_code, response.json()) == (200, sent)


def test_a_precondition_that_the_contract_requires_is_asked_for(deliveries: Service) -> None:
    response = deliveries.call("PUT", "/deliveries/1", "track", json={"id": "1"})
    assert is_problem(response, 428, "precondition-required")


def test_a_failure_of_the_implementation_leaks_nothing(deliveries: Service) -> None:
    response = deliveries.call("GET", "/deliveries/1", "track")
    assert is_problem(response, 500, "internal-error")
    assert "secret" not in response.text
    assert "a secret of the implementation" in deliveries.log.read_text()


@pytest.mark.parametrize(
    ("service", "module", "source", "told"),
    [
        (
            "own",
            PYTHON,
            "class Operations:\n    async def get_delivery(self, request, context): ...\n",
            "no method put_delivery for the operation putDelivery; `make generate`",
        ),
        (
            "own",
            PYTHON,
            "class Operations:\n    async def get_delivery(self, request, context): ...\n"
            "    async def put_delivery(self, request, context): ...\n"
            "    async def drop_delivery(self, request, context): ...\n",
            "drop_delivery",
        ),
        (
            "own_typescript",
            TYPESCRIPT,
            "export class Operations { async getDelivery() {} }",
            "no method putDelivery for the operation putDelivery; `make generate`",
        ),
        (
            "own_typescript",
            TYPESCRIPT,
            "export class Operations { async getDelivery() {} async putDelivery() {} async dropDelivery() {} }",
            "dropDelivery",
        ),
    ],
)
def test_a_missing_or_an_extra_operation_stops_the_start(
    service: str, module: str, source: str, told: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    folder = shutil.copytree(request.getfixturevalue(service), tmp_path / "service", symlinks=True)
    (folder / module).write_text(source)
    command, variables = started(folder)
    environment = os.environ | {"APP_ENV": "dev", "PORT": "0"} | variables
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert "\n    at " not in done.stderr
