"""Plays scenarios through the Python SDK of the starter contract: `python_driver.py sync|async`."""

from __future__ import annotations

import asyncio
import importlib
import io
import json
import logging
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import quotes_client as sdk
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from quotes_client import models
from quotes_client.runtime.sigv4 import Credentials, SigV4

BODIES: dict[str, Any] = {"createQuote": models.QuoteCreate, "cancelQuote": models.QuoteCancellation}


def client(told: dict[str, Any]) -> sdk.Client:
    wanted = dict(told["client"])
    auth = wanted.pop("auth", None)
    return sdk.Client(told["url"], auth=credentials(auth), options=sdk.Options(**{"backoff": 0.02, **wanted}))


def credentials(told: dict[str, Any] | None) -> Any:
    if told is None:
        return None
    rest = {name: value for name, value in told.items() if name != "kind"}
    if told["kind"] == "bearer":
        return sdk.Bearer(rest["token"])
    if told["kind"] == "client-credentials":
        return sdk.ClientCredentials(**rest)
    key = Credentials(rest["access_key_id"], rest["secret_access_key"])
    return SigV4(rest["region"], rest["service"], lambda: key)


def operation(call: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    name = re.sub("([A-Z])", r"_\1", call["operation"]).lower()
    arguments = dict(call["arguments"])
    if call["body"] is not None:
        arguments["body"] = BODIES[call["operation"]].from_dict(call["body"])
    return importlib.import_module(f"quotes_client.api.quotes.{name}"), arguments


def shown(found: Any) -> dict[str, Any]:
    if isinstance(found, sdk.errors.SdkError):
        return {
            "outcome": "error",
            "kind": type(found).__name__,
            "parents": [kind.__name__ for kind in type(found).__mro__],
            "status": getattr(found, "status", None),
            "type": getattr(found, "type", None),
            "request_id": getattr(found, "request_id", None),
            "body": getattr(found, "body", b"").decode(),
            "parsed": getattr(found, "parsed", None) is not None,
            "message": str(found),
            "everything": f"{found!r} {vars(found)!r} {[held(one) for one in led_to(found)]!r}",
        }
    values = found if isinstance(found, list) else [found]
    written = [value.to_dict() if value is not None else None for value in values]
    return {"outcome": "result", "value": written[0] if written else None, "values": len(written)}


def led_to(error: BaseException) -> list[BaseException]:
    """All errors that an error leads to, those that are not shown too."""
    following = [one for one in (error.__cause__, error.__context__) if one is not None]
    return following + [later for one in following for later in led_to(one)]


def held(error: BaseException) -> Any:
    request = getattr(error, "_request", None)
    return request and dict(request.headers.items())


def blocking(told: dict[str, Any]) -> dict[str, Any]:
    call = told["call"]
    module, arguments = operation(call)
    with client(told) as one:

        def once(_: int) -> Any:
            try:
                if call["iterate"]:
                    return list(module.iterate(client=one, **arguments))
                return module.sync(client=one, **arguments)
            except sdk.errors.SdkError as error:
                return error

        started = time.monotonic()
        if call["parallel"] > 1:
            with ThreadPoolExecutor(call["parallel"]) as pool:
                found = list(pool.map(once, range(call["parallel"])))
        else:
            found = [once(number) for number in range(call["times"])]
    return {"outcomes": [shown(one) for one in found], "seconds": time.monotonic() - started}


async def cooperative(told: dict[str, Any]) -> dict[str, Any]:
    call = told["call"]
    module, arguments = operation(call)
    async with client(told) as one:

        async def once() -> Any:
            try:
                if call["iterate"]:
                    return [item async for item in module.iterate_async(client=one, **arguments)]
                return await module.asyncio(client=one, **arguments)
            except sdk.errors.SdkError as error:
                return error

        started = time.monotonic()
        if call["parallel"] > 1:
            found = list(await asyncio.gather(*(once() for _ in range(call["parallel"]))))
        else:
            found = [await once() for _ in range(call["times"])]
    return {"outcomes": [shown(one) for one in found], "seconds": time.monotonic() - started}


async def all_of_them(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    few = asyncio.Semaphore(8)

    async def one(scenario: dict[str, Any]) -> dict[str, Any]:
        async with few:
            return await cooperative(scenario)

    return list(await asyncio.gather(*map(one, told)))


def spans(exporter: InMemorySpanExporter, url: str) -> list[dict[str, Any]]:
    """The spans of the calls to one service."""
    found = [(span.name, dict(span.attributes or {})) for span in exporter.get_finished_spans()]
    mine = [(name, attributes) for name, attributes in found if url.endswith(f":{attributes['server.port']}")]
    return [{"name": name, **attributes} for name, attributes in mine]


def main() -> None:
    scenarios = json.load(sys.stdin)
    log, exporter, provider = io.StringIO(), InMemorySpanExporter(), TracerProvider()
    logging.basicConfig(stream=log, level=logging.DEBUG)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    for scenario in scenarios:
        operation(scenario["call"])  # imported now, since calls are timed
    if sys.argv[1] == "async":
        played = asyncio.run(all_of_them(scenarios))
    else:
        with ThreadPoolExecutor(8) as pool:
            played = list(pool.map(blocking, scenarios))
    for scenario, one in zip(scenarios, played, strict=True):
        one |= {"log": log.getvalue(), "spans": spans(exporter, scenario["url"])}
    json.dump(played, sys.stdout)


if __name__ == "__main__":
    main()
