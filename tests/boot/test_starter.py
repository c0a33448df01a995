"""The starter as its callers see it."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests.support.otlp import Collector
from tests.support.process import Service

ETHERNET = {
    "type": "ethernet",
    "site": {"street": "Calle Mayor 1", "postal_code": "28013", "city": "Madrid", "country": "ES"},
    "bandwidth_mbps": 1000,
}


def body(**changes: Any) -> dict[str, Any]:
    return {"reference": "HQ-MADRID-1", "access": ETHERNET, "term_months": 36, **changes}


def create(service: Service, json: Any, key: str | None = None, **options: Any) -> httpx2.Response:
    headers = {"Idempotency-Key": key or str(uuid4())}
    return service.call("POST", "/quotes", "quotes:write", headers=headers, json=json, **options)


def is_problem(response: httpx2.Response, status: int, slug: str) -> bool:
    return (
        response.status_code == status
        and response.headers["content-type"] == "application/problem+json"
        and response.json()["type"].endswith(f"#{slug}")
        and len(response.json()["trace_id"]) == 32
    )


def test_a_quote_is_created_read_listed_and_cancelled(quotes: Service) -> None:
    created = create(quotes, body())
    assert created.status_code == 201
    assert created.json()["access"] == ETHERNET
    where, tag = created.headers["location"], created.headers["etag"]
    assert quotes.call("GET", where, "quotes:read").json() == created.json()
    assert created.json() in quotes.call("GET", "/quotes?limit=100", "quotes:read").json()["items"]
    headers = {"If-Match": tag}
    cancelled = quotes.call("POST", f"{where}/cancel", "quotes:write", headers=headers, json={"reason": "Enough."})
    assert cancelled.json()["state"] == "cancelled"
    assert cancelled.headers["etag"] != tag
    again = quotes.call("POST", f"{where}/cancel", "quotes:write", headers=headers, json={"reason": "Enough."})
    assert is_problem(again, 412, "precondition-failed")


def test_a_caller_without_a_token_is_refused(quotes: Service) -> None:
    response = quotes.client.get("/quotes")
    assert is_problem(response, 401, "token-missing")
    assert response.headers["www-authenticate"] == "Bearer"


def test_a_caller_without_the_scope_is_told_which_one(quotes: Service) -> None:
    response = quotes.call("POST", "/quotes", "quotes:read", json=body())
    assert is_problem(response, 403, "insufficient-scope")
    assert 'scope="quotes:write"' in response.headers["www-authenticate"]


def test_a_bad_body_gets_a_pointer_for_each_fault(quotes: Service) -> None:
    response = create(quotes, body(term_months="36", colour="red", access=ETHERNET | {"bandwidth_mbps": 0}))
    assert is_problem(response, 422, "contract-violation")
    assert {fault["pointer"] for fault in response.json()["errors"]} >= {"/term_months", "/colour"}


def test_what_is_no_json_is_malformed(quotes: Service) -> None:
    headers = {"Idempotency-Key": str(uuid4()), "Content-Type": "application/json"}
    for content in (b"{", b'{"a":1,"a":2}', b'{"a":NaN}', b"\xff", b'{"a":1e999}', b'"\\ud800"'):
        response = quotes.call("POST", "/quotes", "quotes:write", headers=headers, content=content)
        assert is_problem(response, 400, "malformed-request"), content


def test_a_repeated_request_gets_the_first_answer_and_has_one_effect(quotes: Service) -> None:
    key, reference = str(uuid4()), f"ONE-{uuid4().hex[:8]}"
    first = create(quotes, body(reference=reference), key)
    again = create(quotes, body(reference=reference), key)
    assert (again.status_code, again.json(), again.headers["location"]) == (
        201,
        first.json(),
        first.headers["location"],
    )
    other = create(quotes, body(reference="OTHER"), key)
    assert is_problem(other, 422, "idempotency-key-reused")
    listed = quotes.call("GET", "/quotes?limit=100", "quotes:read").json()["items"]
    assert [quote["reference"] for quote in listed].count(reference) == 1


def test_a_key_belongs_to_its_caller(quotes: Service) -> None:
    key = str(uuid4())
    first = create(quotes, body(), key)
    headers = {"Authorization": f"Bearer {quotes.token('quotes:write', client='another')}", "Idempotency-Key": key}
    other = quotes.client.post("/quotes", headers=headers, json=body())
    assert other.status_code == 201
    assert other.json()["id"] != first.json()["id"]


def test_another_tenant_s_quote_is_answered_like_one_that_is_not_there(quotes: Service) -> None:
    where = create(quotes, body()).headers["location"]
    stranger = {"Authorization": f"Bearer {quotes.token('quotes:read', tenant='another')}"}
    other = quotes.client.get(where, headers=stranger)
    missing = quotes.client.get(f"/quotes/{uuid4()}", headers=stranger)
    assert is_problem(other, 404, "not-found")
    assert {**other.json(), "trace_id": ""} == {**missing.json(), "trace_id": ""}


def test_pages_follow_each_other_without_gap_or_repetition(quotes: Service) -> None:
    headers = {"Authorization": f"Bearer {quotes.token('quotes:read', 'quotes:write', tenant=uuid4().hex)}"}
    for number in range(5):
        keyed = headers | {"Idempotency-Key": str(uuid4())}
        assert quotes.client.post("/quotes", headers=keyed, json=body(reference=f"N{number}")).status_code == 201
    seen: list[str] = []
    query: dict[str, str | int] = {"limit": 2}
    while True:
        page = quotes.client.get("/quotes", headers=headers, params=query).json()
        seen += [quote["reference"] for quote in page["items"]]
        if "next_cursor" not in page:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == ["N4", "N3", "N2", "N1", "N0"]


def test_a_cursor_that_no_page_gave_is_refused(quotes: Service) -> None:
    for cursor in ("abc", "MjAyNg", "____"):
        assert quotes.call("GET", f"/quotes?cursor={cursor}", "quotes:read").status_code == 400


def test_an_unchanged_quote_is_not_sent_again(quotes: Service) -> None:
    created = create(quotes, body())
    headers = {"If-None-Match": created.headers["etag"]}
    response = quotes.call("GET", created.headers["location"], "quotes:read", headers=headers)
    assert (response.status_code, response.content) == (304, b"")


def test_a_deprecated_operation_says_so_with_its_sunset(quotes: Service) -> None:
    where = create(quotes, body()).headers["location"]
    headers = quotes.call("GET", f"{where}/status", "quotes:read").headers
    assert headers["deprecation"].startswith("@")
    assert headers["sunset"] == "Thu, 31 Dec 2099 00:00:00 GMT"
    assert 'rel="deprecation"' in headers["link"]


def test_a_request_is_one_trace_with_its_statements_and_log_lines(quotes: Service, collector: Collector) -> None:
    trace_id = uuid4().hex
    parent = "00f067aa0ba902b7"
    headers = {"Idempotency-Key": str(uuid4()), "traceparent": f"00-{trace_id}-{parent}-01"}
    assert quotes.call("POST", "/quotes", "quotes:write", headers=headers, json=body()).status_code == 201
    spans = collector.spans(trace_id, expected=5)
    server = next(span for span in spans if span.kind == "SERVER")
    assert (server.name, server.parent_id) == ("POST /quotes", parent)
    assert server.attributes["http.route"] == "/quotes"
    assert server.attributes["http.response.status_code"] == 201
    statements = [span for span in spans if "db.system.name" in span.attributes]
    assert any(span.name.startswith("INSERT") and span.parent_id == server.span_id for span in statements)
    lines = [json.loads(line) for line in quotes.log.read_text().splitlines() if trace_id in line]
    assert {line["log.logger"] for line in lines} >= {"access", "audit"}


def test_the_contract_itself_is_served(quotes: Service) -> None:
    assert quotes.client.get("/openapi.yaml").text.startswith("openapi: 3.1.1")
    assert quotes.client.get("/docs").status_code == 200


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics"])
def test_probes_and_metrics_need_no_token(quotes: Service, path: str) -> None:
    assert quotes.client.get(path).status_code == 200
