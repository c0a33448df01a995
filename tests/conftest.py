"""Services that many tests look at, rendered once for each worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import CONTRACTS, paviour
from tests.support.node import service_modules

OWN = """\
openapi: 3.1.0
info: {title: Deliveries, version: 1.0.0}
components:
  securitySchemes:
    oauth2:
      type: oauth2
      flows: {clientCredentials: {tokenUrl: 'https://auth.example.com/token', scopes: {'track': Track a delivery}}}
  schemas:
    Delivery:
      type: object
      required: [id]
      properties: {id: {type: string}}
      additionalProperties: true
security:
  - oauth2: [track]
paths:
  /deliveries/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
    get:
      operationId: getDelivery
      responses:
        '200':
          description: The delivery.
          content: {application/json: {schema: {$ref: '#/components/schemas/Delivery'}}}
    put:
      operationId: putDelivery
      parameters:
        - {name: If-Match, in: header, required: true, schema: {type: string}}
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/Delivery'}}}
      responses:
        '200':
          description: The delivery.
          content: {application/json: {schema: {$ref: '#/components/schemas/Delivery'}}}
"""


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A service with the starter contract. Shared: a test that changes it works on a copy."""
    return _new(tmp_path_factory.mktemp("starter"), "quotes")


@pytest.fixture(scope="session")
def starter_typescript(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same in TypeScript, with its packages. Shared."""
    return in_typescript(tmp_path_factory.mktemp("starter-typescript"), "quotes")


@pytest.fixture(scope="session")
def own_typescript(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A service in TypeScript with a contract of its own, with its packages. Shared."""
    room = tmp_path_factory.mktemp("own-typescript")
    (room / "deliveries.yaml").write_text(OWN)
    return in_typescript(room, "parcel-deliveries", "--contract", room / "deliveries.yaml")


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A service with a contract of its own. Shared: a test that changes it works on a copy."""
    room = tmp_path_factory.mktemp("own")
    (room / "deliveries.yaml").write_text(OWN)
    return _new(room, "parcel-deliveries", "--contract", room / "deliveries.yaml")


@pytest.fixture(scope="session")
def mef_quote(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A service with MEF's Quote contract, where the real contracts are at hand."""
    return _real(tmp_path_factory.mktemp("mef"), "mef/quote-8.0.1.yaml", "quotes")


@pytest.fixture(scope="session")
def digitalocean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A service with DigitalOcean's contract of 659 operations, where the real contracts are at hand."""
    return _real(tmp_path_factory.mktemp("digitalocean"), "digitalocean.json", "clouds")


def _real(room: Path, contract: str, name: str) -> Path:
    if not CONTRACTS.is_dir():
        pytest.skip(f"the real contracts are not at hand ({CONTRACTS} is absent)")
    return _new(room, name, "--contract", CONTRACTS / contract)


def in_typescript(room: Path, name: str, *options: str | Path) -> Path:
    """A service in TypeScript, with the packages of the lock file as if it had installed them."""
    folder = _new(room, name, "--stack", "typescript", *options)
    (folder / "node_modules").symlink_to(service_modules())
    return folder


def _new(room: Path, name: str, *options: str | Path) -> Path:
    done = paviour("new", name, "--no-lock", *options, cwd=room)
    assert done.returncode == 0, done.stderr
    return room / name
