"""Calls without a network, to be counted: `sdk_calls.py sdk|bare CALLS`. Each reads one quote and takes it apart."""

from __future__ import annotations

import sys
from typing import Any

import httpx2

QUOTE: dict[str, Any] = {
    "id": "q1",
    "reference": "HQ",
    "state": "priced",
    "access": {
        "type": "internet",
        "site": {"street": "Rua Augusta 7", "postal_code": "1100-053", "city": "Lisboa", "country": "PT"},
        "download_mbps": 500,
        "upload_mbps": 100,
    },
    "term_months": 12,
    "created_at": "2026-03-02T09:30:00Z",
}
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
