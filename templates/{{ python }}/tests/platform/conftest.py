from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from harness import Service, running


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
async def service(anyio_backend: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with running(tmp_path_factory.mktemp("service"), app_mock=False) as service:
        yield service


@pytest.fixture(scope="session")
async def mock_service(anyio_backend: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with running(tmp_path_factory.mktemp("mock"), app_mock=True) as service:
        yield service
