"""The generated models accept what the contract accepts, and write it back as it came."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.contract.support import Generated, Service, dumped, parsed, things


def round_trip(generated: Generated, value: Any) -> Any:
    adapter = generated.adapter("SendThing200")
    return dumped(adapter, parsed(adapter, value))


def test_undeclared_properties_of_an_open_object_are_kept(tmp_path: Path, service: Service) -> None:
    generated = service.generate(things(tmp_path, "Thing: {type: object, properties: {name: {type: string}}}"))

    value = {"name": "a", "more": {"deep": [1, None]}, "model_config": 1, "__dict__": 2}
    assert round_trip(generated, value) == value


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ("{type: string, format: date-time}", "2030-01-31T12:00:00.123456789+05:30"),
        ("{type: string, format: date-time}", "2030-01-31t12:00:00z"),
        ("{type: string, format: date-time}", "2016-12-31T23:59:60Z"),
        ("{type: string, format: date}", "2024-02-29"),
        ("{type: integer}", 2**80),
        ("{type: number}", 10**30),
        ("{type: number}", -0.5),
        ("{type: string, nullable: true}", None),
        ("{}", {"any": [None, 1, "b"]}),
        ("{oneOf: [{type: integer}, {type: string}]}", "1"),
        ("{oneOf: [{type: boolean}, {enum: [0, 1]}]}", True),
        ("{oneOf: [{enum: [0, 1]}, {type: boolean}]}", 1),
        ("{anyOf: [{type: string, format: date}, {type: string}]}", "no date"),
    ],
)
def test_values_leave_as_they_came(tmp_path: Path, service: Service, schema: str, value: Any) -> None:
    generated = service.generate(things(tmp_path, f"Thing: {{type: object, properties: {{it: {schema}}}}}"))

    found = round_trip(generated, {"it": value})
    assert found == {"it": value}
    assert type(found["it"]) is type(value)


def test_dates_are_dates_in_python(tmp_path: Path, service: Service) -> None:
    schema = "Thing: {properties: {at: {type: string, format: date-time}, on: {type: string, format: date}}}"
    generated = service.generate(things(tmp_path, schema))

    thing = parsed(generated.adapter("SendThing200"), {"at": "2030-01-31T12:00:00Z", "on": "2030-01-31"})
    assert isinstance(thing.at, datetime)
    assert thing.at.utcoffset() is not None
    assert thing.on == date(2030, 1, 31)


def test_names_that_python_does_not_allow_stay_those_of_the_contract_in_json(tmp_path: Path, service: Service) -> None:
    names = ["@type", "class", "from", "list", "date", "model_x", "self", "1st", "a-b", "a_b", "größe", "", "__init__"]
    properties = ", ".join(f"{name!r}: {{type: string}}" for name in names)
    generated = service.generate(things(tmp_path, f"Thing: {{type: object, properties: {{{properties}}}}}"))

    value = {name: name for name in names}
    assert round_trip(generated, value) == value
    thing = parsed(generated.adapter("SendThing200"), value)
    assert (thing.type, thing.class_, thing.a_b, thing.a_b2) == ("@type", "class", "a-b", "a_b")


def test_an_undeclared_property_is_not_taken_for_one_whose_attribute_has_its_name(
    tmp_path: Path, service: Service
) -> None:
    generated = service.generate(things(tmp_path, "Thing: {properties: {validFor: {type: integer, minimum: 1}}}"))

    thing = parsed(generated.adapter("SendThing200"), {"valid_for": "smuggled"})
    assert thing.valid_for is None
    assert dumped(generated.adapter("SendThing200"), thing) == {"valid_for": "smuggled"}


def test_a_property_that_may_be_null_is_not_given_by_another_that_has_its_attributes_name(
    tmp_path: Path, service: Service
) -> None:
    schema = "Thing: {properties: {validFor: {type: integer, nullable: true}}}"
    generated = service.generate(things(tmp_path, schema))

    for value in ({"valid_for": 1}, {"valid_for": 1, "validFor": None}, {"valid_for": 1, "validFor": 2}):
        assert round_trip(generated, value) == value
    assert generated.models.Thing(valid_for=None).model_fields_set == {"valid_for"}


def test_none_is_null_where_null_is_allowed_and_absence_where_not(tmp_path: Path, service: Service) -> None:
    generated = service.generate(
        things(
            tmp_path,
            """
            Thing:
              type: object
              properties:
                plain: {type: string}
                open: {type: string, nullable: true}
                named: {$ref: "#/components/schemas/MaybeNull"}
            MaybeNull: {type: string, nullable: true}
            """,
        )
    )
    thing, adapter = generated.models.Thing, generated.adapter("SendThing200")

    assert dumped(adapter, thing(plain=None, open=None, named=None)) == {"open": None, "named": None}
    assert dumped(adapter, thing()) == {}


def test_a_value_comes_out_as_the_subtype_that_its_discriminator_names(tmp_path: Path, service: Service) -> None:
    generated = service.generate(
        things(
            tmp_path,
            """
            Thing: {type: object, properties: {pets: {type: array, items: {$ref: "#/components/schemas/Pet"}}}}
            Pet:
              type: object
              properties: {"@type": {type: string}, name: {type: string}}
              discriminator: {propertyName: "@type", mapping: {urn:cat: Cat}}
            Cat: {allOf: [{$ref: "#/components/schemas/Pet"}, {properties: {claws: {type: integer}}}]}
            Dog: {allOf: [{$ref: "#/components/schemas/Pet"}, {properties: {bark: {type: string}}}]}
            Puppy: {allOf: [{$ref: "#/components/schemas/Dog"}, {properties: {weeks: {type: integer}}}]}
            """,
        )
    )
    pets = [
        {"@type": "urn:cat", "claws": 3},
        {"@type": "Puppy", "weeks": 2},
        {"@type": "Dog", "name": "Rex"},
        {"@type": "urn:horse", "hooves": 4},
        {"name": "Nobody"},
    ]
    models, adapter = generated.models, generated.adapter("SendThing200")

    thing = parsed(adapter, {"pets": pets})

    assert [type(pet) for pet in thing.pets] == [models.Cat, models.Puppy, models.Dog, models.Pet, models.Pet]
    assert all(isinstance(pet, models.Pet) for pet in thing.pets)
    assert dumped(adapter, thing) == {"pets": pets}
    made = models.Thing(pets=[models.Cat(type="urn:cat", claws=1), models.Puppy(type="Puppy")])
    assert dumped(adapter, made) == {"pets": [{"@type": "urn:cat", "claws": 1}, {"@type": "Puppy"}]}


def test_members_of_a_union_come_out_as_what_their_discriminator_names(tmp_path: Path, service: Service) -> None:
    generated = service.generate(
        things(
            tmp_path,
            """
            Thing:
              oneOf: [{$ref: "#/components/schemas/Bus"}, {$ref: "#/components/schemas/Car"}]
              discriminator: {propertyName: kind, mapping: {b: "#/components/schemas/Bus"}}
            Bus: {type: object, properties: {kind: {type: string}, seats: {type: integer}}}
            Car: {type: object, properties: {kind: {type: string}, seats: {type: integer}, doors: {type: integer}}}
            """,
        )
    )
    models, adapter = generated.models, generated.adapter("SendThing200")

    assert type(parsed(adapter, {"kind": "b", "seats": 2})) is models.Bus
    assert type(parsed(adapter, {"kind": "Car", "seats": 2})) is models.Car
    assert type(parsed(adapter, {"doors": 5})) is models.Car


def test_recursive_types_end_where_the_values_do(tmp_path: Path, service: Service) -> None:
    generated = service.generate(
        things(
            tmp_path,
            """
            Thing:
              type: object
              properties:
                children: {type: array, items: {$ref: "#/components/schemas/Thing"}}
                rest: {$ref: "#/components/schemas/Json"}
            Json:
              nullable: true
              oneOf: [{type: string}, {type: array, items: {$ref: "#/components/schemas/Json"}},
                      {type: object, additionalProperties: {$ref: "#/components/schemas/Json"}}]
            """,
        )
    )

    value = {"children": [{"children": []}, {"rest": None}], "rest": {"a": ["b", [None]]}}
    assert round_trip(generated, value) == value


def test_a_closed_object_takes_no_other_property(tmp_path: Path, service: Service) -> None:
    generated = service.generate(
        things(tmp_path, "Thing: {type: object, properties: {a: {}}, additionalProperties: false}")
    )

    with pytest.raises(ValueError, match="Extra inputs are not permitted"):
        generated.models.Thing(b=1)


def test_text_of_the_contract_is_text_in_the_code(tmp_path: Path, service: Service) -> None:
    name, constants = "quo\"te'\\", ['a"b', "c\\d", "e\nf", "'''", '"""', "\u2028"]
    description = '\x00\x1bEnds """in""" a backslash \\'
    schema = {
        "type": "object",
        "description": description,
        "properties": {name: {"type": "string", "enum": constants, "description": '"'}},
    }
    generated = service.generate(things(tmp_path, f"Thing: {json.dumps(schema)}"))

    for constant in constants:
        assert round_trip(generated, {name: constant}) == {name: constant}
    assert generated.models.Thing.__doc__ == "Ends '''in''' a backslash \\"
