"""Booted services that many tests call."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.support.otlp import Collector, collecting
from tests.support.process import Service, serving

ECHO = '''\
"""Delivers what it is given."""

from . import contract
from .contract import models
from .platform.auth import Principal
from .platform.context import Context


class Operations:
    async def get_delivery(
        self, request: contract.GetDeliveryRequest, context: Context[Principal]
    ) -> contract.GetDeliveryResponse:
        raise KeyError("a secret of the implementation")

    async def put_delivery(
        self, request: contract.PutDeliveryRequest, context: Context[Principal]
    ) -> contract.PutDeliveryResponse:
        return contract.PutDelivery200(body=models.Delivery.model_validate(request.body))
'''

ECHO_TYPESCRIPT = """\
/** Delivers what it is given. */

import type * as contract from "./contract/index.ts";

export class Operations implements contract.Operations {
    async getDelivery(): Promise<contract.GetDeliveryResponse> {
        throw new Error("a secret of the implementation");
    }

    async putDelivery(request: contract.PutDeliveryRequest): Promise<contract.PutDeliveryResponse> {
        return { status: 200, body: request.body };
    }
}
"""
PYTHON, TYPESCRIPT = "src/parcel_deliveries/operations.py", "src/operations.ts"


@pytest.fixture(scope="session")
def collector() -> Iterator[Collector]:
    with collecting() as found:
        yield found


@pytest.fixture(scope="session", params=["starter", "starter_typescript"])
def quotes(
    request: pytest.FixtureRequest, collector: Collector, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """The starter in each stack, with its traces sent to `collector`."""
    rendered = request.getfixturevalue(request.param)
    folder = shutil.copytree(rendered, tmp_path_factory.mktemp("quotes") / "quotes", symlinks=True)
    traced = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "100"}
    with serving(folder, traced) as service:
        yield service


@pytest.fixture(scope="session", params=[("own", PYTHON, ECHO), ("own_typescript", TYPESCRIPT, ECHO_TYPESCRIPT)])
def deliveries(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A contract of its own, implemented by an echo."""
    name, module, echo = request.param
    own = request.getfixturevalue(name)
    folder = shutil.copytree(own, tmp_path_factory.mktemp("deliveries") / own.name, symlinks=True)
    (folder / module).write_text(echo)
    with serving(folder) as service:
        yield service
