"""The projection for TypeScript services: types, the routing table, and stubs that leave the team's code alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from sdkgen.errors import ContractError
from sdkgen.reader import read
from sdkgen.typescript import server, source, stubs
from tests.support.command import REPOSITORY

STARTER = REPOSITORY / "templates" / "{{ starter }}" / "contract" / "openapi.yaml"
CONTRACT = """\
openapi: 3.1.0
info: {title: Things, version: 1.0.0}
components:
  schemas:
    Tree: {type: object, properties: {'child-of': {$ref: '#/components/schemas/Forest'}}, required: [child-of]}
    Forest: {type: array, items: {anyOf: [{$ref: '#/components/schemas/Tree'}, {type: 'null'}]}}
    Open: {type: object, properties: {a: {type: integer}}, additionalProperties: true}
paths:
  /things/{id}:
    get:
      operationId: getThing
      security: []
      parameters:
        - {name: id, in: path, required: true, schema: {type: integer}}
        - {name: __proto__, in: query, schema: {type: object, properties: {__proto__: {type: integer}}}}
        - {name: size, in: query, schema: {type: integer, default: 3}}
      responses:
        '200':
          description: It. */ alert(1) /*
          headers: {X-Of: {required: true, schema: {type: string}}, ETag: {schema: {type: string}}}
          content: {application/json: {schema: {$ref: '#/components/schemas/Tree'}}, text/csv: {}}
        4XX: {description: Not it., content: {application/json: {schema: {enum: [a, 1, null]}}}}
        default: {description: Else.}
"""
TEAM = """\
import { log } from "./log.ts";
import type * as contract from "./contract/index.ts";

const quoted = "class Operations { async getThing() {} }"; // class Operations { deleteThing() {} }
const pattern = /[{"'`]\\//;

export class Operations extends Base<{ a: string }> implements contract.Operations {
    readonly #secret = `${quoted} }`;

    /** getThing() { } */
    async getOther(request: { body: () => void }): Promise<contract.GetOtherResponse> {
        if (pattern.test("}")) { getThing(); }
        return { status: 204 };
    }
}

export const rest = {};
"""


@pytest.fixture
def written(tmp_path: Path) -> Path:
    (tmp_path / "things.yaml").write_text(CONTRACT)
    folder = tmp_path / "contract"
    folder.mkdir()
    server.write(read(tmp_path / "things.yaml"), folder)
    return folder


def test_the_same_contract_gives_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for name in ("one", "other"):
        folder = tmp_path / name
        folder.mkdir()
        server.write(read(STARTER), folder)
        made.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert made[0] == made[1]
    assert set(made[0]) >= {"index.ts", "models.ts", "operations.ts", "routes.ts", "schemas.json", "openapi.yaml"}


def test_types_are_the_json_itself(written: Path) -> None:
    models = (written / "models.ts").read_text()
    assert 'export interface Tree {\n    "child-of": Forest;\n}\n' in models
    assert "export type Forest = (Tree | null)[];\n" in models
    assert "    a?: number;\n    [name: string]: unknown;\n" in models


def test_the_responses_are_a_sealed_union_told_apart_by_their_status(written: Path) -> None:
    operations = (written / "operations.ts").read_text()
    assert "export type GetThingResponse = GetThing200 | GetThing4XX | GetThingDefault;\n" in operations
    assert "    readonly status: 200;\n    readonly body: models.Tree | Stream;\n" in operations
    assert '    readonly contentType?: "application/json" | "text/csv";\n' in operations
    assert '        readonly "X-Of": string;\n        readonly ETag?: string;\n' in operations
    assert '    readonly status: "4XX";\n    readonly code: number;\n    readonly body: "a" | 1 | null;\n' in operations
    assert "    readonly size: number;\n" in operations
    assert "context: Context<Principal | null>" in operations
    assert "*/ alert" not in operations


def test_no_name_of_the_contract_reaches_a_prototype(written: Path) -> None:
    routes = (written / "routes.ts").read_text()
    assert '["__proto__"]: ["integer"]' in routes
    assert "__proto__:" not in routes


def test_a_class_is_read_without_being_misled_by_what_looks_like_one() -> None:
    [found] = source.classes(TEAM)
    assert (found.name, found.base) == ("Operations", "Base")
    assert "getOther" in found.methods
    assert not {"getThing", "deleteThing", "if"} & found.methods


def test_a_stub_is_added_at_the_end_of_the_class_and_the_rest_stays(tmp_path: Path) -> None:
    (tmp_path / "things.yaml").write_text(CONTRACT)
    contract = read(tmp_path / "things.yaml")
    folder = tmp_path / "src"
    folder.mkdir()
    (folder / "operations.ts").write_text(TEAM)
    assert [operation.id for operation in stubs.missing(contract, folder)] == ["getThing"]
    after = stubs.extended(folder / "operations.ts", contract.operations)
    assert 'throw new contract.NotImplementedYet("getThing");' in after
    assert after.endswith("    }\n}\n\nexport const rest = {};\n")
    assert 'import * as contract from "./contract/index.ts";' in after, "a stub needs more of it than its types"
    (folder / "operations.ts").write_text(after)
    assert stubs.missing(contract, folder) == []


def test_a_method_of_a_base_in_another_module_needs_no_stub(tmp_path: Path) -> None:
    (tmp_path / "things.yaml").write_text(CONTRACT)
    folder = tmp_path / "src"
    folder.mkdir()
    (folder / "operations.ts").write_text(TEAM)
    (folder / "base.ts").write_text("export class Base<T> {\n    getThing = async () => ({ status: 204 });\n}\n")
    assert stubs.missing(read(tmp_path / "things.yaml"), folder) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("export class Operations {}\n", "does not import `contract`"),
        ('import * as contract from "./contract/index.ts";\n', "has no class Operations"),
        ('import * as contract from "./contract/index.ts";\nclass Operations {\n', "is no TypeScript"),
    ],
)
def test_a_module_that_can_t_be_added_to_is_named_with_a_mend(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "things.yaml").write_text(CONTRACT)
    path = tmp_path / "operations.ts"
    path.write_text(text)
    with pytest.raises(ContractError, match=told):
        stubs.extended(path, read(tmp_path / "things.yaml").operations)
