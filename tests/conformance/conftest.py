"""An issuer, and the starter with what its contract does not have, so that every rule has something to be tried on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from paviour.verify.run import Result
from tests.conformance.bench import ENVIRONMENT, verified
from tests.conformance.issuers import public_keys
from tests.conformance.stacks import Stack, python, typescript
from tests.support.command import paviour
from tests.support.issuer import Issuer, issuing
from tests.support.process import serving

CHANGES = (
    # Two scopes, so that AND differs from OR; and a key on a second operation.
    (
        "        - oauth2: [quotes:write]\n      parameters:\n        - $ref: '#/components/parameters/IfMatch'\n",
        "        - oauth2: [quotes:read, quotes:write]\n      parameters:\n"
        "        - $ref: '#/components/parameters/IfMatch'\n"
        "        - {name: Idempotency-Key, in: header, schema: {type: string, minLength: 1, maxLength: 255}}\n",
    ),
    # Both preconditions on one operation, so that their order shows.
    (
        "        - $ref: '#/components/parameters/IfNoneMatch'\n",
        "        - $ref: '#/components/parameters/IfNoneMatch'\n        - $ref: '#/components/parameters/IfMatch'\n",
    ),
    # An operation that has ended, and one that is for everybody.
    (
        "  /quotes/{quote_id}/status:\n",
        "  /terms:\n"
        "    get:\n"
        "      operationId: getTerms\n"
        "      security: []\n"
        "      responses:\n"
        "        '204': {description: There are none.}\n"
        "  /quotes/{quote_id}/history:\n"
        "    parameters:\n"
        "      - $ref: '#/components/parameters/QuoteId'\n"
        "    get:\n"
        "      operationId: getQuoteHistory\n"
        "      deprecated: true\n"
        "      x-paved: {deprecation: '2020-01-01T00:00:00Z', sunset: '2021-01-01T00:00:00Z'}\n"
        "      responses:\n"
        "        '204': {description: Nothing has happened.}\n"
        "  /quotes/{quote_id}/status:\n",
    ),
)
_OPERATIONS = (
    (
        "entity_tag, if_none_match=request.if_none_match)",
        "entity_tag, if_match=request.if_match, if_none_match=request.if_none_match)",
    ),
)


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    with issuing() as found:
        found.publish(found.minter.key.public_jwk() | {"alg": found.minter.key.algorithm}, *public_keys())
        yield found


@pytest.fixture(scope="session")
def judged(starter: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The service's folder. Shared: a test that changes it works on a copy."""
    folder = shutil.copytree(starter, tmp_path_factory.mktemp("judged") / "quotes")
    edit(folder / "contract" / "openapi.yaml", CHANGES)
    edit(folder / "src" / "quotes" / "operations.py", _OPERATIONS)
    done = paviour("generate", folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def judged_typescript(starter_typescript: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same in TypeScript. Shared, too."""
    folder = shutil.copytree(starter_typescript, tmp_path_factory.mktemp("judged") / "quotes", symlinks=True)
    edit(folder / "contract" / "openapi.yaml", CHANGES)
    edit(folder / "src" / "operations.ts", [("{ ifNoneMatch: request.ifNoneMatch }", "request")])
    done = paviour("generate", folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def contract(judged: Path) -> Path:
    return judged / "contract" / "openapi.yaml"


@pytest.fixture(scope="session")
def results(judged: Path, contract: Path, issuer: Issuer) -> list[Result]:
    """Of all checks, on the service as it was rendered."""
    with serving(judged, {**issuer.environment, **ENVIRONMENT}) as service:
        return verified(service.url, contract, issuer)


@pytest.fixture(scope="session")
def conformance(tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """The conformance service in Python. Shared: a test that changes it works on a copy."""
    return python(tmp_path_factory.mktemp("conformance"))


@pytest.fixture(scope="session")
def conformance_typescript(tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """The same in TypeScript. Shared, too."""
    return typescript(tmp_path_factory.mktemp("conformance"))


def edit(path: Path, changes: Sequence[tuple[str, str]]) -> None:
    text = path.read_text("utf-8")
    for old, new in changes:
        assert text.count(old) == 1, f"{path.name} has {text.count(old)} times: {old}"
        text = text.replace(old, new)
    path.write_text(text, "utf-8")
