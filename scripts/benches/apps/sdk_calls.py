"""Calls without a network, to be counted: `sdk_calls.py sdk|bare CALLS QUOTE`. Each takes the quote apart."""

from __future__ import annotations

import json
import sys
from typing import Any

import httpx2

QUOTE: dict[str, Any] = json.loads(sys.argv[3])
URL = "http://quotes.example.com"
NETWORK = httpx2.MockTransport(lambda _: httpx2.Response(200, json=QUOTE))


def sdk(calls: int) -> None:
    from quotes_client import Bearer, Client  # type: ignore[import-not-found]
    from quotes_client.api.quotes import get_quote  # type: ignore[import-not-found]

    with Client(URL, auth=Bearer("token"), transport=NETWORK) as client:
        for _ in range(calls):
            get_quote.sync("q1", client=client)


def bare(calls: int) -> None:
    headers = {"Authorization": "Bearer token"}
    with httpx2.Client(base_url=URL, headers=headers, transport=NETWORK) as client:
        for _ in range(calls):
            client.get("/quotes/q1").json()


if __name__ == "__main__":
    {"sdk": sdk, "bare": bare}[sys.argv[1]](int(sys.argv[2]))
