"""SDKs that many tests look at, made once for each worker."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from paviour.sdk import Sdk, build
from tests.sdk.booted import SERVICES
from tests.support.command import CONTRACTS, REPOSITORY
from tests.support.node import modules
from tests.support.process import Service, serving

STARTER = REPOSITORY / "templates/{{ starter }}/contract/openapi.yaml"


@pytest.fixture(scope="session")
def quotes_sdk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The Python SDK of the starter contract; its package `quotes_client` can be imported."""
    yield from _made(tmp_path_factory.mktemp("quotes-sdk"), STARTER, "quotes-client")


@pytest.fixture(scope="session")
def mef_sdk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The Python SDK of MEF's Quote contract, `mef_client`, where the real contracts are at hand."""
    if not CONTRACTS.is_dir():
        pytest.skip(f"the real contracts are not at hand ({CONTRACTS} is absent)")
    yield from _made(tmp_path_factory.mktemp("mef-sdk"), CONTRACTS / "mef/quote-8.0.1.yaml", "mef-client")


def _made(folder: Path, contract: Path, name: str) -> Iterator[Path]:
    build([Sdk("python", folder / "python", contract, name)])
    sys.path.insert(0, str(folder / "python" / "src"))
    yield folder / "python"
    sys.path.remove(str(folder / "python" / "src"))


@pytest.fixture(scope="session")
def quotes_sdk_typescript(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The TypeScript SDK of the starter contract, `@acme/quotes`, with what it is compiled with beside it."""
    return made_typescript(tmp_path_factory.mktemp("quotes-typescript"), STARTER, "@acme/quotes")


@pytest.fixture(scope="session")
def mef_sdk_typescript(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The TypeScript SDK of MEF's Quote contract, where the real contracts are at hand."""
    if not CONTRACTS.is_dir():
        pytest.skip(f"the real contracts are not at hand ({CONTRACTS} is absent)")
    return made_typescript(tmp_path_factory.mktemp("mef-typescript"), CONTRACTS / "mef/quote-8.0.1.yaml", "@acme/mef")


@pytest.fixture(scope="session")
def booted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Service]]:
    """The service of the starter contract in a stack, which is booted when it is first asked for."""
    with ExitStack() as stack:

        def boot(name: str) -> Service:
            rendered = request.getfixturevalue(SERVICES[name])
            folder = shutil.copytree(rendered, tmp_path_factory.mktemp("sdk") / "quotes", symlinks=True)
            return stack.enter_context(serving(folder))

        yield cache(boot)


def made_typescript(folder: Path, contract: Path, name: str) -> Path:
    """The package, with what it is compiled with beside it."""
    build([Sdk("typescript", folder / "typescript", contract, name)])
    (folder / "typescript" / "node_modules").symlink_to(modules())
    return folder / "typescript"
