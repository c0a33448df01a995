"""An issuer, and the starter with one operation that needs two scopes, so that AND differs from OR."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from paviour.verify.run import Result
from tests.conformance.bench import verified
from tests.conformance.issuers import public_keys
from tests.support.command import paviour
from tests.support.issuer import Issuer, issuing
from tests.support.process import serving

_CANCEL = "operationId: cancelQuote"
_ONE, _TWO = "- oauth2: [quotes:write]", "- oauth2: [quotes:read, quotes:write]"


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    with issuing() as found:
        found.publish(found.minter.key.public_jwk() | {"alg": found.minter.key.algorithm}, *public_keys())
        yield found


@pytest.fixture(scope="session")
def judged(starter: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The service's folder. Shared: a test that changes it works on a copy."""
    folder = shutil.copytree(starter, tmp_path_factory.mktemp("judged") / "quotes")
    contract = folder / "contract" / "openapi.yaml"
    before, found, after = contract.read_text("utf-8").partition(_CANCEL)
    assert found
    assert _ONE in after
    contract.write_text(before + found + after.replace(_ONE, _TWO, 1), "utf-8")
    done = paviour("generate", folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def contract(judged: Path) -> Path:
    return judged / "contract" / "openapi.yaml"


@pytest.fixture(scope="session")
def results(judged: Path, contract: Path, issuer: Issuer) -> list[Result]:
    """Of all checks, on the service as it was rendered."""
    with serving(judged, issuer.environment) as service:
        return verified(service.url, contract, issuer)
