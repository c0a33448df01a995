"""Whatever one of OWASP's rules (spectral-owasp-ruleset 2.0) finds, the rule that answers for it finds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sdkgen.errors import ContractError
from sdkgen.lint import lint
from sdkgen.lint.catalog import rules
from tests.lint.support import CREATE, GONE, LIST, READ, THING, at, linted, places
from tests.lint.test_rules import PATH, RESPONSES, SCHEMES, operation, prop, query, responses, without

ANSWERING = {theirs: rule.id for rule in rules().values() for theirs in rule.owasp}
CODE = {"authorizationUrl": "https://a", "tokenUrl": "https://a", "scopes": {}}

BROKEN: dict[str, Any] = {
    "api1:2023-no-numeric-ids": {
        "paths": {"/things/{thing_id}": {"parameters": [PATH["parameters"][0] | {"schema": {"type": "integer"}}]}}
    },
    "api2:2023-no-http-basic": at(SCHEMES, {"old": {"type": "http", "scheme": "basic"}}),
    "api2:2023-no-api-keys-in-url": at(SCHEMES, {"old": {"type": "apiKey", "in": "query", "name": "k"}}),
    "api2:2023-no-credentials-in-url": query("refresh_token"),
    "api2:2023-auth-insecure-schemes": at(SCHEMES, {"old": {"type": "http", "scheme": "negotiate"}}),
    "api2:2023-jwt-best-practices": at(
        SCHEMES, {"old": {"type": "http", "scheme": "bearer", "bearerFormat": "jwt", "description": "Tokens."}}
    ),
    "api2:2023-short-lived-access-tokens": at((*SCHEMES, "oauth2", "flows"), {"authorizationCode": CODE}),
    "api2:2023-write-restricted": at(CREATE, {"security": []}),
    "api2:2023-read-restricted": at(READ, {"security": []}),
    "api3:2023-no-additionalProperties": at(THING, {"additionalProperties": True}),
    "api3:2023-constrained-additionalProperties": at(THING, {"additionalProperties": {"const": "a"}}),
    "api3:2023-no-unevaluatedProperties": at(THING, {"unevaluatedProperties": True}),
    "api3:2023-constrained-unevaluatedProperties": at(THING, {"unevaluatedProperties": {"const": "a"}}),
    "api4:2023-rate-limit": without((*RESPONSES, "Problem429"), "headers"),
    "api4:2023-rate-limit-retry-after": without((*RESPONSES, "Problem429", "headers"), "Retry-After"),
    "api4:2023-rate-limit-responses-429": responses(LIST, "429"),
    "api4:2023-array-limit": prop("parts", type=["array", "null"], items={"const": "a"}),
    "api4:2023-string-limit": prop("note", type="string"),
    "api4:2023-string-restricted": prop("email", type="string", maxLength=99),
    "api4:2023-integer-limit": prop("size", type="integer", format="int32", maximum=5),
    "api4:2023-integer-limit-legacy": [{"openapi": "3.0.3"}, prop("size", type="integer", format="int64", minimum=5)],
    "api4:2023-integer-format": prop("size", type="integer"),
    "api5:2023-admin-security-unique": {"paths": {"/admin": {"get": operation("getAdmin")}}},
    "api7:2023-concerning-url-parameter": query("image_url"),
    "api8:2023-define-cors-origin": at(
        (*READ, "responses", "200", "headers"), {"Access-Control-Allow-Origin": {"schema": {}, "example": "*"}}
    ),
    "api8:2023-no-server-http": {"servers": [{"url": "http://things.example.com"}]},
    "api8:2023-define-error-validation": responses(CREATE, "400", "422"),
    "api8:2023-define-error-responses-401": responses(CREATE, "401"),
    "api8:2023-define-error-responses-500": responses(CREATE, "500"),
    "api9:2023-inventory-access": {"info": {"x-paved": GONE}},
    "api9:2023-inventory-environment": {
        "servers": [{"url": "https://a.example.com"}, {"url": "https://b.example.com"}]
    },
}


@pytest.mark.parametrize("theirs", BROKEN)
def test_what_theirs_finds_ours_finds(tmp_path: Path, theirs: str) -> None:
    change = BROKEN[theirs]
    assert places(linted(tmp_path, *(change if isinstance(change, list) else [change])), ANSWERING[theirs])


def test_schemes_of_swagger_are_refused_with_all_of_swagger(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text("{swagger: '2.0', schemes: [http], info: {title: T, version: 1.0.0}, paths: {}}")
    with pytest.raises(ContractError, match=r"is Swagger 2\.0"):
        lint(path)


def test_all_of_theirs_are_tried() -> None:
    assert set(BROKEN) | {"api8:2023-no-scheme-http"} == set(ANSWERING)
    assert len(ANSWERING) == 32
