"""Each operation has a request class, response classes and a route, named as a person would name them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from tests.contract.support import Generated, Service, contract

LIST_THINGS = """
    paths:
      /things/{id}:
        parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
        get:
          operationId: listThings
          parameters:
            - {name: sort, in: query, schema: {type: string, enum: [asc, desc], default: asc}}
            - {name: limit, in: query, schema: {$ref: "#/components/schemas/Limit"}}
            - {name: ratio, in: query, schema: {type: number, default: 1}}
            - {name: wrong, in: query, schema: {type: string, default: 5}}
            - {name: flag, in: query, schema: {type: boolean, default: false}}
            - {name: id, in: query, schema: {type: string}}
            - {name: X-Trace, in: header, schema: {type: string}}
            - {name: body, in: cookie, schema: {type: string}}
          responses:
            "200":
              description: Found
              headers:
                X-Count: {required: true, schema: {type: integer}}
                Status: {schema: {type: string}}
                Content-Type: {schema: {type: string}}
              content: {application/json: {schema: {type: array, items: {type: string}}}}
            "204": {description: Nothing}
            4XX: {$ref: "#/components/responses/Problem"}
            default: {description: Else, content: {text/csv: {}, application/json: {schema: {type: integer}}}}
        put:
          operationId: putThings
          requestBody: {content: {application/json: {schema: {type: object, properties: {a: {type: string}}}}}}
          responses:
            "204": {description: Done}
            4XX: {$ref: "#/components/responses/Problem"}
        patch:
          operationId: patchThings
          requestBody:
            required: true
            content:
              application/merge-patch+json: {schema: {type: object}}
              application/octet-stream: {}
          responses: {"204": {description: Done}}
    components:
      schemas: {Limit: {type: integer, default: 20}}
      responses:
        Problem: {description: No, content: {application/problem+json: {schema: {type: object, properties: {t: {}}}}}}
"""


@pytest.fixture(scope="module")
def generated(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Generated:
    return service.generate(contract(tmp_path_factory.mktemp("contract"), LIST_THINGS))


def test_a_request_has_an_attribute_for_each_parameter(generated: Generated) -> None:
    request = generated.module.ListThingsRequest.model_validate({"id": 1})

    assert request.model_dump() == {
        "id": 1, "sort": "asc", "limit": 20, "ratio": 1, "wrong": None, "flag": False,
        "query_id": None, "x_trace": None, "cookie_body": None,
    }  # fmt: skip


def test_a_required_parameter_has_no_default(generated: Generated) -> None:
    with pytest.raises(ValidationError):
        generated.module.ListThingsRequest.model_validate({})


def test_a_body_that_is_not_required_may_be_absent(generated: Generated) -> None:
    assert generated.module.PutThingsRequest.model_validate({"id": 1}).body is None
    assert generated.module.PutThingsRequest.model_validate({"id": 1, "body": {"a": "b"}}).body.a == "b"


def test_a_body_is_bytes_where_it_is_not_json(generated: Generated) -> None:
    request = generated.module.PatchThingsRequest

    assert request.model_validate({"id": 1, "body": {"a": 1}}).body == {"a": 1}
    assert request.model_validate({"id": 1, "body": b"\xff"}).body == b"\xff"


def test_a_response_has_its_status_its_headers_and_its_body(generated: Generated) -> None:
    response = generated.module.ListThings200(body=["a"], x_count=1)

    assert (response.status, response.media_type) == (200, "application/json")
    assert response.headers == (("x_count", "X-Count"), ("status2", "Status"))
    assert response.status2 is None


def test_a_response_without_content_has_no_body(generated: Generated) -> None:
    assert not hasattr(generated.module.ListThings204(), "body")


def test_a_range_or_default_asks_for_the_status(generated: Generated) -> None:
    assert generated.module.Problem4XX(code=404, body=None).status == 0
    assert generated.module.ListThingsDefault(code=500, body=1).code == 500


def test_json_is_preferred_where_there_are_several_media_types(generated: Generated) -> None:
    response = generated.module.ListThingsDefault(code=500, body=b"a,b", content_type="text/csv")

    assert (response.media_type, response.content_type) == ("application/json", "text/csv")


def test_a_response_that_several_operations_refer_to_is_one_class(generated: Generated) -> None:
    listed, put, _ = generated.module.OPERATIONS

    assert generated.module.Problem4XX in listed.responses
    assert generated.module.Problem4XX in put.responses
    assert generated.module.Problem4XX in get_args(generated.module.PutThingsResponse)


def test_classes_of_responses_never_clash(tmp_path: Path, service: Service) -> None:
    reference = "{$ref: '#/components/responses/%s'}"
    found = contract(
        tmp_path,
        f"""
        paths:
          /things:
            get:
              operationId: getThing
              responses: {{"200": {{description: Mine}}, "404": {reference % "not-found"}}}
            put:
              operationId: putThing
              responses: {{"200": {reference % "GetThing"}, "404": {reference % "NotFound"}}}
        components:
          responses:
            GetThing: {{description: Theirs}}
            not-found: {{description: One, content: {{application/json: {{schema: {{type: integer}}}}}}}}
            NotFound: {{description: Other, content: {{application/json: {{schema: {{type: string}}}}}}}}
        """,
    )
    operations = service.generate(found).operations

    names = {name: [r.__name__ for r in operation.responses] for name, operation in operations.items()}
    assert names == {
        "getThing": ["GetThing200", "NotFound404"],
        "putThing": ["GetThingResponse200", "NotFoundResponse404"],
    }


@pytest.mark.parametrize(
    ("parameter", "shape"),
    [
        ("{name: p, in: query, schema: {type: string}}", "Scalar(types=('string',))"),
        ("{name: p, in: query, schema: {type: integer}}", "Scalar(types=('integer',))"),
        ("{name: p, in: query, schema: {enum: [1, a, null]}}", "Scalar(types=('null', 'integer', 'string'))"),
        ("{name: p, in: query, schema: {oneOf: [{type: number}, {type: boolean}]}}", "Scalar(types=('boolean', 'number'))"),
        ("{name: p, in: query, schema: {type: array, items: {type: integer}}}", "Array(items=Scalar(types=('integer',)))"),
        (
            "{name: p, in: query, style: deepObject, schema: {type: object, properties: {a: {type: integer}}}}",
            "Object(properties={'a': Scalar(types=('integer',))}, additional=Scalar(types=('string',)))",
        ),
        ("{name: p, in: query, content: {application/json: {schema: {type: array}}}}", "Scalar(types=('string',))"),
    ],
)  # fmt: skip
def test_a_route_knows_how_a_parameter_is_written(tmp_path: Path, service: Service, parameter: str, shape: str) -> None:
    found = contract(tmp_path, f"paths:\n  /a: {{get: {{operationId: a, parameters: [{parameter}], RESPONSES}}}}".replace(
        "RESPONSES", "responses: {'200': {description: ok}}"))  # fmt: skip
    generated = service.generate(found)

    assert repr(generated.operations["a"].parameters[0].shape) == shape
    assert generated.contract.findings == []


@pytest.mark.parametrize(
    ("schema", "finding"),
    [
        ("{type: object, properties: {a: {type: array, items: {}}}}", "nested-parameter"),
        ("{oneOf: [{type: string}, {type: array, items: {}}]}", "ambiguous-parameter"),
    ],
)
def test_a_parameter_that_text_can_not_say_is_named(
    tmp_path: Path, service: Service, schema: str, finding: str
) -> None:
    found = contract(
        tmp_path,
        f"""
        paths:
          /a:
            get:
              operationId: a
              parameters: [{{name: p, in: query, schema: {schema}}}]
              responses: {{"200": {{description: ok}}}}
        """,
    )

    assert [entry.id for entry in service.generate(found).contract.findings] == [finding]


def test_a_route_knows_who_may_call_it_and_how_it_is_served(tmp_path: Path, service: Service) -> None:
    found = contract(
        tmp_path,
        """
        servers: [{url: https://example.com/v2}]
        paths:
          /open: {get: {operationId: open1, security: [], responses: {"200": {description: ok}}}}
          /scoped:
            post:
              operationId: scoped
              deprecated: true
              x-paved: {timeout: 2, rate: {quota: 5, window: 1}, sunset: "2031-01-31T00:00:00Z"}
              security: [{oauth: [a, b]}, {oauth: [c]}]
              parameters: [{name: Idempotency-Key, in: header, required: true, schema: {type: string}}]
              responses: {"200": {description: ok}}
          /locked: {get: {operationId: locked, security: [{key: []}], responses: {"200": {description: ok}}}}
        components:
          securitySchemes:
            oauth: {type: oauth2, flows: {}}
            key: {type: apiKey, in: header, name: K}
        """,
    )
    generated = service.generate(found)
    operations: dict[str, Any] = generated.operations

    assert generated.module.BASE_PATH == "/v2"
    assert operations["open1"].public
    assert operations["scoped"].scopes == (("a", "b"), ("c",))
    assert operations["scoped"].idempotency_key == "required"
    assert (operations["scoped"].deprecated, operations["scoped"].timeout) == (True, 2)
    assert operations["scoped"].rate == (5, 1)
    assert (operations["locked"].public, operations["locked"].scopes) == (False, ())
    text = generated.text("operations.py")
    assert "async def open1(self, request: Open1Request, context: Context[Principal | None]) -> Open1Response" in text
    assert "async def scoped(self, request: ScopedRequest, context: Context[Principal]) -> ScopedResponse" in text
