"""The stacks give the same answers, request by request: the same status, fields and content."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from paviour.verify.cases import cases
from paviour.verify.message import Message
from paviour.verify.registry import Check
from paviour.verify.requests import GoodRequest, good_requests
from paviour.verify.run import all_checks, judge
from paviour.verify.schemas import Schemas
from paviour.verify.service import Service
from paviour.verify.wire import Server
from sdkgen import reader
from tests.conformance import stacks
from tests.conformance.bench import ORIGIN
from tests.conformance.hostile_requests import hostile_requests
from tests.conformance.twins import TwinProbe, Twins
from tests.support.command import CONTRACTS, REPOSITORY, paviour
from tests.support.issuer import Issuer
from tests.support.node import service_modules
from tests.support.process import serving

EXAMPLES = {
    "starter": REPOSITORY / "templates" / "{{ starter }}" / "contract" / "openapi.yaml",
    "parcels": Path(__file__).parent / "parcels.yaml",
    "conformance": stacks.CONTRACT,
    "mef": CONTRACTS / "mef" / "quote-8.0.1.yaml",
    "digitalocean": CONTRACTS / "digitalocean.json",
}
MOST_OF_OPERATION = 500
MANY = 100
"""Of a contract with more operations than this, each is asked little, and not the same."""
OWN = {"health-metrics", "health-metrics-route"}
"""Each stack has metrics of its own, too."""


def _of(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("services", names, indirect=True)


@pytest.fixture(scope="module")
def services(
    request: pytest.FixtureRequest, issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Service, Server]]:
    room, contract = tmp_path_factory.mktemp("twins"), EXAMPLES[request.param]
    if not contract.is_file():
        pytest.skip(f"{contract} is not at hand")
    python, typescript = (_rendered(stack, contract, room) for stack in ("python", "typescript"))
    # What is compared is what the contract says, so it is the contract that answers.
    environment = {
        **issuer.environment,
        "APP_MOCK": "1",
        "RATE_LIMIT_REQUESTS": "1000000",
        "LOG_LEVEL": "error",
        "CORS_ORIGINS": ORIGIN,
    }
    read = reader.read(contract)
    with serving(python, environment) as one, serving(typescript, environment) as other:
        yield Service(Server(one.url), read, good_requests(read), issuer.minter, ORIGIN), Server(other.url)


@pytest.fixture
def twins(services: tuple[Service, Server]) -> Twins:
    return Twins(*services)


@_of(*EXAMPLES)
def test_what_the_contract_s_schemas_make_is_answered_alike(twins: Twins) -> None:
    for name, message in _messages(twins.service):
        twins.compare(name, message.encode())
    twins.assert_alike(20)


@_of("starter", "conformance")
def test_what_the_checks_send_is_answered_alike(twins: Twins) -> None:
    """What checks that need no load send, but for the group of the limits: of what is too much, some is never read."""
    wanted = [check for check in all_checks().values() if _is_quick(check)]
    judge(twins.service, wanted, lambda service: TwinProbe(service, twins=twins))
    twins.assert_alike(400)


@_of("starter")
def test_what_no_schema_makes_is_answered_alike(twins: Twins) -> None:
    for name, data in hostile_requests(twins.service):
        twins.compare(name, data)
    twins.assert_alike(350)


def _is_quick(check: Check) -> bool:
    is_large = check.group == "limits" or check.id in ("error-uri-too-long", "error-headers-too-large")
    return check.when == "together" and check.cases is None and not is_large and check.id not in OWN


def _rendered(stack: str, contract: Path, room: Path) -> Path:
    folder = room / stack / "service"
    done = paviour("new", "service", "--stack", stack, "--contract", contract, "--into", folder, "--no-lock", cwd=room)
    assert done.returncode == 0, done.stderr
    if stack == "typescript":
        (folder / "node_modules").symlink_to(service_modules())
    return folder


def _messages(service: Service) -> Iterator[tuple[str, Message]]:
    """All that the contract's schemas make, and around each operation what is wrong with more than its values."""
    schemas = Schemas(service.contract)
    are_many = len(service.requests) > MANY
    for number, (id, request) in enumerate(service.requests.items()):
        if not (request.operation.security.public or request.operation.security.alternatives):
            continue
        yield f"{id}/good", service.good(request)
        if not are_many or number % 20 == 0:
            yield from ((f"{id}/{name}", message) for name, message in _around(service, request))
        # Of many, other keywords for each operation.
        found = cases(schemas, request, 12 if are_many else MOST_OF_OPERATION).items()
        for name, case in islice(found, number % 4, None, 4) if are_many else found:
            message = case.message(service.server.path, service.server.host)
            yield f"{id}/{name}", service.caller().authorized(request.operation, message)


def _around(service: Service, request: GoodRequest) -> Iterator[tuple[str, Message]]:
    good = service.good(request)
    yield "no token", service.bare(request)
    yield "bad token", good.having(authorization="Bearer a.b.c")
    yield "bad query", replace(good, target=f"{good.target}?%zz")
    yield "not acceptable", good.having(accept="image/png")
    yield "wrong media type", good.having(content_type="text/plain")
    yield "no method", Message("PROPFIND", good.target, good.fields)
    yield "head", Message("HEAD", good.target, good.fields)
    yield "options", Message("OPTIONS", good.target, good.fields)
