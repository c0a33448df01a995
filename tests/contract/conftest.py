from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.contract.support import Service


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("service")
    sys.path.insert(0, str(folder))
    yield Service(folder)
    sys.path.remove(str(folder))
