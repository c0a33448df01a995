"""The registries, started once for each worker."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from paviour.publish.mock import Mock, mocking
from paviour.publish.processes import run
from sdkgen.reader import read
from tests.publish import registries
from tests.publish.estate import CONTRACT
from tests.publish.registries import PASSWORD, USER, Registry


@pytest.fixture(scope="session")
def pypi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with registries.pypi(tmp_path_factory.mktemp("pypi")) as registry:
        yield registry


@pytest.fixture(scope="session")
def npm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with registries.npm(tmp_path_factory.mktemp("npm")) as registry:
        yield registry


@pytest.fixture
def to_pypi(pypi: Registry, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """The environment of one who may upload to it."""
    for path in pypi.folder.iterdir():
        path.unlink()
    monkeypatch.setenv("UV_PUBLISH_URL", pypi.url)
    monkeypatch.setenv("UV_PUBLISH_CHECK_URL", f"{pypi.url}simple/")
    monkeypatch.setenv("UV_PUBLISH_USERNAME", USER)
    monkeypatch.setenv("UV_PUBLISH_PASSWORD", PASSWORD)
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("UV_HTTP_TIMEOUT", "20")
    return pypi


@pytest.fixture
def to_npm(npm: Registry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Registry:
    """The environment of one who may upload to it."""
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", npm.url)
    monkeypatch.setenv("NPM_CONFIG_USERCONFIG", str(tmp_path / "npmrc"))
    monkeypatch.setenv("NPM_CONFIG_FETCH_RETRIES", "0")
    monkeypatch.setenv("NODE_AUTH_TOKEN", npm.token)
    return npm


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The command lines of all that is run."""
    seen: list[str] = []

    def watched(command: Sequence[str | Path], *rest: Any) -> Any:
        seen.append(" ".join(map(str, command)))
        return run(command, *rest)

    for language in ("python", "typescript"):
        monkeypatch.setattr(f"paviour.publish.{language}.run", watched)
    return seen


@pytest.fixture
def mock(tmp_path: Path) -> Iterator[Mock]:
    """What a package is tried out on."""
    path = tmp_path / "openapi.yaml"
    path.write_text(CONTRACT)
    with mocking(read(path)) as served:
        yield served
