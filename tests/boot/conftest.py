"""Booted services that many tests call."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

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


@pytest.fixture(scope="session")
def collector() -> Iterator[Collector]:
    with collecting() as found:
        yield found


@pytest.fixture(scope="session")
def quotes(starter: Path, collector: Collector, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The starter, with its traces sent to `collector`."""
    folder = shutil.copytree(starter, tmp_path_factory.mktemp("quotes") / "quotes")
    traced = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "100"}
    with serving(folder, traced) as service:
        yield service


@pytest.fixture(scope="session")
def deliveries(own: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A contract of its own, implemented by an echo."""
    folder = shutil.copytree(own, tmp_path_factory.mktemp("deliveries") / own.name)
    (folder / "src/parcel_deliveries/operations.py").write_text(ECHO)
    with serving(folder) as service:
        yield service
