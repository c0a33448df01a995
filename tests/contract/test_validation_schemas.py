"""A request or a response gets the verdict that the contract means."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from sdkgen.validation import schemas
from tests.contract.support import contract, things, validator


def sides(folder: Path, text: str, version: str = "3.0.3") -> tuple[Draft202012Validator, Draft202012Validator]:
    """How a `Thing` is judged in a request, and how in a response."""
    found = things(folder, text, version)
    return (
        validator(found, "operations", "sendThing", "body", "application/json"),
        validator(found, "operations", "sendThing", "responses", "200", "application/json"),
    )


# Undeclared properties

NAMED = "type: object, properties: {name: {type: string}}"


@pytest.mark.parametrize(
    "text",
    [
        f"Thing: {{{NAMED}}}",
        "Thing: {properties: {name: {type: string}}}",
        f"Thing: {{allOf: [{{{NAMED}}}]}}",
        f"Thing: {{allOf: [{{$ref: '#/components/schemas/Base'}}, {{{NAMED}}}]}}\nBase: {{properties: {{id: {{}}}}}}",
        f"Thing: {{oneOf: [{{{NAMED}}}, {{type: object, required: [id], properties: {{id: {{}}}}}}]}}",
        f"Thing: {{anyOf: [{{{NAMED}}}, {{type: object, properties: {{id: {{}}}}}}]}}",
        f"Thing: {{{NAMED}, oneOf: [{{required: [id], properties: {{id: {{}}}}}}, {{required: [name], properties: {{no: {{}}}}}}]}}",
        f"Thing: {{{NAMED}, additionalProperties: false}}",
    ],
)
def test_a_request_has_no_property_that_the_contract_does_not_declare(tmp_path: Path, text: str) -> None:
    request, response = sides(tmp_path, text)

    assert request.is_valid({"name": "a"})
    assert not request.is_valid({"name": "a", "more": 1})
    assert response.is_valid({"name": "a", "more": 1}) is ("additionalProperties" not in text)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        (f"Thing: {{{NAMED}, additionalProperties: true}}", "3.0.3"),
        (f"Thing: {{{NAMED}, additionalProperties: {{type: integer}}}}", "3.0.3"),
        (f"Thing: {{allOf: [{{{NAMED}, additionalProperties: true}}]}}", "3.0.3"),
        (f"Thing: {{{NAMED}, unevaluatedProperties: true}}", "3.1.0"),
        (f"Thing: {{{NAMED}, patternProperties: {{'^more': {{}}}}}}", "3.1.0"),
        ("Thing: {type: object}", "3.0.3"),
        ("Thing: {}", "3.0.3"),
        (f"Thing: {{{NAMED}, discriminator: {{propertyName: name}}}}", "3.0.3"),
    ],
)
def test_a_request_may_have_more_where_the_contract_opens_the_object(tmp_path: Path, text: str, version: str) -> None:
    request, _ = sides(tmp_path, text, version)

    assert request.is_valid({"name": "a", "more": 1})


def test_what_a_request_holds_is_closed_too(tmp_path: Path) -> None:
    request, _ = sides(
        tmp_path, f"Thing: {{type: object, properties: {{list: {{type: array, items: {{{NAMED}}}}}, map: {{"
        f"additionalProperties: {{{NAMED}}}}}}}}}"
    )  # fmt: skip

    assert request.is_valid({"list": [{"name": "a"}], "map": {"b": {"name": "c"}}})
    assert not request.is_valid({"list": [{"more": 1}]})
    assert not request.is_valid({"map": {"b": {"more": 1}}})


def test_alternatives_of_which_several_hold_declare_together(tmp_path: Path) -> None:
    request, _ = sides(tmp_path, "Thing: {anyOf: [{properties: {a: {}}}, {properties: {b: {}}}]}")

    assert request.is_valid({"a": 1, "b": 2})
    assert not request.is_valid({"a": 1, "c": 2})


def test_a_dependent_schema_declares_what_comes_with_a_property(tmp_path: Path) -> None:
    request, _ = sides(
        tmp_path,
        """
        Thing:
          type: object
          properties: {card: {type: string}}
          dependentSchemas: {card: {required: [address], properties: {address: {type: string}}}}
        """,
        "3.1.0",
    )

    assert request.is_valid({"card": "1", "address": "here"})
    assert not request.is_valid({"card": "1"})
    assert not request.is_valid({"card": "1", "address": "here", "more": 1})


def test_a_waiver_opens_an_object(tmp_path: Path) -> None:
    (tmp_path / "waivers.yaml").write_text(
        "- {id: undeclared-properties, pointer: /components/schemas/Thing, reason: partners send more}\n"
    )
    request, _ = sides(tmp_path, f"Thing: {{{NAMED}}}")

    assert request.is_valid({"name": "a", "more": 1})


# Read and write


def test_what_only_responses_have_is_required_of_them_alone(tmp_path: Path) -> None:
    request, response = sides(
        tmp_path,
        """
        Thing:
          type: object
          required: [id, secret, name]
          properties:
            id: {$ref: "#/components/schemas/Id"}
            secret: {type: string, writeOnly: true}
            name: {type: string}
        Id: {type: string, readOnly: true}
        """,
    )

    assert request.is_valid({"secret": "s", "name": "n"})
    assert not request.is_valid({"name": "n"})
    assert response.is_valid({"id": "1", "name": "n"})
    assert not response.is_valid({"name": "n"})


def test_what_is_taken_over_keeps_its_direction(tmp_path: Path) -> None:
    request, response = sides(
        tmp_path,
        """
        Thing: {allOf: [{$ref: "#/components/schemas/Base"}], required: [id]}
        Base: {type: object, properties: {id: {type: string, readOnly: true}}}
        """,
    )

    assert request.is_valid({})
    assert not response.is_valid({})


def test_a_direction_beside_a_reference_counts_in_3_1(tmp_path: Path) -> None:
    text = """
        Thing: {type: object, required: [id], properties: {id: {$ref: "#/components/schemas/Id", readOnly: true}}}
        Id: {type: string}
        """

    assert sides(tmp_path, text, "3.1.0")[0].is_valid({})
    assert not sides(tmp_path, text, "3.0.3")[0].is_valid({})


# Null


@pytest.mark.parametrize(
    ("schema", "version", "accepts"),
    [
        ("{type: string}", "3.0.3", False),
        ("{type: string, nullable: true}", "3.0.3", True),
        ("{type: string, nullable: true, enum: [a]}", "3.0.3", True),
        ("{nullable: true, allOf: [{$ref: '#/components/schemas/Other'}]}", "3.0.3", True),
        ("{nullable: true, properties: {a: {}}}", "3.0.3", True),
        ("{properties: {a: {}}}", "3.0.3", False),
        ("{allOf: [{$ref: '#/components/schemas/Other'}]}", "3.0.3", False),
        ("{type: [string, 'null']}", "3.1.0", True),
        ("{type: [object, 'null'], properties: {a: {}}}", "3.1.0", True),
        ("{oneOf: [{$ref: '#/components/schemas/Other'}, {type: 'null'}]}", "3.1.0", True),
        ("{$ref: '#/components/schemas/Other'}", "3.1.0", False),
    ],
)
def test_null_is_accepted_where_the_contract_says_so(tmp_path: Path, schema: str, version: str, accepts: bool) -> None:
    for side in sides(tmp_path, f"Thing: {schema}\nOther: {{type: object, properties: {{a: {{}}}}}}", version):
        assert side.is_valid(None) is accepts


# Dialects


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ("{type: integer, minimum: 1, exclusiveMinimum: true}", 2, 1),
        ("{type: integer, minimum: 1, exclusiveMinimum: false}", 1, 0),
        ("{type: integer, maximum: 1, exclusiveMaximum: true}", 0, 1),
        ("{type: string, pattern: '^a'}", "ab", "ba"),
        ("{type: string, format: date-time}", "2030-01-31T12:00:00Z", "2030-01-31"),
        ("{type: string, format: date}", "2030-01-31", "2030-02-31"),
        ("{type: string, format: uuid}", "123e4567-e89b-42d3-a456-426614174000", "123"),
        ("{type: number, multipleOf: 0.01}", 4.02, 4.001),
        ("{not: {type: string}}", 1, "a"),
        ("{type: array, items: {type: integer}, uniqueItems: true, maxItems: 2}", [1, 2], [1, 1]),
        ("{enum: [1, a, null]}", "a", "b"),
        ("{items: {type: integer}}", [1], "text"),
    ],
)
def test_keywords_of_3_0(tmp_path: Path, schema: str, good: Any, bad: Any) -> None:
    for side in sides(tmp_path, f"Thing: {schema}"):
        assert side.is_valid(good)
        assert not side.is_valid(bad)


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ("{exclusiveMinimum: 1}", 2, 1),
        ("{const: {a: [1]}}", {"a": [1]}, {"a": [2]}),
        ("{prefixItems: [{type: integer}], items: false, type: array}", [1], [1, 2]),
        ("{type: array, contains: {const: 1}, minContains: 2}", [1, 1], [1]),
        ("{type: object, propertyNames: {pattern: '^a'}}", {"ab": 1}, {"b": 1}),
        ("{type: object, patternProperties: {'^x-': {type: integer}}}", {"x-a": 1}, {"x-a": "b"}),
        ("{type: object, dependentRequired: {a: [b]}}", {"a": 1, "b": 2}, {"a": 1}),
        ("{if: {type: string}, then: {minLength: 2}, else: {type: integer}}", "ab", "a"),
        ("{$ref: '#/components/schemas/Text', maxLength: 2}", "ab", "abc"),
        ("{$ref: '#/components/schemas/Thing/$defs/Local', $defs: {Local: {type: integer}}}", 1, "a"),
        ("{type: object, properties: {a: {}}, unevaluatedProperties: false}", {"a": 1}, {"b": 1}),
        ("{type: [string, integer]}", 1, True),
        ("false", None, 1),
    ],
)
def test_keywords_of_3_1(tmp_path: Path, schema: str, good: Any, bad: Any) -> None:
    for side in sides(tmp_path, f"Thing: {schema}\nText: {{type: string}}", "3.1.0"):
        assert side.is_valid(good) is (schema != "false")
        assert not side.is_valid(bad)


def test_what_stands_beside_a_reference_is_ignored_in_3_0(tmp_path: Path) -> None:
    text = "Thing: {type: object, properties: {a: {$ref: '#/components/schemas/Text', maxLength: 2}}}\nText: {type: string}"

    request, _ = sides(tmp_path, text)
    assert request.is_valid({"a": "long enough"})


# Discriminators

PETS = """
Pet:
  type: object
  required: [kind]
  properties: {kind: {type: string}, name: {type: string}}
  discriminator: {propertyName: kind, mapping: {cat: "#/components/schemas/Cat", p: Puppy}}
Cat: {allOf: [{$ref: "#/components/schemas/Pet"}, {type: object, properties: {claws: {type: integer}}}]}
Dog: {allOf: [{$ref: "#/components/schemas/Pet"}, {required: [bark], properties: {bark: {type: string}}}]}
Puppy: {allOf: [{$ref: "#/components/schemas/Dog"}, {properties: {weeks: {type: integer}}}]}
"""
CASES: list[tuple[dict[str, Any], bool]] = [
    ({"kind": "cat", "claws": 3}, True),
    ({"kind": "cat", "claws": "many"}, False),
    ({"kind": "cat", "bark": "loud"}, False),
    ({"kind": "Dog", "bark": "loud", "name": "Rex"}, True),
    ({"kind": "Dog"}, False),
    ({"kind": "p", "bark": "yip", "weeks": 3}, True),
    ({"kind": "p", "weeks": 3}, False),
    ({"kind": "p", "bark": "yip", "weeks": "few"}, False),
    ({"kind": "Pet", "name": "any"}, True),
    ({"kind": "Pet", "more": 1}, False),
    ({"kind": "cat", "name": 1}, False),
    ({"name": "none"}, False),
]


@pytest.mark.parametrize(
    "pet",
    [
        "{$ref: '#/components/schemas/Pet'}",
        "{nullable: true, allOf: [{$ref: '#/components/schemas/Pet'}]}",
        "{description: A pet, allOf: [{$ref: '#/components/schemas/Pet'}]}",
        "{$ref: '#/components/schemas/Nobody'}",
    ],
)
def test_a_value_is_held_against_the_schema_its_discriminator_names(tmp_path: Path, pet: str) -> None:
    nobody = "Nobody: {nullable: true, allOf: [{$ref: '#/components/schemas/Pet'}]}"
    request, response = sides(tmp_path, f"Thing: {{type: object, properties: {{pet: {pet}}}}}\n{nobody}{PETS}")

    for value, good in CASES:
        assert request.is_valid({"pet": value}) is good, value
        has_undeclared = value == {"kind": "cat", "bark": "loud"} or "more" in value
        assert response.is_valid({"pet": value}) is (good or has_undeclared), value


def test_a_subtype_with_subtypes_is_told_apart_too(tmp_path: Path) -> None:
    request, _ = sides(tmp_path, f"Thing: {{$ref: '#/components/schemas/Dog'}}{PETS}")

    assert request.is_valid({"kind": "p", "bark": "yip", "weeks": 3})
    assert request.is_valid({"kind": "Dog", "bark": "loud"})
    assert not request.is_valid({"kind": "Dog", "bark": "loud", "weeks": 3})


def test_members_of_a_union_are_told_apart(tmp_path: Path) -> None:
    request, response = sides(
        tmp_path,
        """
        Thing:
          oneOf: [{$ref: "#/components/schemas/Bus"}, {$ref: "#/components/schemas/Car"}]
          discriminator: {propertyName: kind, mapping: {b: "#/components/schemas/Bus"}}
        Bus: {type: object, required: [kind], properties: {kind: {type: string}, seats: {type: integer}}}
        Car: {type: object, required: [kind], properties: {kind: {type: string}, doors: {type: integer}}}
        """,
    )

    for side in (request, response):
        assert side.is_valid({"kind": "b", "seats": 50})
        assert side.is_valid({"kind": "Car", "doors": 5})
        assert not side.is_valid({"kind": "Car", "doors": "five"})
    assert not request.is_valid({"kind": "b", "doors": 5})


def test_a_base_that_lists_its_subtypes_again_does_not_run_in_circles(tmp_path: Path) -> None:
    request, _ = sides(
        tmp_path,
        """
        Thing:
          type: object
          required: [kind]
          properties: {kind: {type: string}}
          oneOf: [{$ref: "#/components/schemas/Cat"}]
          discriminator: {propertyName: kind}
        Cat: {allOf: [{$ref: "#/components/schemas/Thing"}, {properties: {claws: {type: integer}}}]}
        """,
    )

    assert request.is_valid({"kind": "Cat", "claws": 3})
    assert not request.is_valid({"kind": "Cat", "claws": "x"})


def test_an_extension_point_stays_open(tmp_path: Path) -> None:
    request, _ = sides(
        tmp_path,
        """
        Thing: {type: object, properties: {product: {$ref: "#/components/schemas/Product"}}}
        Product:
          type: object
          required: ["@type"]
          properties: {"@type": {type: string}}
          discriminator: {propertyName: "@type"}
        """,
    )

    assert request.is_valid({"product": {"@type": "urn:anything", "bandwidth": {"value": 5}}})
    assert not request.is_valid({"product": {"bandwidth": 5}})


# Parameters and media types


def test_parameters_are_judged_by_where_they_stand(tmp_path: Path) -> None:
    found = contract(
        tmp_path,
        """
        paths:
          /things/{id}:
            get:
              operationId: readThing
              parameters:
                - {name: id, in: path, required: true, schema: {type: integer}}
                - {name: page, in: query, schema: {type: integer, minimum: 1}}
                - {name: X-Trace, in: header, required: true, schema: {type: string}}
                - {name: session, in: cookie, schema: {type: string, maxLength: 3}}
              responses: {"200": {description: Found}}
        """,
    )
    check = validator(found, "operations", "readThing", "parameters")

    good = {"path": {"id": 1}, "query": {}, "header": {"x-trace": "a"}, "cookie": {}}
    assert check.is_valid(good)
    assert not check.is_valid(good | {"path": {}})
    assert not check.is_valid(good | {"query": {"page": 0}})
    assert not check.is_valid(good | {"header": {}})
    assert not check.is_valid(good | {"cookie": {"session": "long"}})


def test_each_json_media_type_and_status_has_its_own_schema(tmp_path: Path) -> None:
    found = contract(
        tmp_path,
        """
        paths:
          /things:
            post:
              operationId: sendThing
              requestBody:
                content:
                  application/json: {schema: {type: object}}
                  application/vnd.thing.v2+json; charset=utf-8: {schema: {type: array, items: {}}}
                  text/plain: {schema: {type: string}}
              responses:
                "200": {description: One, content: {application/json: {schema: {type: integer}}}}
                4XX: {description: No, content: {application/problem+json: {schema: {type: object}}}}
                default: {description: Else}
        """,
    )
    document = schemas(found)["operations"]["sendThing"]

    assert list(document["body"]) == ["application/json", "application/vnd.thing.v2+json; charset=utf-8"]
    assert list(document["responses"]) == ["200", "4XX"]
