"""Nothing of a payload is lost on its way through the Python SDK, and its values have their types."""

from __future__ import annotations

import datetime
import importlib
import json
from pathlib import Path
from typing import Any

import pytest

from paviour.sdk import Sdk, build
from tests.support.command import CONTRACTS
from tests.support.sink import reply, sinking

PAYLOADS = sorted((CONTRACTS / "mef/payloads").glob("*.json"))
CONTRACT = """
openapi: 3.1.0
info: {title: Odd, version: 1.0.0}
paths:
  /pets:
    get:
      operationId: listPets
      parameters:
        - name: filter[name]
          in: query
          style: deepObject
          explode: true
          schema: {type: object, properties: {a: {type: string}}}
        - {name: client, in: query, schema: {type: string}}
        - {name: type, in: query, schema: {enum: [cat, dog]}}
      responses:
        '200':
          description: Pets.
          content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Pet'}}}}
        4XX: {description: No., content: {text/plain: {schema: {type: string}}}}
    put:
      operationId: replacePet
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
      responses: {'204': {description: Done.}}
components:
  schemas:
    Pet:
      type: object
      required: [kind]
      properties:
        kind: {type: string}
        '+1': {type: integer}
        '-1': {type: integer}
        born: {type: string, format: date-time}
        size: {enum: [small, large]}
        huge: {type: integer, format: int64}
        note: {type: [string, 'null']}
        from_dict: {type: string}
        type: {type: string}
        friend: {$ref: '#/components/schemas/Pet'}
      discriminator: {propertyName: kind, mapping: {cat: '#/components/schemas/Cat', n3xx: '#/components/schemas/n3xx'}}
    Cat: {allOf: [{$ref: '#/components/schemas/Pet'}, {properties: {lives: {type: integer}}}]}
    n3xx: {allOf: [{$ref: '#/components/schemas/Pet'}, {properties: {wheels: {type: integer}}}]}
    IPAddress: {type: object, properties: {a: {$ref: '#/components/schemas/IpAddress'}}}
    IpAddress: {type: object, properties: {b: {type: string}}}
    Tree: {type: array, items: {$ref: '#/components/schemas/Tree'}}
    Response: {type: object, properties: {tree: {$ref: '#/components/schemas/Tree'}}}
    Meta: {type: object, properties: {meta: {type: object, properties: {meta: {type: string}}}}}
"""


@pytest.fixture(scope="session")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The models of a contract with everything that generators stumble over."""
    folder = tmp_path_factory.mktemp("odd")
    (folder / "odd.yaml").write_text(CONTRACT)
    build([Sdk("python", folder / "sdk", folder / "odd.yaml", "odd-client")])
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder / "sdk/src")
        yield importlib.import_module("odd_client.models")


@pytest.mark.skipif(not PAYLOADS, reason=f"the official payloads are not at hand ({CONTRACTS} is absent)")
def test_mefs_payloads_come_back_whole_and_a_place_is_its_subtype(mef_sdk: Path) -> None:
    assert mef_sdk.is_dir()
    models = importlib.import_module("mef_client.models")
    places = []
    for path in PAYLOADS:
        payload = json.loads(path.read_text("utf-8"))
        quote = models.QuoteCreate.from_dict(payload)
        assert quote.to_dict() == payload, path.name
        places += [place for item in quote.quote_item for place in item.product.place or []]
    assert {type(place).__name__ for place in places} == {"GeographicAddressRef"}


def test_a_subtype_is_itself_and_an_unknown_one_its_base(odd: Any) -> None:
    tom = {"kind": "cat", "lives": 9, "friend": {"kind": "n3xx", "wheels": 4, "friend": {"kind": "dog", "bark": [1]}}}
    assert type(odd.Cat.from_dict(tom).friend) is odd.N3xx
    stranger = odd.Cat.from_dict(tom).friend.friend
    assert type(stranger) is odd.Pet
    assert stranger.additional_properties == {"bark": [1]}
    assert odd.Cat.from_dict(tom).to_dict() == tom
    assert odd.Cat(lives=7).to_dict() == {"kind": "cat", "lives": 7}


@pytest.mark.parametrize(
    "value",
    [
        {"+1": 1, "-1": 2},
        {"born": "2026-01-31T12:00:00Z"},
        {"born": "2026-01-31T12:00:00+02:00"},
        {"size": "enormous"},
        {"huge": 2**70},
        {"note": None},
        {"from_dict": "a", "type": "b"},
        {"undeclared": {"deep": [1, None, {"x": 1.5}]}},
    ],
)
def test_every_value_comes_back_as_it_went(odd: Any, value: dict[str, Any]) -> None:
    whole = {"kind": "parrot", **value}
    assert odd.Pet.from_dict(whole).to_dict() == whole


def test_values_have_their_types(odd: Any) -> None:
    pet = odd.Pet.from_dict({"kind": "parrot", "born": "2026-01-31T12:00:00Z", "note": None})
    assert pet.born == datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.UTC)
    assert pet.note is None
    assert not pet.size, "what is left out is UNSET, which is false"


def test_arguments_are_written_as_the_contract_says_and_what_is_optional_can_be_left_out(odd: Any) -> None:
    sdk = importlib.import_module("odd_client")
    list_pets, replace_pet = (
        importlib.import_module(f"odd_client.api.default.{name}") for name in ("list_pets", "replace_pet")
    )
    with sinking(reply(200, b"[]", content_type="application/json")) as sink, sdk.Client(sink.url) as client:
        filtered = odd.ListPetsFilterName.from_dict({"a": "b c", "d": "&"})
        assert list_pets.sync(client=client, filter_name=filtered, client_="me", type_="cow") == []
    with sinking(reply(204)) as emptied, sdk.Client(emptied.url) as client:
        assert replace_pet.sync(client=client) is None
        assert replace_pet.sync(client=client, body=odd.Cat(lives=9)) is None

    assert (
        sink.requests[0].target == "/pets?filter%5Bname%5D%5Bd%5D=%26&filter%5Bname%5D%5Ba%5D=b%20c&client=me&type=cow"
    )
    assert [json.loads(request.body or b"null") for request in emptied.requests] == [None, {"kind": "cat", "lives": 9}]
    assert emptied.requests[0]["content-type"] == ""


def test_no_two_types_share_a_module(odd: Any) -> None:
    assert odd.IPAddress is not odd.IpAddress
    assert odd.IPAddress.from_dict({"a": {"b": "c"}}).a == odd.IpAddress(b="c")
    assert odd.Response2.from_dict({"tree": [[], [[]]]}).to_dict() == {"tree": [[], [[]]]}
