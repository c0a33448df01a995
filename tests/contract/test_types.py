"""Names of a contract become names in code that a person would have chosen, and never clash."""

from __future__ import annotations

from pathlib import Path

import pytest

from sdkgen import naming
from sdkgen.types import ANY, NULL, Discriminated, ListOf, MapOf, Named, OneOf, Plain, Symbols, Type, Values
from tests.contract.support import things


def symbols(folder: Path, text: str, version: str = "3.0.3") -> Symbols:
    return Symbols(things(folder, text, version))


def type_of(folder: Path, schema: str, version: str = "3.0.3") -> Type:
    """The type of a property with this schema."""
    found = symbols(
        folder, f"Thing: {{type: object, properties: {{it: {schema}}}}}\nOther: {{properties: {{a: {{}}}}}}", version
    )
    return found.objects["Thing"].fields[0].type


@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("validFor", "valid_for"),
        ("HTTPServer", "http_server"),
        ("@type", "type"),
        ("x-rate-limit", "x_rate_limit"),
        ("größe", "groe"),
        ("1st", "n1st"),
        ("", "value"),
        ("€", "value"),
        ("class", "class_"),
        ("from", "from_"),
        ("self", "self_"),
        ("list", "list_"),
        ("date", "date_"),
        ("copy", "copy_"),
        ("json", "json_"),
        ("model_config", "model_config_"),
        ("_private", "private"),
        ("__init__", "init"),
    ],
)
def test_a_property_is_an_attribute_that_python_allows(name: str, attribute: str) -> None:
    assert naming.attribute(name) == attribute


@pytest.mark.parametrize(
    ("name", "class_name"),
    [
        ("quote_item", "QuoteItem"),
        ("quote-item.v2", "QuoteItemV2"),
        ("2fa", "N2fa"),
        ("none", "None_"),
        ("_", "Schema"),
    ],
)
def test_a_schema_is_a_class_that_python_allows(name: str, class_name: str) -> None:
    assert naming.type_name(name) == class_name


def test_names_that_come_out_the_same_are_counted(tmp_path: Path) -> None:
    found = symbols(
        tmp_path,
        """
        Thing: {type: object, properties: {a-b: {}, a_b: {}, aB: {}}}
        thing: {type: object, properties: {a: {}}}
        THING: {type: object, properties: {a: {}}}
        """,
    )

    assert [field.attribute for field in found.objects["Thing"].fields] == ["a_b", "a_b2", "a_b3"]
    assert list(found.objects) == ["Thing", "Thing2", "THING"]


def test_names_that_the_module_needs_are_not_taken(tmp_path: Path) -> None:
    found = Symbols(things(tmp_path, "Thing: {type: object, properties: {a: {}}}"), reserved={"Thing"})

    assert list(found.objects) == ["Thing2"]


@pytest.mark.parametrize(
    ("schema", "version", "expected"),
    [
        ("{type: string}", "3.0.3", Plain("string")),
        ("{type: string, format: date-time}", "3.0.3", Plain("date-time")),
        ("{type: string, format: date}", "3.0.3", Plain("date")),
        ("{type: string, format: binary}", "3.0.3", Plain("string")),
        ("{type: integer, format: int64}", "3.0.3", Plain("integer")),
        ("{type: integer, nullable: true}", "3.0.3", OneOf((Plain("integer"), NULL))),
        ("{type: [integer, string, 'null']}", "3.1.0", OneOf((Plain("integer"), Plain("string"), NULL))),
        ("{type: 'null'}", "3.1.0", NULL),
        ("{}", "3.0.3", ANY),
        ("true", "3.1.0", ANY),
        ("{enum: [a, 1, null]}", "3.0.3", Values(("a", 1, None))),
        ("{type: string, nullable: true, enum: [a]}", "3.0.3", OneOf((Values(("a",)), NULL))),
        ("{const: a}", "3.1.0", Values(("a",))),
        ("{const: 1.5}", "3.1.0", ANY),
        ("{const: true}", "3.1.0", Plain("boolean")),
        ("{enum: [true, 1]}", "3.0.3", ANY),
        ("{oneOf: [{enum: [1]}, {type: boolean}]}", "3.0.3", OneOf((Plain("boolean"), Values((1,))))),
        ("{type: array, items: {type: string}}", "3.0.3", ListOf(Plain("string"))),
        ("{items: {type: string}}", "3.1.0", ListOf(Plain("string"))),
        ("{type: array, prefixItems: [{type: string}]}", "3.1.0", ListOf(ANY)),
        ("{type: object}", "3.0.3", MapOf(ANY)),
        ("{type: object, additionalProperties: {type: integer}}", "3.0.3", MapOf(Plain("integer"))),
        ("{type: object, patternProperties: {'^a': {type: integer}}}", "3.1.0", MapOf(ANY)),
        ("{oneOf: [{type: string}, {type: integer}]}", "3.0.3", OneOf((Plain("string"), Plain("integer")))),
        ("{anyOf: [{type: string}, {}]}", "3.0.3", ANY),
        ("{$ref: '#/components/schemas/Other'}", "3.0.3", Named("Other")),
        ("{allOf: [{$ref: '#/components/schemas/Other'}]}", "3.0.3", Named("Other")),
        ("{allOf: [{$ref: '#/components/schemas/Other'}], nullable: true}", "3.0.3", OneOf((Named("Other"), NULL))),
        ("{$ref: '#/components/schemas/Other', description: that}", "3.1.0", Named("Other")),
        ("{$ref: '#/components/schemas/Other', properties: {b: {}}}", "3.0.3", Named("Other")),
        ("{$ref: '#/components/schemas/Other', properties: {b: {}}}", "3.1.0", Named("ThingIt")),
        ("{allOf: [{type: string}, {maxLength: 3}]}", "3.0.3", Plain("string")),
        ("{type: object, properties: {b: {}}}", "3.0.3", Named("ThingIt")),
        ("{type: [object, string], properties: {b: {}}}", "3.1.0", OneOf((Named("ThingItObject"), Plain("string")))),
    ],
)  # fmt: skip
def test_a_schema_has_the_type_of_what_it_accepts(tmp_path: Path, schema: str, version: str, expected: Type) -> None:
    assert type_of(tmp_path, schema, version) == expected


def test_what_the_contract_names_keeps_its_name(tmp_path: Path) -> None:
    found = symbols(
        tmp_path,
        """
        Thing: {type: object, properties: {state: {$ref: "#/components/schemas/State"}}}
        State: {type: string, enum: [open, closed], description: How far it is}
        """,
    )

    assert found.objects["Thing"].fields[0].type == Named("State")
    assert found.aliases["State"].type == Values(("open", "closed"))
    assert found.aliases["State"].description == "How far it is"


def test_properties_of_all_that_a_schema_is_composed_of_are_fields(tmp_path: Path) -> None:
    found = symbols(
        tmp_path,
        """
        Thing:
          allOf: [{$ref: "#/components/schemas/Base"}, {required: [b], properties: {b: {type: integer}}}]
          oneOf: [{properties: {c: {type: string}}}, {properties: {c: {type: integer}}}]
        Base: {type: object, required: [a], properties: {a: {type: string}}}
        """,
    )

    fields = {field.name: (field.type, field.required) for field in found.objects["Thing"].fields}
    assert fields == {"a": (Plain("string"), True), "b": (Plain("integer"), True), "c": (ANY, False)}


def test_a_property_of_one_direction_is_not_required_of_the_type_that_both_share(tmp_path: Path) -> None:
    found = symbols(
        tmp_path,
        "Thing: {type: object, required: [id, pin], properties: {id: {readOnly: true}, pin: {writeOnly: true}}}",
    )

    assert [field.required for field in found.objects["Thing"].fields] == [False, False]


def test_a_hierarchy_is_told_apart_by_the_names_and_the_mapping(tmp_path: Path) -> None:
    found = symbols(
        tmp_path,
        """
        Thing: {type: object, properties: {kind: {type: string}}, discriminator: {propertyName: kind, mapping: {c: Cat}}}
        Cat: {allOf: [{$ref: "#/components/schemas/Thing"}, {properties: {claws: {}}}]}
        Dog: {allOf: [{$ref: "#/components/schemas/Thing"}, {properties: {bark: {}}}]}
        Puppy: {allOf: [{$ref: "#/components/schemas/Dog"}, {properties: {weeks: {}}}]}
        """,
    )

    mapping = (("c", "Cat"), ("Dog", "Dog"), ("Puppy", "Puppy"), ("Thing", "Thing"))
    assert found.aliases["AnyThing"].type == Discriminated("kind", mapping, Named("Thing"))
    dogs = (("Dog", "Dog"), ("Puppy", "Puppy"))
    assert found.aliases["AnyDog"].type == Discriminated("kind", dogs, Named("Dog"))
    assert [found.objects[name].base for name in ("Thing", "Cat", "Dog", "Puppy")] == [None, "Thing", "Thing", "Dog"]


def test_a_hierarchy_that_names_all_its_values_has_no_others(tmp_path: Path) -> None:
    found = symbols(
        tmp_path,
        """
        Thing:
          required: [kind]
          properties: {kind: {type: string, enum: [Cat, Dog]}}
          discriminator: {propertyName: kind}
        Cat: {allOf: [{$ref: "#/components/schemas/Thing"}]}
        Dog: {allOf: [{$ref: "#/components/schemas/Thing"}]}
        """,
    )

    known = found.aliases["AnyThing"].type
    assert isinstance(known, Discriminated)
    assert known.otherwise is None
