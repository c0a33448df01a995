"""Each operation has an example of its answer, which the contract itself would accept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sdkgen.examples import examples
from tests.contract.support import contract, things, validator


def example(folder: Path, schema: str, version: str = "3.0.3") -> Any:
    """The example of a `Thing` with this schema, once the contract has accepted it."""
    found = things(folder, f"Thing: {schema}", version)
    body = examples(found)["sendThing"]["body"]
    check = validator(found, "operations", "sendThing", "responses", "200", "application/json")
    assert check.is_valid(body), body
    return body


@pytest.mark.parametrize(
    ("schema", "version", "expected"),
    [
        ("{type: string}", "3.0.3", "text"),
        ("{type: string, minLength: 6, maxLength: 6}", "3.0.3", "textxx"),
        ("{type: string, maxLength: 2}", "3.0.3", "te"),
        ("{type: string, format: uuid}", "3.0.3", "123e4567-e89b-42d3-a456-426614174000"),
        ("{type: string, format: date-time}", "3.0.3", "2030-01-31T12:00:00Z"),
        ("{type: string, enum: [b, c]}", "3.0.3", "b"),
        ("{type: string, example: own}", "3.0.3", "own"),
        ("{type: string, default: usual}", "3.0.3", "usual"),
        ("{const: [1]}", "3.1.0", [1]),
        ("{type: string, examples: [first, second]}", "3.1.0", "first"),
        ("{type: integer, minimum: 3}", "3.0.3", 3),
        ("{type: integer, minimum: 3, exclusiveMinimum: true}", "3.0.3", 4),
        ("{type: integer, exclusiveMinimum: 3}", "3.1.0", 4),
        ("{type: integer, maximum: -3}", "3.0.3", -4),
        ("{type: number, multipleOf: 0.5}", "3.0.3", 0.5),
        ("{type: boolean}", "3.0.3", True),
        ("{type: [string, 'null']}", "3.1.0", "text"),
        ("{type: array, items: {type: integer}, minItems: 2}", "3.0.3", [1, 1]),
        ("{type: array, prefixItems: [{type: string}, {type: integer}], items: false}", "3.1.0", ["text", 1]),
        ("{type: object}", "3.0.3", {}),
        ("{type: object, properties: {a: {type: string}, b: {type: string, writeOnly: true}}}", "3.0.3", {"a": "text"}),
        ("{allOf: [{properties: {a: {type: string}}}, {properties: {b: {type: integer}}}]}", "3.0.3", {"a": "text", "b": 1}),
        ("{oneOf: [{type: integer}, {type: string}]}", "3.0.3", 1),
        ("{type: object, properties: {again: {$ref: '#/components/schemas/Thing'}}}", "3.0.3", {"again": {"again": {"again": {}}}}),
    ],
)  # fmt: skip
def test_an_example_is_made_from_the_schema(tmp_path: Path, schema: str, version: str, expected: Any) -> None:
    assert example(tmp_path, schema, version) == expected


def test_an_example_of_a_hierarchy_is_of_a_subtype(tmp_path: Path) -> None:
    text = """
        {type: object, required: [kind], properties: {kind: {type: string}}, discriminator: {propertyName: kind}}
        Cat: {allOf: [{$ref: "#/components/schemas/Thing"}, {required: [claws], properties: {claws: {type: integer}}}]}
        """.strip().replace("\n        ", "\n")

    assert example(tmp_path, text) == {"kind": "Cat", "claws": 1}


def test_the_contract_s_own_example_comes_first(tmp_path: Path) -> None:
    found = contract(
        tmp_path,
        """
        paths:
          /a: {get: {operationId: one, responses: {"200": {description: ok, content: {application/json: {
            schema: {type: integer}, example: 5}}}}}}
          /b: {get: {operationId: many, responses: {"200": {description: ok, content: {application/json: {
            schema: {type: integer}, examples: {first: {$ref: "#/components/examples/Seven"}}}}}}}}
        components: {examples: {Seven: {value: 7}}}
        """,
    )

    assert {name: found["body"] for name, found in examples(found).items()} == {"one": 5, "many": 7}


def test_the_example_is_of_success_with_the_headers_it_needs(tmp_path: Path) -> None:
    found = contract(
        tmp_path,
        """
        paths:
          /a:
            post:
              operationId: send
              responses:
                "400": {description: No}
                default: {description: Else}
                "201":
                  description: Made
                  headers: {Location: {required: true, schema: {type: string, format: uri}}, ETag: {schema: {type: string}}}
        """,
    )

    assert examples(found)["send"] == {
        "status": 201,
        "media_type": None,
        "headers": {"Location": "https://example.com/"},
        "body": None,
    }
