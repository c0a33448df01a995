"""Every rule finds what it is there for, at its place, and lets pass what is fine.

The small contract of `support` keeps all rules; each case changes it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sdkgen.lint.catalog import rules
from tests.lint.support import BASE, CREATE, GONE, LIST, READ, THING, at, linted, places

PROPERTIES = (*THING, "properties")
RESPONSES = ("components", "responses")
SCHEMES = ("components", "securitySchemes")
FLOW = (*SCHEMES, "oauth2", "flows", "clientCredentials")
PATH = BASE["paths"]["/things/{thing_id}"]
TAGGED: dict[str, Any] = {
    "parameters": [],
    "responses": BASE["paths"]["/things"]["get"]["responses"],
    "tags": ["things"],
}


def operation(id: str, **more: Any) -> dict[str, Any]:
    return TAGGED | {"operationId": id, "summary": "Does it", "description": "All that is to be known."} | more


def renamed(path: str) -> dict[str, Any]:
    return {"paths": {"/things": GONE, path: BASE["paths"]["/things"]}}


def prop(name: str, **schema: Any) -> dict[str, Any]:
    return at(PROPERTIES, {name: {"description": "A value."} | schema})


def query(name: str, **schema: Any) -> dict[str, Any]:
    parameter = {"name": name, "in": "query", "description": "A filter.", "schema": schema or {"enum": ["a"]}}
    return at((*LIST, "parameters"), [*BASE["paths"]["/things"]["get"]["parameters"], parameter])


def without(place: tuple[str, ...], *members: str) -> dict[str, Any]:
    return at(place, dict.fromkeys(members, GONE))


def responses(place: tuple[str, ...], *gone: str, **more: Any) -> dict[str, Any]:
    return at((*place, "responses"), dict.fromkeys(gone, GONE) | more)


ALL_4XX = "400 401 403 404 422 429 500".split()
BAD: list[tuple[str, Any, str]] = [
    ("path-case", renamed("/oldThings"), "/paths/~1oldThings"),
    ("path-noun", renamed("/create-thing"), "/paths/~1create-thing"),
    ("path-slash", renamed("/things/"), "/paths/~1things~1"),
    (
        "collection-plural",
        {"paths": {"/things/{thing_id}": GONE, "/thing/{thing_id}": PATH}},
        "/paths/~1thing~1{thing_id}",
    ),
    ("operation-id-case", at(LIST, {"operationId": "list_things"}), "/paths/~1things/get/operationId"),
    ("operation-id-case", at(LIST, {"operationId": "thingsList"}), "/paths/~1things/get/operationId"),
    ("operation-id-case", at(LIST, {"operationId": "list"}), "/paths/~1things/get/operationId"),
    ("parameter-case", query("createdAfter"), "/paths/~1things/get/parameters/2"),
    ("property-case", prop("shelfMark", const="a"), "/components/schemas/Thing/properties/shelfMark"),
    (
        "header-x-prefix",
        at((*READ, "responses", "200", "headers"), {"X-Total": {"schema": {"const": "a"}}}),
        "/paths/~1things~1{thing_id}/get/responses/200/headers/X-Total",
    ),
    (
        "header-case",
        at((*CREATE, "parameters"), [{"name": "My_Key", "in": "header", "schema": {}}]),
        "/paths/~1things/post/parameters/0",
    ),
    ("schema-name-case", {"components": {"schemas": {"old_thing": {"type": "null"}}}}, "/components/schemas/old_thing"),
    ("info-version", {"info": {"version": "2026-01-31"}}, "/info/version"),
    ("server-version", {"info": {"version": "2.0.0"}}, "/servers/0/url"),
    ("server-version-agrees", {"servers": [{"url": "https://a.example.com/v2"}]}, "/servers/0/url"),
    ("server-version-agrees", {"servers": [{"url": "https://a.example.com/v1.3"}]}, "/servers/0/url"),
    ("server-missing", {"servers": GONE}, "/"),
    (
        "server-environment",
        {"servers": [{"url": "https://a"}, {"url": "https://b", "description": "Test"}]},
        "/servers/0",
    ),
    ("operation-id", without(READ, "operationId"), "/paths/~1things~1{thing_id}/get"),
    ("operation-id", at(READ, {"operationId": "import"}), "/paths/~1things~1{thing_id}/get/operationId"),
    ("operation-id-unique", at(READ, {"operationId": "list_things"}), "/paths/~1things~1{thing_id}/get/operationId"),
    ("path-ambiguous", {"paths": {"/things/{id}": {}}}, "/paths/~1things~1{id}"),
    (
        "path-ambiguous",
        {"paths": {"/{kind}/new": {"get": operation("getNew")}}},
        "/paths/~1{kind}~1new",
    ),
    ("path-parameter", {"paths": {"/things/{thing_id}": {"parameters": []}}}, "/paths/~1things~1{thing_id}/get"),
    (
        "path-parameter",
        at((*LIST, "parameters"), [*PATH["parameters"]]),
        "/paths/~1things/get/parameters/0",
    ),
    (
        "parameter-duplicate",
        {"paths": {"/things/{thing_id}": {"parameters": PATH["parameters"] * 2}}},
        "/paths/~1things~1{thing_id}/parameters/1",
    ),
    ("response-success", responses(READ, "200"), "/paths/~1things~1{thing_id}/get"),
    (
        "response-no-content",
        responses(READ, **{"204": {"description": "Gone", "content": {"text/plain": {}}}}),
        "/paths/~1things~1{thing_id}/get/responses/204",
    ),
    (
        "request-body-method",
        at(READ, {"requestBody": {"content": {"text/plain": {}}}}),
        "/paths/~1things~1{thing_id}/get/requestBody",
    ),
    (
        "json-charset",
        at((*READ, "responses", "200", "content"), {"application/json;charset=utf-8": {}}),
        "/paths/~1things~1{thing_id}/get/responses/200/content/application~1json;charset=utf-8",
    ),
    ("enum-duplicate", prop("state", enum=["a", "b", "a"]), "/components/schemas/Thing/properties/state/enum/2"),
    ("enum-type", prop("state", type="string", enum=["a", 1]), "/components/schemas/Thing/properties/state/enum/1"),
    ("enum-type", prop("state", type="integer", const="1"), "/components/schemas/Thing/properties/state/const"),
    ("required-undeclared", at(THING, {"required": ["nmae"]}), "/components/schemas/Thing/required/0"),
    ("schema-anything", prop("state"), "/components/schemas/Thing/properties/state"),
    (
        "ref-siblings",
        [{"openapi": "3.0.3"}, at(PROPERTIES, {"other": {"$ref": "#/components/schemas/Problem", "maxProperties": 1}})],
        "/components/schemas/Thing/properties/other",
    ),
    (
        "nullable-ignored",
        prop("state", enum=["a"], nullable=True),
        "/components/schemas/Thing/properties/state/nullable",
    ),
    ("money-decimal", prop("price", type="number"), "/components/schemas/Thing/properties/price"),
    ("unused-component", {"components": {"schemas": {"Other": {"type": "null"}}}}, "/components/schemas/Other"),
    (
        "unused-component",
        at(SCHEMES, {"other": {"type": "http", "scheme": "bearer"}}),
        "/components/securitySchemes/other",
    ),
    ("server-https", {"servers": [{"url": "http://things.example.com"}]}, "/servers/0/url"),
    (
        "oauth-https",
        at(FLOW, {"tokenUrl": "http://a"}),
        "/components/securitySchemes/oauth2/flows/clientCredentials/tokenUrl",
    ),
    (
        "oauth-flow",
        at((*SCHEMES, "oauth2", "flows"), {"password": {"tokenUrl": "https://a", "scopes": {}}}),
        "/components/securitySchemes/oauth2/flows/password",
    ),
    (
        "oauth-refresh",
        at(
            (*SCHEMES, "oauth2", "flows"),
            {"authorizationCode": {"authorizationUrl": "https://a", "tokenUrl": "https://a", "scopes": {}}},
        ),
        "/components/securitySchemes/oauth2/flows/authorizationCode",
    ),
    ("auth-scheme", at(SCHEMES, {"old": {"type": "http", "scheme": "Basic"}}), "/components/securitySchemes/old"),
    (
        "api-key-in-url",
        at(SCHEMES, {"key": {"type": "apiKey", "in": "query", "name": "key"}}),
        "/components/securitySchemes/key",
    ),
    ("credentials-in-url", query("access_token"), "/paths/~1things/get/parameters/2"),
    ("credentials-in-url", query("apiKey"), "/paths/~1things/get/parameters/2"),
    ("credentials-in-url", query("client_secret"), "/paths/~1things/get/parameters/2"),
    ("jwt-best-practice", at((*SCHEMES, "oauth2"), {"description": "Tokens."}), "/components/securitySchemes/oauth2"),
    ("operation-security", {"security": GONE}, "/paths/~1things/get"),
    ("operation-security", at(CREATE, {"security": []}), "/paths/~1things/post/security"),
    ("operation-security", [{"security": GONE}, without(CREATE, "security")], "/"),
    ("operation-scopes", at(CREATE, {"security": [{"oauth2": []}]}), "/paths/~1things/post/security/0/oauth2"),
    ("security-undeclared", at(CREATE, {"security": [{"other": []}]}), "/paths/~1things/post/security/0/other"),
    ("scope-undeclared", at(CREATE, {"security": [{"oauth2": ["a"]}]}), "/paths/~1things/post/security/0/oauth2/0"),
    (
        "scope-unused",
        at((*FLOW, "scopes"), {"things:admin": "All"}),
        "/components/securitySchemes/oauth2/flows/clientCredentials/scopes/things:admin",
    ),
    (
        "admin-scope",
        {"paths": {"/admin": {"get": operation("getAdmin")}}, "security": [{"oauth2": ["things:write"]}]},
        "/paths/~1admin/get",
    ),
    (
        "numeric-id",
        {"paths": {"/things/{thing_id}": {"parameters": [PATH["parameters"][0] | {"schema": {"type": "integer"}}]}}},
        "/paths/~1things~1{thing_id}/parameters/0",
    ),
    ("url-from-caller", prop("callback", type="string"), "/components/schemas/Thing/properties/callback"),
    ("url-from-caller", query("redirect_url"), "/paths/~1things/get/parameters/2"),
    (
        "cors-origin",
        at((*READ, "responses", "200", "headers"), {"Access-Control-Allow-Origin": {"schema": {"const": "*"}}}),
        "/paths/~1things~1{thing_id}/get/responses/200/headers/Access-Control-Allow-Origin",
    ),
    (
        "error-problem-json",
        at((*RESPONSES, "Problem404"), {"content": {"application/json": {}, "application/problem+json": GONE}}),
        "/components/responses/Problem404",
    ),
    ("error-problem-json", without((*RESPONSES, "Problem404"), "content"), "/components/responses/Problem404"),
    (
        "error-schema-shared",
        at(
            (*RESPONSES, "Problem404", "content", "application/problem+json"),
            {"schema": {"$ref": "#/components/schemas/Thing"}},
        ),
        "/components/responses/Problem404/content/application~1problem+json",
    ),
    (
        "problem-members",
        without(("components", "schemas", "Problem", "properties"), "title"),
        "/components/schemas/Problem",
    ),
    (
        "problem-members",
        at(("components", "schemas", "Problem", "properties", "status"), {"type": "string"}),
        "/components/schemas/Problem/properties/status",
    ),
    ("error-validation", responses(CREATE, "400", "422"), "/paths/~1things/post"),
    ("error-authentication", responses(CREATE, "401"), "/paths/~1things/post"),
    ("error-authorization", responses(CREATE, "403"), "/paths/~1things/post"),
    ("error-not-found", responses(READ, "404"), "/paths/~1things~1{thing_id}/get"),
    ("error-rate-limit", responses(CREATE, "429"), "/paths/~1things/post"),
    ("error-server", responses(CREATE, "500"), "/paths/~1things/post"),
    ("retry-after", without((*RESPONSES, "Problem429", "headers"), "Retry-After"), "/components/responses/Problem429"),
    (
        "rate-limit-headers",
        without((*RESPONSES, "Problem429", "headers"), "RateLimit"),
        "/components/responses/Problem429",
    ),
    (
        "pagination",
        at(LIST, {"parameters": []})
        | at(("components", "schemas", "ThingPage", "properties", "items"), {"maxItems": 500}),
        "/paths/~1things/get",
    ),
    ("pagination-limit", query("limit", type="integer"), "/paths/~1things/get/parameters/2"),
    (
        "pagination-cursor",
        at(LIST, {"parameters": [{"name": "offset", "in": "query", "schema": {}}]}),
        "/paths/~1things/get",
    ),
    (
        "pagination-envelope",
        at(
            (*LIST, "responses", "200", "content", "application/json", "schema"),
            {"$ref": GONE, "type": "array", "items": {}},
        ),
        "/paths/~1things/get",
    ),
    ("idempotency-key", at(CREATE, {"parameters": []}), "/paths/~1things/post"),
    ("created-location", without((*CREATE, "responses", "201"), "headers"), "/paths/~1things/post/responses/201"),
    (
        "conditional-update",
        {"paths": {"/things/{thing_id}": {"put": operation("putThing")}}},
        "/paths/~1things~1{thing_id}/put",
    ),
    ("string-limit", prop("note", type="string"), "/components/schemas/Thing/properties/note"),
    ("string-limit", query("note", type="string"), "/paths/~1things/get/parameters/2/schema"),
    ("string-limit", prop("note", type=["string", "null"]), "/components/schemas/Thing/properties/note"),
    ("string-limit", prop("note", type="string", pattern="^a+$"), "/components/schemas/Thing/properties/note"),
    ("string-limit", prop("note", type="string", pattern="^a|b$"), "/components/schemas/Thing/properties/note"),
    ("string-limit", prop("note", type="string", format="email"), "/components/schemas/Thing/properties/note"),
    ("string-form", prop("currency", type="string", maxLength=3), "/components/schemas/Thing/properties/currency"),
    ("number-limit", prop("size", type="integer", format="int32"), "/components/schemas/Thing/properties/size"),
    ("number-limit", prop("size", type="number", minimum=0), "/components/schemas/Thing/properties/size"),
    ("array-limit", prop("parts", type="array", items={"const": "a"}), "/components/schemas/Thing/properties/parts"),
    ("open-object", at(THING, {"additionalProperties": True}), "/components/schemas/Thing"),
    ("open-object", at(THING, {"unevaluatedProperties": {}}), "/components/schemas/Thing"),
    ("open-object", prop("extra", type="object"), "/components/schemas/Thing/properties/extra"),
    (
        "map-limit",
        prop("extra", type="object", additionalProperties={"const": "a"}),
        "/components/schemas/Thing/properties/extra",
    ),
    ("deprecated-sunset", at(READ, {"deprecated": True}), "/paths/~1things~1{thing_id}/get/deprecated"),
    ("deprecated-replacement", at(READ, {"deprecated": True}), "/paths/~1things~1{thing_id}/get/deprecated"),
    (
        "deprecated-described",
        at(PROPERTIES, {"old": {"const": "a", "deprecated": True}}),
        "/components/schemas/Thing/properties/old",
    ),
    (
        "sunset-deprecated",
        at(READ, {"x-paved": {"sunset": "2099-01-01T00:00:00Z"}}),
        "/paths/~1things~1{thing_id}/get/x-paved",
    ),
    (
        "sunset-passed",
        at(READ, {"deprecated": True, "x-paved": {"sunset": "2020-01-01T00:00:00Z"}}),
        "/paths/~1things~1{thing_id}/get/x-paved",
    ),
    ("x-paved", at(READ, {"x-paved": {"timeuot": 5}}), "/paths/~1things~1{thing_id}/get/x-paved/timeuot"),
    ("x-paved", at(READ, {"x-paved": {"timeout": 0}}), "/paths/~1things~1{thing_id}/get/x-paved/timeout"),
    ("x-paved", {"info": {"x-paved": {"tier": 9}}}, "/info/x-paved/tier"),
    ("x-paved-place", at(THING, {"x-paved": {"owner": "a"}}), "/components/schemas/Thing/x-paved"),
    (
        "x-paved-pagination",
        at(LIST, {"x-paved": {"pagination": {"cursor": "after", "items": "items", "next": "next_cursor"}}}),
        "/paths/~1things/get/x-paved/pagination/cursor",
    ),
    (
        "x-paved-pagination",
        at(LIST, {"x-paved": {"pagination": {"cursor": "cursor", "items": "items", "next": "more"}}}),
        "/paths/~1things/get/x-paved/pagination/next",
    ),
    (
        "x-paved-pagination",
        at(LIST, {"x-paved": {"pagination": {"cursor": "cursor", "items": {"no": "name"}, "next": "next_cursor"}}}),
        "/paths/~1things/get/x-paved/pagination/items",
    ),
    ("audience", {"info": {"x-paved": GONE}}, "/info"),
    ("info-described", {"info": {"license": GONE}}, "/info"),
    ("operation-summary", without(READ, "summary"), "/paths/~1things~1{thing_id}/get"),
    ("operation-description", at(READ, {"description": "Get a thing."}), "/paths/~1things~1{thing_id}/get"),
    ("operation-tags", without(READ, "tags"), "/paths/~1things~1{thing_id}/get"),
    ("tag-declared", at(READ, {"tags": ["thigns"]}), "/paths/~1things~1{thing_id}/get/tags/0"),
    ("tag-described", {"tags": [{"name": "things"}]}, "/tags/0"),
    (
        "parameter-described",
        at((*LIST, "parameters"), [{"name": "q", "in": "query", "schema": {}}]),
        "/paths/~1things/get/parameters/0",
    ),
    ("schema-described", without(THING, "description"), "/components/schemas/Thing"),
    ("schema-described", at(PROPERTIES, {"odd": {"type": "null"}}), "/components/schemas/Thing"),
    ("example-valid", at(THING, {"example": {"name": 1}}), "/components/schemas/Thing/example/name"),
    (
        "example-valid",
        at((*CREATE, "requestBody", "content", "application/json"), {"examples": {"a": {"value": {}}}}),
        "/paths/~1things/post/requestBody/content/application~1json/examples/a/value",
    ),
    (
        "example-valid",
        prop("when", type="string", format="date", example="soon"),
        "/components/schemas/Thing/properties/when/example",
    ),
    ("default-valid", prop("size", enum=[1, 2], default=3), "/components/schemas/Thing/properties/size/default"),
    ("example-missing", without(THING, "example"), "/paths/~1things/post/requestBody/content/application~1json"),
]

GOOD: list[tuple[str, Any]] = [
    ("path-case", renamed("/old-things:searchAll")),
    ("path-case", renamed("/.well-known/things")),
    ("path-noun", renamed("/things/cancel-all")),
    ("collection-plural", {"paths": {"/things/{thing_id}": GONE, "/equipment/{thing_id}": PATH}}),
    ("parameter-case", query("created_at.gt")),
    ("parameter-case", query("filter[state]")),
    ("property-case", prop("@type", const="a")),
    ("property-case", prop("application/json", const="a")),
    ("header-x-prefix", at((*READ, "responses", "200", "headers"), {"X-Request-ID": {"schema": {}}})),
    ("server-version", [{"info": {"version": "2.0.0"}}, {"servers": [{"url": "https://a/v2"}]}]),
    ("server-version", [{"info": {"version": "2.0.0"}}, renamed("/v2/things")]),
    ("server-version-agrees", [{"info": {"version": "0.3.0"}}, {"servers": [{"url": "https://a/v1"}]}]),
    ("path-ambiguous", {"paths": {"/things/mine": {"get": operation("getMine")}}}),
    ("path-ambiguous", {"paths": {"/{kind}/new": {"delete": operation("deleteNew")}}}),
    ("response-success", responses(READ, "200", **{"304": {"description": "Same"}})),
    ("enum-type", [{"openapi": "3.0.3"}, prop("state", type="string", nullable=True, enum=["a", None])]),
    ("enum-type", prop("size", type="number", enum=[1, 1.5])),
    ("required-undeclared", at(THING, {"required": ["other"], "allOf": [{"$ref": "#/components/schemas/Problem"}]})),
    ("schema-anything", at(PROPERTIES, {"any": {}, "anything": True})),
    (
        "ref-siblings",
        [{"openapi": "3.0.3"}, at(PROPERTIES, {"o": {"$ref": "#/components/schemas/Problem", "description": "O"}})],
    ),
    ("nullable-ignored", [{"openapi": "3.0.3"}, prop("state", enum=["a", None], nullable=True)]),
    ("money-decimal", prop("price", type="string", maxLength=20)),
    (
        "unused-component",
        {
            "components": {
                "schemas": {
                    "Thing": {"discriminator": {"propertyName": "name"}},
                    "Lamp": {"allOf": [{"$ref": "#/components/schemas/Thing"}]},
                }
            }
        },
    ),
    (
        "unused-component",
        {"x-webhooks": {"a": {"$ref": "#/components/schemas/Late"}}, "components": {"schemas": {"Late": {}}}},
    ),
    ("server-https", {"servers": [{"url": "http://localhost:8000"}]}),
    ("server-https", {"servers": [{"url": "/api"}]}),
    ("auth-scheme", at(SCHEMES, {"other": {"type": "http", "scheme": "bearer"}})),
    ("credentials-in-url", query("page_token")),
    ("credentials-in-url", query("token_type")),
    ("credentials-in-url", query("secret_id")),
    ("jwt-best-practice", at((*SCHEMES, "oauth2"), {"description": "As RFC9068 says."})),
    ("admin-scope", {"paths": {"/admin": {"get": operation("getAdmin", security=[{"oauth2": ["things:admin"]}])}}}),
    ("url-from-caller", prop("callback", type="string", readOnly=True)),
    (
        "error-problem-json",
        responses(READ, **{"418": {"description": "Bad", "content": {"application/problem+json; charset=utf-8": {}}}}),
    ),
    (
        "error-schema-shared",
        at(
            (*RESPONSES, "Problem404", "content", "application/problem+json"),
            {"schema": {"$ref": GONE, "allOf": [{"$ref": "#/components/schemas/Problem"}], "properties": {"what": {}}}},
        ),
    ),
    (
        "error-validation",
        responses(CREATE, *ALL_4XX, **{"4XX": {"description": "Bad"}, "500": {"description": "Failed"}}),
    ),
    ("error-authentication", responses(CREATE, *ALL_4XX, default={"description": "Bad"})),
    ("error-server", responses(CREATE, *ALL_4XX, default={"description": "Bad"})),
    ("error-server", responses(CREATE, "500", **{"503": {"description": "Later"}})),
    ("pagination", at(LIST, {"parameters": []})),  # no more than 100
    ("idempotency-key", at(CREATE, {"parameters": [], "x-paved": {"idempotent": True}})),
    ("string-limit", prop("note", type="string", format="date-time")),
    ("string-limit", prop("note", type="string", pattern="^[A-Z]{2}(-[0-9]{1,3})?$")),
    ("string-limit", prop("note", type="string", readOnly=True)),
    ("string-limit", prop("note", maxLength=5, anyOf=[{"type": "string"}, {"type": "null"}])),
    ("string-limit", prop("note", enum=["a"], type="string")),
    ("string-form", prop("name_of_owner", type="string", maxLength=64)),
    ("number-limit", prop("size", type="integer", exclusiveMinimum=0, exclusiveMaximum=9)),
    ("array-limit", prop("parts", type="array", uniqueItems=True, items={"enum": ["a", "b"]})),
    ("array-limit", prop("parts", type="array", prefixItems=[{}, {}], items=False)),
    ("open-object", at(THING, {"additionalProperties": True, "maxProperties": 9})),
    ("open-object", at(("components", "schemas", "ThingPage"), {"additionalProperties": True})),
    ("deprecated-replacement", at(READ, {"deprecated": True, "description": "Use `listThings`."})),
    ("deprecated-replacement", at(READ, {"deprecated": True, "externalDocs": {"url": "https://a"}})),
    ("sunset-passed", at(READ, {"deprecated": True, "x-paved": {"sunset": "2099-01-01T00:00:00Z"}})),
    ("operation-tags", [{"tags": GONE}, without(LIST, "tags"), without(CREATE, "tags"), without(READ, "tags")]),
    (
        "example-valid",
        [at(PROPERTIES, {"id": {"type": "string", "readOnly": True}}), at(THING, {"required": ["name", "id"]})],
    ),
    ("example-valid", [{"openapi": "3.0.3"}, prop("state", type="string", nullable=True, example=None)]),
    (
        "example-valid",
        [{"openapi": "3.0.3"}, prop("size", type="integer", minimum=0, exclusiveMinimum=True, example=1)],
    ),
    ("default-valid", prop("size", enum=[1, 2], default=2)),
]

MEF: list[tuple[str, Any, str]] = [
    ("mef-server", {"servers": [{"url": "https://{serverBase}/quotes/v8/"}]}, "/servers/0/url"),
    ("mef-path", {"paths": {"/things/by/name": {}}}, "/paths/~1things~1by~1name"),
    ("mef-buyer-seller", {}, "/paths/~1things/get"),
    ("mef-operation-id", {}, "/paths/~1things~1{thing_id}/get/operationId"),
    ("mef-errors", responses(READ, "403"), "/paths/~1things~1{thing_id}/get"),
    ("mef-errors", {}, "/components/responses/Problem404/content/application~1problem+json"),
    ("mef-pagination", {}, "/paths/~1things/get"),
    ("mef-hub", {"paths": {"/hub": {"post": operation("registerListener")}}}, "/paths/~1hub/post"),
    ("mef-type", at(THING, {"discriminator": {"propertyName": "kind"}}), "/components/schemas/Thing/discriminator"),
    ("mef-type", at(THING, {"discriminator": {"propertyName": "@type"}}), "/components/schemas/Thing"),
]


def _changes(change: Any) -> list[Any]:
    return change if isinstance(change, list) else [change]


def test_the_small_contract_keeps_every_rule(tmp_path: Path) -> None:
    assert [f"{found.id}: {found.message}" for found in linted(tmp_path)] == []


@pytest.mark.parametrize(("id", "change", "place"), BAD, ids=[f"{id}-{at}" for at, (id, *_) in enumerate(BAD)])
def test_what_breaks_a_rule_is_found_at_its_place(tmp_path: Path, id: str, change: Any, place: str) -> None:
    assert place in places(linted(tmp_path, *_changes(change)), id)


@pytest.mark.parametrize(("id", "change"), GOOD, ids=[f"{id}-{at}" for at, (id, _) in enumerate(GOOD)])
def test_what_a_rule_lets_pass_is_not_found(tmp_path: Path, id: str, change: Any) -> None:
    assert places(linted(tmp_path, *_changes(change)), id) == []


@pytest.mark.parametrize(("id", "change", "place"), MEF, ids=[f"{id}-{at}" for at, (id, *_) in enumerate(MEF)])
def test_a_profile_has_rules_of_its_own(tmp_path: Path, id: str, change: Any, place: str) -> None:
    assert place in places(linted(tmp_path, *_changes(change), profile="mef-lso"), id)
    assert places(linted(tmp_path, *_changes(change)), id) == []


def test_every_rule_has_a_case() -> None:
    of_waivers = {rule.id for rule in rules().values() if rule.check is None}  # tests/lint/test_waivers.py
    assert {id for id, *_ in [*BAD, *MEF]} | of_waivers == set(rules())


def test_what_only_the_service_says_is_a_note(tmp_path: Path) -> None:
    change = at(("components", "schemas", "ThingPage", "properties", "items"), {"maxItems": GONE})
    [found] = [f for f in linted(tmp_path, change) if f.id == "array-limit"]
    assert found.severity == "info"


def test_a_public_operation_that_reads_is_a_note_and_one_that_writes_an_error(tmp_path: Path) -> None:
    found = linted(tmp_path, at(READ, {"security": [{}]}), at(CREATE, {"security": []}))
    assert {f.severity for f in found if f.id == "operation-security"} == {"info", "error"}


def test_what_a_contract_does_throughout_is_said_once(tmp_path: Path) -> None:
    paths = {f"/oldThings{number}": {"get": operation(f"get_{number}")} for number in range(30)}
    found = linted(tmp_path, {"paths": paths})
    assert len(places(found, "path-case")) == len(places(found, "operation-id-case")) == 1
    assert "30 of 32 paths are not kebab-case; this is the first" in [f.message for f in found]
