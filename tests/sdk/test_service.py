"""The SDKs and booted services understand each other: Python blocking and async, TypeScript, with either stack."""

from __future__ import annotations

import asyncio
import importlib
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.sdk.booted import SERVICES
from tests.sdk.scripted import VALUES
from tests.support.node import beside, node
from tests.support.process import Service


@pytest.fixture(scope="module", params=SERVICES)
def service(request: pytest.FixtureRequest, booted: Callable[[str], Service]) -> Service:
    return booted(request.param)


@pytest.fixture
def sdk(quotes_sdk: Path) -> ModuleType:
    assert quotes_sdk.is_dir()
    return importlib.import_module("quotes_client")


def operation(name: str) -> Any:
    return importlib.import_module(f"quotes_client.api.quotes.{name}")


def client(sdk: ModuleType, service: Service, scope: str = "quotes:read quotes:write", caller: str = "sdk") -> Any:
    url = f"{service.url}/dev/issuer/token"
    return sdk.Client(service.url, auth=sdk.ClientCredentials(caller, "any", token_url=url, scope=scope))


def wanted() -> Any:
    return importlib.import_module("quotes_client.models").QuoteCreate.from_dict(VALUES["create"])


def test_what_is_created_can_be_listed_read_and_cancelled(sdk: ModuleType, service: Service) -> None:
    with client(sdk, service) as one:
        made = [operation("create_quote").sync(client=one, body=wanted()) for _ in range(3)]
        assert made[0].access.to_dict() == VALUES["create"]["access"]
        listed = list(operation("list_quotes").iterate(client=one, limit=1))
        assert {quote.id for quote in listed} == {quote.id for quote in made}

        read = operation("get_quote").sync_detailed(made[0].id, client=one)
        assert read.parsed.id == made[0].id
        assert operation("get_quote").sync(made[0].id, client=one, if_none_match=read.headers["etag"]) is None
        reason = importlib.import_module("quotes_client.models").QuoteCancellation("not needed")
        gone = operation("cancel_quote").sync(made[0].id, client=one, body=reason, if_match=read.headers["etag"])
        assert gone.state == "cancelled"
        with pytest.raises(sdk.errors.PreconditionFailed):
            operation("cancel_quote").sync(made[0].id, client=one, body=reason, if_match=read.headers["etag"])


def test_the_same_without_blocking(sdk: ModuleType, service: Service) -> None:
    async def story() -> None:
        async with client(sdk, service, caller="async") as one:
            create = operation("create_quote").asyncio
            made = await asyncio.gather(*(create(client=one, body=wanted()) for _ in range(3)))
            listed = [quote async for quote in operation("list_quotes").iterate_async(client=one, limit=2)]
            assert {quote.id for quote in listed} == {quote.id for quote in made}
            assert (await operation("get_quote").asyncio_detailed(made[0].id, client=one)).status_code == 200

    asyncio.run(story())


def test_a_key_makes_what_is_created_once(sdk: ModuleType, service: Service) -> None:
    create = operation("create_quote").sync
    with client(sdk, service, caller="keys") as one:
        first, again = (create(client=one, body=wanted(), idempotency_key="same-12345678") for _ in range(2))
        assert first == again
        other = wanted()
        other.term_months = 24
        with pytest.raises(sdk.errors.UnprocessableContent) as refused:
            create(client=one, body=other, idempotency_key="same-12345678")
        assert "#idempotency-key" in refused.value.type, "told apart from a body that breaks the contract"


def test_errors_are_those_of_the_contract(sdk: ModuleType, service: Service) -> None:
    with client(sdk, service) as one, pytest.raises(sdk.errors.NotFound) as missing:
        operation("get_quote").sync("0b8f9d5e-5d0c-4c8f-9c0a-2f6f6a1f3b11", client=one)
    assert missing.value.status == 404
    assert missing.value.type.endswith("#not-found")
    assert missing.value.parsed.status == 404
    assert missing.value.request_id, "the trace by which it is found in the log"

    with client(sdk, service, scope="quotes:read") as one, pytest.raises(sdk.errors.InsufficientScope):
        operation("create_quote").sync(client=one, body=wanted())
    with sdk.Client(service.url, auth=sdk.Bearer("forged")) as one, pytest.raises(sdk.errors.Unauthorized):
        operation("list_quotes").sync(client=one)


def test_typescript_tells_the_same_story(quotes_sdk_typescript: Path, service: Service) -> None:
    program = beside(quotes_sdk_typescript, Path(__file__).with_name("typescript") / "service.check.ts")
    done = node(program, service.url, said=json.dumps(VALUES["create"]))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "access": VALUES["create"]["access"],
        "listed": True,
        "read": True,
        "unchanged": True,
        "cancelled": "cancelled",
        "again": True,
        "once": True,
        "other": True,
        "missing": True,
        "denied": True,
        "forged": True,
    }
