"""Real contracts, whole: MEF's Quote Management and DigitalOcean's 659 operations.

They are not part of the repository: the tests read `../shared/contracts` and are skipped where it is absent.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.support.command import CONTRACTS, paviour
from tests.support.process import serving

PAYLOADS = ("quote-basic-internet-access", "quote-new-epl")

ECHO = '''\
    async def create_quote(
        self, request: contract.CreateQuoteRequest, context: contract.Context[contract.Principal]
    ) -> contract.CreateQuoteResponse:
        """Send back what was sent, in the shape of a quote."""
        sent = request.body.model_dump(mode="json", by_alias=True, exclude_unset=True)
        for item in sent["quoteItem"]:
            item["state"] = "inProgress"
        quote = {"id": "1", "state": "inProgress", "quoteDate": "2026-03-02T09:30:00.000Z", **sent}
        return contract.CreateQuote201(body=contract.models.Quote.model_validate(quote))
'''

CLASSES = """\
import json, sys
from quotes.contract import models
quote = models.QuoteCreate.model_validate(json.load(open(sys.argv[1])))
assert json.loads(quote.model_dump_json(by_alias=True, exclude_unset=True)) == json.load(open(sys.argv[1]))
places = [place for item in quote.quote_item for place in item.product.place or ()]
print([(type(place).__name__, isinstance(place, models.RelatedPlaceRefOrValue), place.id) for place in places])
"""


@pytest.fixture
def payloads() -> dict[str, dict[str, object]]:
    return {name: json.loads((CONTRACTS / f"mef/payloads/{name}.json").read_text()) for name in PAYLOADS}


def test_nothing_of_the_mef_contract_is_left_out(mef_quote: Path) -> None:
    done = paviour("check", mef_quote)
    assert done.returncode == 0, done.stdout
    operations = (mef_quote / "src/quotes/operations.py").read_text()
    assert operations.count("raise contract.NotImplementedYet(") == 7


def test_the_official_payloads_are_accepted_and_come_back_whole(
    mef_quote: Path, payloads: dict[str, dict[str, object]], tmp_path: Path
) -> None:
    folder = shutil.copytree(mef_quote, tmp_path / "quotes")
    operations = folder / "src/quotes/operations.py"
    stub = re.compile(
        r"    async def create_quote\(.*?raise contract.NotImplementedYet\(\"createQuote\"\)\n", re.DOTALL
    )
    operations.write_text(stub.sub(lambda _: ECHO, operations.read_text()))
    with serving(folder) as service:
        for name, payload in payloads.items():
            answer = service.call("POST", "/quote", "createQuote", json=payload)
            assert answer.status_code == 201, answer.text
            items = answer.json().pop("quoteItem")
            assert [{**item, "state": None} for item in items] == [
                {**item, "state": None}
                for item in payload["quoteItem"]  # type: ignore[attr-defined]
            ], name
            rest = {key: value for key, value in payload.items() if key != "quoteItem"}
            assert {key: answer.json()[key] for key in rest} == rest, name


def test_a_place_comes_out_as_its_subtype(mef_quote: Path) -> None:
    payload = CONTRACTS / "mef/payloads/quote-basic-internet-access.json"
    command = [sys.executable, "-c", CLASSES, str(payload)]
    done = subprocess.run(command, cwd=mef_quote / "src", capture_output=True, text=True, check=True)
    assert done.stdout == "[('GeographicAddressRef', True, 'Budapest-id-1')]\n"


def test_the_path_of_the_contract_s_server_is_served_too(mef_quote: Path) -> None:
    with serving(mef_quote, {"APP_MOCK": "1"}) as service:
        for prefix in ("", "/mefApi/sonata/quoteManagement/v8"):
            assert service.call("GET", f"{prefix}/quote", "listQuote").status_code == 200


def test_what_a_subtype_requires_is_required_of_a_place(
    mef_quote: Path, payloads: dict[str, dict[str, object]]
) -> None:
    payload = payloads["quote-basic-internet-access"]
    del payload["quoteItem"][0]["product"]["place"][0]["id"]  # type: ignore[index]
    with serving(mef_quote) as service:
        answer = service.call("POST", "/quote", "createQuote", json=payload)
    assert answer.status_code == 422
    pointers = [fault["pointer"] for fault in answer.json()["errors"]]
    assert pointers == ["/quoteItem/0/product/place/0/id"]


@pytest.mark.slow
def test_each_of_659_operations_answers_its_example(digitalocean: Path) -> None:
    contract = json.loads((CONTRACTS / "digitalocean.json").read_text())
    operations = [
        (method.upper(), path, operation)
        for path, item in contract["paths"].items()
        for method, operation in item.items()
        if method in ("get", "put", "post", "delete", "patch")
    ]
    assert len(operations) == 659
    with serving(digitalocean, {"APP_MOCK": "1", "RATE_LIMIT_REQUESTS": "10000"}) as service:
        answers: dict[str, int] = {}
        for method, path, operation in operations:
            scopes = [
                scope for alternative in operation["security"] for listed in alternative.values() for scope in listed
            ]
            headers = {"Authorization": f"Bearer {service.token(*scopes)}"}
            answer = service.client.request(method, filled(path, operation, contract), headers=headers)
            answers[operation["operationId"]] = answer.status_code
    # Without a body or a query that the contract requires, the contract's verdict comes first.
    assert set(answers.values()) <= {200, 201, 202, 204, 422}
    free = [operation for _, _, operation in operations if not asks(operation, contract)]
    assert len(free) > 300
    assert [operation["operationId"] for operation in free if answers[operation["operationId"]] == 422] == []


def parameters(operation: dict[str, Any], contract: dict[str, Any]) -> list[dict[str, Any]]:
    shared = contract["components"]["parameters"]
    return [shared[p["$ref"].rpartition("/")[2]] if "$ref" in p else p for p in operation.get("parameters", ())]


def asks(operation: dict[str, Any], contract: dict[str, Any]) -> bool:
    """Does the contract require more than what stands in the path?"""
    required = [p for p in parameters(operation, contract) if p.get("required") and p["in"] != "path"]
    return bool(required) or operation.get("requestBody", {}).get("required", False)


def filled(path: str, operation: dict[str, Any], contract: dict[str, Any]) -> str:
    """The path with its parameters' examples."""
    for parameter in parameters(operation, contract):
        if parameter["in"] == "path":
            schema = parameter["schema"]
            given = parameter.get("example", schema.get("example", next(iter(schema.get("enum", ())), 1)))
            path = path.replace("{" + parameter["name"] + "}", quote(str(given), safe=""))
    return path
