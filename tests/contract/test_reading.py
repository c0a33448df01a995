"""An operation has everything that it inherits, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from sdkgen.model import Contract, Operation
from tests.contract.support import contract


def operation(found: Contract) -> Operation:
    [only] = found.operations
    return only


def with_parameters(folder: Path, path_level: str = "[]", own: str = "[]", method: str = "get") -> Operation:
    text = f"""
        paths:
          /things:
            parameters: {path_level}
            {method}: {{operationId: listThings, parameters: {own}, responses: {{"200": {{description: Found}}}}}}
        """
    return operation(contract(folder, text))


@pytest.mark.parametrize(
    ("servers", "base_path"),
    [
        ("[]", ""),
        ("[{url: /}]", ""),
        ("[{url: https://example.com}]", ""),
        ("[{url: https://example.com/v1/}]", "/v1"),
        ("[{url: v1}]", "v1"),
        ("[{url: 'https://{host}/{stage}/v1', variables: {host: {default: a.b}, stage: {default: prod}}}]", "/prod/v1"),
    ],
)
def test_the_base_path_is_that_of_the_first_server(tmp_path: Path, servers: str, base_path: str) -> None:
    assert contract(tmp_path, f"servers: {servers}\npaths: {{}}").base_path == base_path


def test_a_contract_without_operations_is_none_the_less_one(tmp_path: Path) -> None:
    assert contract(tmp_path, "components: {}", "3.1.0").operations == ()


def test_parameters_of_the_path_are_those_of_its_operations(tmp_path: Path) -> None:
    found = with_parameters(tmp_path, "[{name: a, in: query, schema: {}}]", "[{name: b, in: query, schema: {}}]")

    assert [parameter.name for parameter in found.parameters] == ["a", "b"]


def test_an_operation_overrides_parameters_of_the_path(tmp_path: Path) -> None:
    found = with_parameters(
        tmp_path, "[{name: X-A, in: header, schema: {}}]", "[{name: x-a, in: header, required: true, schema: {}}]"
    )

    assert [(parameter.name, parameter.required) for parameter in found.parameters] == [("x-a", True)]


def test_headers_that_openapi_ignores_are_no_parameters(tmp_path: Path) -> None:
    headers = ", ".join(
        f"{{name: {name}, in: header, schema: {{}}}}" for name in ("Accept", "Content-Type", "authorization")
    )

    assert with_parameters(tmp_path, own=f"[{headers}]").parameters == ()


@pytest.mark.parametrize(
    ("location", "style", "explode"),
    [("path", "simple", False), ("header", "simple", False), ("query", "form", True), ("cookie", "form", True)],
)
def test_styles_have_the_defaults_of_openapi(tmp_path: Path, location: str, style: str, explode: bool) -> None:
    text = f"""
        paths:
          /things/{{a}}:
            get:
              operationId: getThing
              parameters:
                - {{name: a, in: path, required: true, schema: {{}}}}
                - {{name: b, in: {location if location != "path" else "query"}, schema: {{}}}}
              responses: {{"200": {{description: Found}}}}
        """
    found = next(p for p in operation(contract(tmp_path, text)).parameters if p.location == location)

    assert (found.style, found.explode) == (style, explode)


@pytest.mark.parametrize(
    ("method", "expected"), [("post", "Idempotency-Key"), ("patch", "Idempotency-Key"), ("get", None)]
)
def test_an_idempotency_key_counts_where_repeating_has_effects(
    tmp_path: Path, method: str, expected: str | None
) -> None:
    found = with_parameters(tmp_path, own="[{name: Idempotency-Key, in: header, schema: {}}]", method=method)

    assert (found.idempotency_key.name if found.idempotency_key else None) == expected


def test_what_the_platform_is_asked_for_stands_in_x_paved(tmp_path: Path) -> None:
    found = operation(
        contract(
            tmp_path,
            """
            paths:
              /things:
                get:
                  operationId: listThings
                  deprecated: true
                  x-paved: {timeout: 2.5, rate: {quota: 10, window: 60}, sunset: "2031-01-31T00:00:00Z"}
                  responses: {"200": {description: Found}, x-note: none}
            """,
        )
    )

    assert (found.deprecated, found.timeout, found.rate) == (True, 2.5, (10, 60))
    assert found.sunset == "2031-01-31T00:00:00Z"
    assert [response.status for response in found.responses] == ["200"]


def test_paths_that_differ_in_a_name_only_are_told_apart_by_their_methods(tmp_path: Path) -> None:
    parameter = "{name: %s, in: path, required: true, schema: {type: string}}"
    found = contract(
        tmp_path,
        f"""
        paths:
          /things/{{id}}:
            get: {{operationId: read, parameters: [{parameter % "id"}], responses: {{"200": {{description: Found}}}}}}
          /things/{{name}}:
            delete: {{operationId: drop, parameters: [{parameter % "name"}], responses: {{"204": {{description: Gone}}}}}}
          x-note: {{get: {{}}}}
        """,
    )

    assert [(one.id, one.path) for one in found.operations] == [("read", "/things/{id}"), ("drop", "/things/{name}")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("post: {operationId: a, callbacks: {done: {'{$url}': {post: {responses: {'200': {description: ok}}}}}}, RESPONSES}", "callbacks"),
        ("get: {operationId: a, responses: {'200': {description: ok, links: {next: {operationId: a}}}}}", "links"),
        ("get: {operationId: a, servers: [{url: /other}], RESPONSES}", "operation-servers"),
        ("post: {operationId: a, requestBody: {content: {multipart/form-data: {schema: {type: object}}}}, RESPONSES}", "raw-body"),
        ("get: {operationId: a, responses: {'200': {description: ok, content: {application/xml: {schema: {type: object}}}}}}", "raw-body"),
        ("get: {operationId: a, responses: {'200': {description: ok, headers: {X: {schema: {type: object}}}}}}", "header-content"),
        ("get: {operationId: a, parameters: [{name: p, in: query, content: {application/xml: {schema: {}}}}], RESPONSES}", "raw-parameter"),
        ("get: {operationId: a, parameters: [{name: p, in: query, allowEmptyValue: true, schema: {}}], RESPONSES}", "empty-parameter"),
        ("get: {operationId: a, security: [{key: []}], RESPONSES}", "security-scheme"),
    ],
)  # fmt: skip
def test_what_is_not_carried_over_is_named(tmp_path: Path, text: str, expected: str) -> None:
    text = text.replace("RESPONSES", "responses: {'200': {description: ok}}")
    schemes = "components: {securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}}"
    found = contract(tmp_path, f"paths:\n  /things:\n    {text}\n{schemes}")

    assert [finding.id for finding in found.findings] == [expected]
    assert found.findings[0].place.line == 5 if expected != "security-scheme" else True


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ("{$id: 'https://example.com/thing'}", "schema-id"),
        ("{$dynamicRef: '#node'}", "dynamic-reference"),
        ("{$schema: 'http://json-schema.org/draft-07/schema#'}", "schema-dialect"),
        ("{$schema: 'https://json-schema.org/draft/2020-12/schema'}", None),
        ("{type: object, $comment: hidden, title: Thing}", None),
    ],
)
def test_keywords_that_are_not_applied_are_named(tmp_path: Path, schema: str, expected: str | None) -> None:
    found = contract(tmp_path, f"components: {{schemas: {{Thing: {schema}}}}}", "3.1.0")

    assert [finding.id for finding in found.findings] == ([expected] if expected else [])


def test_webhooks_are_named(tmp_path: Path) -> None:
    found = contract(tmp_path, "webhooks: {ping: {post: {responses: {'200': {description: ok}}}}}", "3.1.0")

    assert [finding.id for finding in found.findings] == ["webhooks"]


@pytest.mark.parametrize("schema", ["{}", "{type: string}", "{type: string, format: binary}"])
def test_bytes_that_nothing_is_said_of_are_carried_over_whole(tmp_path: Path, schema: str) -> None:
    found = contract(
        tmp_path,
        f"""
        paths:
          /things:
            put:
              operationId: putThing
              requestBody: {{content: {{application/octet-stream: {{schema: {schema}}}}}}}
              responses: {{"200": {{description: Done, content: {{text/csv: {{schema: {schema}}}}}}}}}
        """,
    )

    assert found.findings == []
