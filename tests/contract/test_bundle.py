"""A contract of several files is served as one document that means the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sdkgen.bundle import document
from sdkgen.load import Documents
from sdkgen.reader import read
from sdkgen.validation import schemas
from tests.contract.support import written


def files(folder: Path) -> Path:
    (folder / "parts").mkdir()
    (folder / "parts" / "pets.yaml").write_text(
        """
Pet:
  type: object
  required: [kind]
  properties: {kind: {type: string}, thing: {$ref: "../openapi.yaml#/components/schemas/Thing"}}
  discriminator: {propertyName: kind, mapping: {cat: "#/Cat", dog: "dogs.yaml"}}
Cat: {allOf: [{$ref: "#/Pet"}, {properties: {claws: {type: integer}}}]}
"""
    )
    (folder / "parts" / "dogs.yaml").write_text("{allOf: [{$ref: 'pets.yaml#/Pet'}], example: {$ref: 'not/one.yaml'}}")
    return written(
        folder,
        """
        paths:
          /pets:
            get:
              operationId: getPet
              responses:
                "200": {description: Found, content: {application/json: {schema: {$ref: "parts/pets.yaml#/Pet"}}}}
        components: {schemas: {Thing: {type: object, properties: {pet: {$ref: "./parts/pets.yaml#/Pet"}}}}}
        """,
    )


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [found for key, inner in value.items() if key != "example" for found in references(inner)]
    return [found for inner in value for found in references(inner)] if isinstance(value, list) else []


def test_one_file_is_served_byte_for_byte(tmp_path: Path) -> None:
    path = written(tmp_path, "paths: {}  # a comment\n")

    assert document(Documents.open(path)) == path.read_bytes()


def test_every_reference_leads_into_the_document(tmp_path: Path) -> None:
    bundled = json.loads(document(Documents.open(files(tmp_path))))

    assert bundled["openapi"] == "3.0.3"
    for reference in [
        *references(bundled),
        *bundled["x-files"]["parts-pets.yaml-Pet"]["discriminator"]["mapping"].values(),
    ]:
        found = bundled
        for token in reference.removeprefix("#/").split("/"):
            found = found[token]
        assert isinstance(found, dict)


def test_the_document_means_what_the_files_mean(tmp_path: Path) -> None:
    path = files(tmp_path)
    (tmp_path / "one").mkdir()
    one = tmp_path / "one" / "openapi.json"
    one.write_bytes(document(Documents.open(path)))

    several, single = (schemas(read(contract)) for contract in (path, one))
    assert several["operations"].keys() == single["operations"].keys()
    assert len(several["response"]) == len(single["response"])
    assert document(Documents.open(one)) == one.read_bytes()
