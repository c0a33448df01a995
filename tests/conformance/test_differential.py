"""The stacks give the same answers, request by request: the same status, problem, and places of faults."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from paviour.verify.cases import cases
from paviour.verify.message import Message
from paviour.verify.requests import good_requests
from paviour.verify.schemas import Schemas
from paviour.verify.service import Probe, Service
from paviour.verify.wire import Answer, Server
from sdkgen import reader
from tests.conformance import stacks
from tests.support.command import CONTRACTS, REPOSITORY, paviour
from tests.support.issuer import Issuer
from tests.support.node import service_modules
from tests.support.process import serving

MEF = CONTRACTS / "mef" / "quote-8.0.1.yaml"
EXAMPLES = [
    REPOSITORY / "templates" / "{{ starter }}" / "contract" / "openapi.yaml",
    Path(__file__).parent / "parcels.yaml",
    stacks.CONTRACT,
    pytest.param(MEF, marks=pytest.mark.skipif(not MEF.is_file(), reason="MEF's contract is not at hand")),
]
MOST_OF_OPERATION = 500


@pytest.fixture(params=EXAMPLES, ids=lambda path: path.stem if path.stem != "openapi" else path.parent.name)
def contract(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


def test_the_same_request_gets_the_same_answer(contract: Path, issuer: Issuer, tmp_path: Path) -> None:
    python, typescript = (_rendered(stack, contract, tmp_path) for stack in ("python", "typescript"))
    # What is compared is what the contract says, so it is the contract that answers.
    environment = {**issuer.environment, "APP_MOCK": "1", "RATE_LIMIT_REQUESTS": "1000000", "LOG_LEVEL": "error"}
    with serving(python, environment) as one, serving(typescript, environment) as other:
        probes = [_probe(url, contract, issuer) for url in (one.url, other.url)]
        differences, asked = [], 0
        for name, message in _messages(probes[0].service):
            asked += 1
            verdicts = [_verdict(probe.send(_for(probe, message))) for probe in probes]
            if verdicts[0] != verdicts[1]:
                differences.append(f"{name}: Python {verdicts[0]}, TypeScript {verdicts[1]}")
    print(f"{asked} requests, {len(differences)} differences")
    assert differences == []
    assert asked > 20


def _rendered(stack: str, contract: Path, room: Path) -> Path:
    folder = room / stack / "service"
    done = paviour("new", "service", "--stack", stack, "--contract", contract, "--into", folder, "--no-lock", cwd=room)
    assert done.returncode == 0, done.stderr
    if stack == "typescript":
        (folder / "node_modules").symlink_to(service_modules())
    return folder


def _probe(url: str, contract: Path, issuer: Issuer) -> Probe:
    read = reader.read(contract)
    return Probe(Service(Server(url), read, good_requests(read), issuer.minter))


def _messages(service: Service) -> Iterator[tuple[str, Message]]:
    """All that the contract's schemas make, and around each operation what is wrong with more than its values."""
    schemas = Schemas(service.contract)
    for id, request in service.requests.items():
        if not (request.operation.security.public or request.operation.security.alternatives):
            continue
        good = service.good(request)
        yield f"{id}/good", good
        yield f"{id}/no token", service.bare(request)
        yield f"{id}/bad token", good.having(authorization="Bearer a.b.c")
        yield f"{id}/bad query", Message(good.method, f"{good.target}?%zz", good.fields, good.body)
        yield f"{id}/not acceptable", good.having(accept="image/png")
        yield f"{id}/wrong media type", good.having(content_type="text/plain")
        yield f"{id}/no method", Message("PROPFIND", good.target, good.fields)
        yield f"{id}/head", Message("HEAD", good.target, good.fields)
        yield f"{id}/options", Message("OPTIONS", good.target, good.fields)
        for name, case in cases(schemas, request, MOST_OF_OPERATION).items():
            message = case.message(service.server.path, service.server.host)
            yield f"{id}/{name}", service.caller().authorized(request.operation, message)


def _for(probe: Probe, message: Message) -> Message:
    return message.having(host=probe.service.server.host)


def _verdict(answer: Answer) -> Any:
    problem: Any = None
    if answer.body and answer.fields.get("content-type") == "application/problem+json":
        told = json.loads(answer.body)
        errors = sorted({(error["in"], error["pointer"]) for error in told.get("errors", ())})
        problem = (told["type"].rpartition("#")[2], errors)
    return answer.status, problem, answer.fields.get("allow")
