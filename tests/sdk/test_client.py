"""What a caller sets up once: the client's address, its credentials, and what it is used for beside the operations."""

from __future__ import annotations

import dataclasses
import importlib
import json
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import Mock

import httpcore2
import httpx2
import pytest

from tests.sdk.scripted import VALUES
from tests.support.command import REPOSITORY
from tests.support.sink import reply, reset, sinking, unconnectable

QUOTE = json.dumps(VALUES["quote"]).encode()


@pytest.fixture
def sdk(quotes_sdk: Path) -> ModuleType:
    assert quotes_sdk.is_dir()
    return importlib.import_module("quotes_client")


def operation(name: str) -> Any:
    return importlib.import_module(f"quotes_client.api.quotes.{name}")


@pytest.mark.parametrize("url", ["", "quotes.example.com", "ftp://quotes.example.com", "https://"])
def test_what_is_no_address_is_told_at_once(sdk: ModuleType, url: str) -> None:
    with pytest.raises(ValueError, match="write it as https://host/path"):
        sdk.Client(url)


def test_the_certificates_of_authorities_are_read_once_for_all_clients(
    sdk: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Mock(wraps=httpcore2.default_ssl_context)
    monkeypatch.setattr(httpcore2, "default_ssl_context", read)
    for url in ("https://quotes.example.com", "http://127.0.0.1:8000"):
        with sdk.Client(url) as client:
            assert client.http
            assert client.http_async
    assert read.call_count <= 1, "none, where another test has made a client before"


def test_a_service_that_takes_no_connection_is_not_waited_for(sdk: ModuleType) -> None:
    options = sdk.Options(connect=0.2, attempts=1)
    with unconnectable() as url, sdk.Client(url, options=options) as client, pytest.raises(sdk.errors.DeadlineExceeded):
        operation("get_quote").sync("q1", client=client)


def test_a_thread_waits_for_anothers_token_no_longer_than_its_own_call_may_take(sdk: ModuleType) -> None:
    over = threading.Event()
    with sinking(lambda *_: over.wait(30) and False) as issuer:
        auth = sdk.ClientCredentials("me", "secret", token_url=f"{issuer.url}/token")
        get_quote = operation("get_quote").sync

        def call(total: float) -> object:
            options = sdk.Options(total=total, attempts=1)
            with sdk.Client("http://127.0.0.1:1", auth=auth, options=options) as client:
                try:
                    return get_quote("q1", client=client)
                except sdk.errors.CallFailed as error:
                    return type(error)

        with ThreadPoolExecutor() as pool:
            patient = pool.submit(call, 60)
            while not issuer.requests:
                time.sleep(0.01)
            assert call(0.2) is sdk.errors.DeadlineExceeded
            assert not patient.done(), "it would have been waited for"
            over.set()
            assert patient.result() is sdk.errors.ConnectionFailed


def test_a_base_path_is_kept(sdk: ModuleType) -> None:
    with sinking(reply(200, QUOTE, content_type="application/json")) as sink, sdk.Client(f"{sink.url}/v2/") as client:
        operation("get_quote").sync("q1", client=client)
    assert sink.requests[0].target == "/v2/quotes/q1"


def test_a_secret_goes_nowhere_unencrypted_and_is_not_shown(sdk: ModuleType) -> None:
    for address in ({"issuer": "http://auth.example.com"}, {"token_url": "http://auth.example.com/token"}, {}):
        with pytest.raises(ValueError, match=r"https|name either"):
            sdk.ClientCredentials("me", "secret-of-me", **address)
    sigv4 = importlib.import_module("quotes_client.runtime.sigv4")
    assert "secret" not in repr(sigv4.Credentials("AKID", "secret-key", "secret-token"))


def test_the_http_client_behind_it_calls_what_the_contract_lacks_and_no_other_host(sdk: ModuleType) -> None:
    with sinking(reset, reply(200, b"ok")) as sink, sinking() as other:
        with sdk.Client(sink.url, auth=sdk.Bearer("secret")) as client:
            assert client.http.get("/health/live").text == "ok"
            with pytest.raises(sdk.errors.ForeignOrigin):
                client.http.get(f"{other.url}/quotes")
            sink.script = [reset]
            with pytest.raises(sdk.errors.ConnectionFailed):
                client.http.post("/anything", json={})
        assert [request["authorization"] for request in sink.requests] == ["Bearer secret"] * 3
        assert other.requests == []


def test_a_key_and_other_headers_go_with_each_request(sdk: ModuleType) -> None:
    auth = importlib.import_module("quotes_client.runtime.auth")
    with (
        sinking(reply(200, QUOTE, content_type="application/json")) as sink,
        sdk.Client(sink.url, auth=auth.ApiKey("k-1", "X-Key"), headers={"User-Agent": "orders/7"}) as client,
    ):
        operation("get_quote").sync("q1", client=client)
    assert (sink.requests[0]["x-key"], sink.requests[0]["user-agent"]) == ("k-1", "orders/7")


def test_a_transport_of_the_callers_does_the_exchanges(sdk: ModuleType) -> None:
    answers = iter([httpx2.Response(503), httpx2.Response(200, json=VALUES["quote"])])
    transport = httpx2.MockTransport(lambda _: next(answers))
    with sdk.Client("https://quotes.example.com", transport=transport, options=sdk.Options(backoff=0.01)) as client:
        assert operation("get_quote").sync("q1", client=client).id == "q1"


def test_the_log_has_the_template_and_no_value(sdk: ModuleType, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "quotes_client")
    with (
        sinking(reply(200, b'{"items": []}', content_type="application/json")) as sink,
        sdk.Client(sink.url, auth=sdk.Bearer("secret-token")) as client,
    ):
        operation("list_quotes").sync(client=client, cursor="secret-cursor")
    own = [record for record in caplog.records if record.name == "quotes_client"]
    assert [record.getMessage().partition(" in ")[0] for record in own] == ["GET /quotes -> 200"]
    assert "secret" not in " ".join(record.getMessage() for record in own)


def test_the_options_are_described_with_their_defaults(sdk: ModuleType) -> None:
    text = (REPOSITORY / "docs/reference/sdks.md").read_text("utf-8")
    table = text.partition("| of `Options(…)`")[2].partition("\n\n")[0]
    described = {
        name: default
        for row in table.splitlines()[2:]
        for name, default in zip(
            row.split(" | ")[0].strip("| `").split("`, `"), row.split(" | ")[1].split(", "), strict=False
        )
    }
    defaults = {field.name: field.default for field in dataclasses.fields(sdk.Options)}
    assert set(described) | {"read", "total"} == set(defaults)
    for name, value in defaults.items():
        assert value is None or float(described[name]) == value, name
