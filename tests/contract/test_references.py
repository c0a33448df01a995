"""References lead to what they name, in one file or several, and nowhere else."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from sdkgen.errors import ContractError
from sdkgen.reader import read
from tests.contract.support import contract, things, validator, written


def files(folder: Path, **contents: str) -> None:
    for name, text in contents.items():
        path = folder / name.replace("__", "/").replace("_yaml", ".yaml").replace("_json", ".json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), "utf-8")


def refused(path: Path) -> str:
    with pytest.raises(ContractError) as caught:
        read(path)
    return str(caught.value).removeprefix(f"{path.parent}/")


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("#/components/schemas/Nobody", "leads nowhere: /components/schemas has no 'Nobody'; correct the reference or"),
        ("#/components/schemas/Thing/properties/1", "leads nowhere: /components/schemas/Thing/properties has no '1'; "),
        ("missing.yaml#/Thing", "the file 'missing.yaml' is not there; correct the reference or add the file"),
        ("../outside.yaml#/Thing", "leaves the contract's folder; keep all files of a contract in one folder"),
        ("/etc/passwd", "leaves the contract's folder; keep all files of a contract in one folder"),
        (
            "https://example.com/s.yaml#/Thing",
            "leads to another host; save that file beside the contract and refer to it",
        ),
        ("//example.com/s.yaml", "leads to another host; "),
        ("file:///etc/passwd", "leads to another host; "),
        ("#anchor", "names an anchor; write it as a JSON Pointer, #/…"),
    ],
)
def test_a_reference_that_can_not_be_followed(tmp_path: Path, reference: str, message: str) -> None:
    path = written(
        tmp_path, f"paths: {{}}\ncomponents:\n  schemas:\n    Thing: {{properties: {{a: {{$ref: '{reference}'}}}}}}"
    )

    error = refused(path)
    assert error.startswith("openapi.yaml:6: /components/schemas/Thing/properties/a: ")
    assert message in error


def test_a_link_of_the_file_system_leads_out_of_the_folder_no_more_than_a_reference(tmp_path: Path) -> None:
    folder = tmp_path / "contract"
    folder.mkdir()
    (tmp_path / "outside.yaml").write_text("Thing: {}")
    (folder / "inside.yaml").symlink_to(tmp_path / "outside.yaml")

    assert "leaves the contract's folder" in refused(
        written(folder, "paths: {}\ncomponents: {schemas: {Thing: {$ref: 'inside.yaml#/Thing'}}}")
    )


@pytest.mark.parametrize(
    "schemas",
    [
        "Thing: {$ref: '#/components/schemas/Thing'}",
        "Thing: {$ref: '#/components/schemas/Other'}\nOther: {$ref: '#/components/schemas/Thing'}",
        "Thing: {allOf: [{$ref: '#/components/schemas/Thing'}]}",
        "Thing: {oneOf: [{type: string}, {allOf: [{$ref: '#/components/schemas/Other'}]}]}\n"
        "Other: {anyOf: [{$ref: '#/components/schemas/Thing'}]}",
    ],
)
def test_a_reference_that_leads_back_to_itself(tmp_path: Path, schemas: str) -> None:
    with pytest.raises(
        ContractError, match="leads back to itself; let one of the references on the way lead somewhere"
    ):
        things(tmp_path, schemas)


def _composed(levels: int, times: int) -> str:
    """Schemas of which each is composed of the next, so many times."""
    schemas = ["Thing: {$ref: '#/components/schemas/L0'}", f"L{levels}: {{type: object}}"]
    for level in range(levels):
        members = ", ".join([f"{{$ref: '#/components/schemas/L{level + 1}'}}"] * times)
        schemas.append(f"L{level}: {{allOf: [{members}]}}")
    return "\n".join(schemas)


def test_a_composition_that_no_service_could_carry(tmp_path: Path) -> None:
    things(tmp_path, _composed(50, 1))
    for levels, times in ((2000, 1), (40, 2)):
        with pytest.raises(ContractError, match="is composed of more than can be followed"):
            things(tmp_path, _composed(levels, times))


def test_files_that_refer_to_each_other_in_a_circle(tmp_path: Path) -> None:
    files(tmp_path, a_yaml="Thing: {$ref: 'b.yaml#/Thing'}", b_yaml="Thing: {$ref: 'a.yaml#/Thing'}")
    path = written(tmp_path, "paths: {}\ncomponents: {schemas: {Thing: {$ref: 'a.yaml#/Thing'}}}")

    assert "leads back to itself" in refused(path)


def test_files_may_refer_to_each_other_where_values_come_to_an_end(tmp_path: Path) -> None:
    files(
        tmp_path,
        tree_yaml="Tree: {type: object, properties: {leaves: {type: array, items: {$ref: 'leaf.json#/Leaf'}}}}",
        leaf_json='{"Leaf": {"type": "object", "properties": {"tree": {"$ref": "tree.yaml#/Tree"}}}}',
    )
    found = things(tmp_path, "Thing: {$ref: 'tree.yaml#/Tree'}")

    check = validator(found, "operations", "sendThing", "body", "application/json")
    assert check.is_valid({"leaves": [{"tree": {"leaves": []}}]})
    assert not check.is_valid({"leaves": [{"tree": {"leaves": 1}}]})


def test_every_kind_of_object_may_stand_in_another_file(tmp_path: Path) -> None:
    files(
        tmp_path,
        parts__paths_yaml="""
            things:
              parameters: [{$ref: "../parameters.json#/Id"}]
              post:
                operationId: sendThing
                requestBody: {$ref: "bodies.yaml"}
                responses: {"200": {$ref: "responses.yaml#/Sent"}}
            """,
        parts__bodies_yaml="content: {application/json: {schema: {$ref: '../openapi.yaml#/components/schemas/Thing'}}}",
        parts__responses_yaml="""
            Sent:
              description: Sent
              headers: {ETag: {$ref: "#/Tag"}}
            Tag: {schema: {type: string}}
            """,
        parameters_json='{"Id": {"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}}}',
    )
    found = contract(
        tmp_path,
        """
        paths: {"/things/{id}": {$ref: "parts/paths.yaml#/things"}}
        components: {schemas: {Thing: {type: object, properties: {name: {type: string}}}}}
        """,
    )

    [operation] = found.operations
    assert [parameter.name for parameter in operation.parameters] == ["id"]
    assert [header.name for header in operation.responses[0].headers] == ["ETag"]
    check = validator(found, "operations", "sendThing", "body", "application/json")
    assert not check.is_valid({"name": 1})


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("Id: {name: id, in: path, required: true, schema: {type: strnig}}", "/Id/schema"),
        ("Id: {name: id, in: nowhere, schema: {}}", "/Id"),
        ("Id: 5", "/Id"),
        ("Id: {type: object}", "/Id"),
    ],
)
def test_what_another_file_brings_in_is_held_against_the_specification(
    tmp_path: Path, version: str, content: str, place: str
) -> None:
    files(tmp_path, parts_yaml=content)
    path = written(
        tmp_path,
        """
        paths:
          /things/{id}:
            parameters: [{$ref: "parts.yaml#/Id"}]
            get: {operationId: getThing, responses: {"200": {description: Found}}}
        """,
        version,
    )

    assert refused(path).startswith(f"parts.yaml:1: {place}")


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_a_reference_to_another_kind_of_object(tmp_path: Path, version: str) -> None:
    path = written(
        tmp_path,
        """
        paths:
          /things:
            parameters: [{$ref: "#/components/schemas/Thing"}]
            get: {operationId: getThing, responses: {"200": {description: Found}}}
        components: {schemas: {Thing: {type: object}}}
        """,
        version,
    )

    assert "/components/schemas/Thing: " in refused(path)


def test_names_are_found_however_they_are_written(tmp_path: Path) -> None:
    found = contract(
        tmp_path,
        """
        paths:
          /a~b/{id}:
            parameters: [{name: id, in: path, required: true, schema: {$ref: "#/components/schemas/Id-1.0"}}]
            get:
              operationId: read
              responses: {"200": {description: Found, content: {application/json: {schema: {
                $ref: "#/paths/~1a~0b~1%7Bid%7D/parameters/0/schema"}}}}}
        components: {schemas: {Id-1.0: {type: integer}}}
        """,
    )

    assert validator(found, "operations", "read", "responses", "200", "application/json").is_valid(1)


def test_what_only_looks_like_a_reference_is_left_alone(tmp_path: Path) -> None:
    found = things(
        tmp_path,
        """
        Thing:
          type: object
          properties:
            $ref: {type: string, example: {$ref: "nowhere.yaml"}}
            example: {type: string, enum: ["$ref"]}
            default: {default: {$ref: "#/nowhere"}}
          example: {$ref: "nowhere.yaml#/a"}
          x-origin: {$ref: "nowhere.yaml#/b"}
        """,
    )

    check = validator(found, "operations", "sendThing", "body", "application/json")
    assert check.is_valid({"$ref": "text", "example": "$ref"})
    assert not check.is_valid({"$ref": 1})


def test_a_discriminator_may_name_schemas_of_other_files(tmp_path: Path) -> None:
    files(
        tmp_path,
        pets_yaml="""
            Pet:
              type: object
              required: [kind]
              properties: {kind: {type: string}}
              discriminator: {propertyName: kind, mapping: {cat: "#/Cat", dog: "dogs.yaml#/Dog"}}
            Cat: {allOf: [{$ref: "#/Pet"}, {type: object, properties: {claws: {type: integer}}}]}
            """,
        dogs_yaml="Dog: {allOf: [{$ref: 'pets.yaml#/Pet'}, {type: object, properties: {bark: {type: string}}}]}",
    )
    found = things(tmp_path, "Thing: {$ref: 'pets.yaml#/Pet'}")

    check = validator(found, "operations", "sendThing", "body", "application/json")
    assert check.is_valid({"kind": "dog", "bark": "loud"})
    assert not check.is_valid({"kind": "cat", "bark": "loud"})
