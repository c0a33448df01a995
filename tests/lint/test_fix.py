"""`--fix` changes what is beyond doubt, and nothing else: each comment and each space stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sdkgen.lint import lint
from sdkgen.lint.engine import fixed as run


def fixed(path: Path) -> int:
    number, files = run(path)
    for file, text in files.items():
        file.write_text(text, "utf-8", newline="")
    return number


BLOCK = """\
# Things, for all.
openapi: 3.1.0
info:
  title:   Things   # with room
  version: '1.2'

tags:            # in their order
  - name: things
    description: >-
      All of them.
      # no comment

# What can be called.
paths:
  /things:
    get:
      operationId: listThings
      tags: [things, 'odd: ones']
      parameters:
        - name: state
          in: query
          schema:
            enum:
              - new   # at first
              - old
              # the same again:
              - new   # twice
              - used
      responses:
        '200': {description: Things.}
        # when it fails
        '401':
          $ref: '#/components/responses/Unauthorized'
        '500': {$ref: '#/components/responses/Failed'}   # last
  /other:
    get:
      operationId: getOther
      security:
        - key: []
      responses:
        '200':
          description: |
            Literal text

            # with a hash
        # the end
components:
  responses:
    Unauthorized: {description: Who?}
    Failed: {description: Sorry.}
  securitySchemes:
    key: {type: http, scheme: bearer}
"""

MENDED = (
    BLOCK.replace("'1.2'", "'1.2.0'")
    .replace("      # no comment\n", "      # no comment\n  - name: 'odd: ones'\n")
    .replace("              - new   # twice\n", "")
    .replace(
        "            # with a hash\n",
        "            # with a hash\n"
        "        '401':\n          $ref: '#/components/responses/Unauthorized'\n"
        "        '500':\n          $ref: '#/components/responses/Failed'\n",
    )
)


def test_a_contract_in_blocks_is_mended_in_place(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(BLOCK)

    assert fixed(path) == 5
    assert path.read_text() == MENDED
    assert fixed(path) == 0
    assert path.read_text() == MENDED


def test_line_ends_and_a_byte_order_mark_stay(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + BLOCK.encode())
    fixed(path)
    assert path.read_bytes() == b"\xef\xbb\xbf" + MENDED.encode()
    path.write_bytes(BLOCK.replace("\n", "\r\n").encode())
    fixed(path)
    assert path.read_bytes() == MENDED.replace("\n", "\r\n").encode()


@pytest.mark.parametrize("indent", [None, 2])
def test_json_stays_json(tmp_path: Path, indent: int | None) -> None:
    document = {
        "openapi": "3.0.3",
        "info": {"title": "T", "version": "v1"},
        "paths": {
            "/a": {
                "get": {
                    "operationId": "getA",
                    "tags": ["one", "two"],
                    "responses": {
                        "200": {"description": "ok"},
                        "429": {"$ref": "#/components/responses/Slow"},
                        "500": {"description": "Failed"},
                    },
                }
            },
            "/b": {
                "get": {
                    "operationId": "getB",
                    "parameters": [{"name": "s", "in": "query", "schema": {"enum": ["a", "a", "b"]}}],
                    "responses": {"200": {"description": "ok"}},
                }
            },
        },
        "components": {"responses": {"Slow": {"description": "Slow down"}}},
    }
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(document, indent=indent))
    before = {finding.id for finding in lint(path)}

    assert fixed(path) == 4
    mended = json.loads(path.read_text())
    assert mended["info"]["version"] == "1.0.0"
    assert mended["tags"] == [{"name": "one"}, {"name": "two"}]
    assert mended["paths"]["/b"]["get"]["parameters"][0]["schema"]["enum"] == ["a", "b"]
    assert mended["paths"]["/b"]["get"]["responses"]["429"] == {"$ref": "#/components/responses/Slow"}
    assert "500" not in mended["paths"]["/b"]["get"]["responses"], "its response is no shared one"
    gone = before - {finding.id for finding in lint(path)}
    assert gone == {"info-version", "enum-duplicate", "error-rate-limit", "tag-declared"}


def test_a_response_that_differs_between_operations_is_left_to_people(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(BLOCK.replace("{$ref: '#/components/responses/Failed'}", "{description: Something}"))
    fixed(path)
    assert path.read_text().count("'500'") == 1


def test_what_a_waiver_accepts_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(BLOCK)
    waivers = [f"- {{id: {id}, reason: why}}\n" for id in ("info-version", "tag-declared", "enum-duplicate")]
    waivers += ["- {id: error-authentication, reason: why}\n", "- {id: error-server, reason: why}\n"]
    (tmp_path / "waivers.yaml").write_text("".join(waivers))

    assert fixed(path) == 0
    assert path.read_text() == BLOCK
