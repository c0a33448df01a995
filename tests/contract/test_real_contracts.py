"""Real contracts, which are not part of the repository: nothing of them is left out, nothing of their values is lost."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from sdkgen.model import Operation, Response
from sdkgen.names import Responses
from sdkgen.reader import read
from tests.contract.sampling import Sampler
from tests.contract.support import Generated, Service, dumped, parsed
from tests.support.command import CONTRACTS

NAMES = ["mef/quote-8.0.1.yaml", "mef/product-inventory.yaml", "mef/quote-notification.yaml", "digitalocean.json"]
SAMPLED_OPERATIONS = 60

pytestmark = pytest.mark.skipif(not CONTRACTS.is_dir(), reason="the real contracts are not here: ../shared/contracts")


@pytest.fixture(scope="module")
def packages(service: Service) -> dict[str, Generated]:
    return {name: service.generate(read(CONTRACTS / name)) for name in NAMES}


def bodies(package: Generated) -> list[tuple[Operation, Response, str]]:
    """The JSON bodies of the responses: of all operations, or of some where there are many."""
    operations = package.contract.operations
    chosen = random.Random(1).sample(operations, min(len(operations), SAMPLED_OPERATIONS))  # noqa: S311
    return [
        (operation, response, media.name)
        for operation in chosen
        for response in operation.responses
        for media in response.content
        if media.is_json and media.schema
    ]


@pytest.mark.parametrize("name", NAMES)
def test_all_that_the_service_validates_with_compiles(packages: dict[str, Generated], name: str) -> None:
    schemas = packages[name].schemas
    assert [schemas.validator(*place) for place in schemas.places()]


@pytest.mark.parametrize("name", NAMES)
def test_what_a_contract_accepts_comes_back_whole(packages: dict[str, Generated], name: str) -> None:
    package = packages[name]
    sampler = Sampler(package.contract, random.Random(2))  # noqa: S311
    classes = Responses(package.contract)
    examples = json.loads(package.text("examples.json"))
    accepted = 0
    for operation, response, media_type in bodies(package):
        check = package.schemas.validator("operations", operation.id, "responses", response.status, media_type)
        schema = next(media.schema for media in response.content if media.name == media_type)
        assert schema is not None
        values = [sampler.value(schema) for _ in range(3)]
        if str(examples[operation.id]["status"]) == response.status:
            values.append(examples[operation.id]["body"])
        adapter = package.adapter(classes.name(operation, response))
        for value in filter(check.is_valid, values):
            accepted += 1
            assert dumped(adapter, parsed(adapter, value)) == value
    assert accepted > 50 or len(package.contract.operations) < 10


@pytest.mark.parametrize("name", ["mef/quote-8.0.1.yaml", "mef/product-inventory.yaml", "mef/quote-notification.yaml"])
def test_nothing_of_the_mef_contracts_is_left_out(packages: dict[str, Generated], name: str) -> None:
    assert packages[name].contract.findings == []


@pytest.mark.parametrize("payload", ["quote-basic-internet-access.json", "quote-new-epl.json"])
def test_the_official_payloads_are_accepted_and_come_out_as_their_subtypes(
    packages: dict[str, Generated], payload: str
) -> None:
    package = packages["mef/quote-8.0.1.yaml"]
    value: Any = json.loads((CONTRACTS / "mef" / "payloads" / payload).read_text("utf-8"))
    [media_type] = package.schemas.document["operations"]["createQuote"]["body"]

    assert package.schemas.validator("operations", "createQuote", "body", media_type).is_valid(value)
    request = package.module.CreateQuoteRequest.model_validate({"body": value}, by_alias=True, by_name=False)
    assert json.loads(request.body.model_dump_json(by_alias=True, exclude_unset=True)) == value
    places = [place for item in request.body.quote_item for place in item.product.place or ()]
    assert [type(place).__name__ for place in places] == [place.type for place in places]


def test_all_operations_of_digitalocean_are_there(packages: dict[str, Generated]) -> None:
    package = packages["digitalocean.json"]

    assert len(package.operations) == 659
    assert {finding.id for finding in package.contract.findings} == {"links", "raw-body"}
