"""Call an application in its own process, over ASGI: `python drive.py APP REQUESTS BODY TOKENS`.

`TOKENS` is a file with one access token in a line; they are used in turn. Nothing but the application, and the least
that calls it on uvicorn's event loop, is in this process, so its instructions can be counted from outside.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import uvloop


async def drive(app: Any, requests: int, body: bytes, tokens: list[bytes]) -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    statuses: set[int] = set()

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.add(message["status"])

    async with app.router.lifespan_context(app):
        for number in range(requests):
            await app(_scope(body, tokens[number % len(tokens)]), receive, send)
    if statuses != {201}:
        raise SystemExit(f"drive: answered with {statuses}")


def _scope(body: bytes, token: bytes) -> dict[str, Any]:
    """What uvicorn makes of a request as HTTP clients send it."""
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 50000),
        "scheme": "http",
        "method": "POST",
        "root_path": "",
        "path": "/orders",
        "raw_path": b"/orders",
        "query_string": b"",
        "headers": [
            (b"host", b"127.0.0.1:8000"),
            (b"accept", b"*/*"),
            (b"accept-encoding", b"gzip"),
            (b"user-agent", b"bench"),
            (b"authorization", b"Bearer " + token),
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
        ],
        "state": {},
    }


if __name__ == "__main__":
    _, name, requests, body, tokens = sys.argv
    app = importlib.import_module(name).app
    uvloop.run(drive(app, int(requests), body.encode(), Path(tokens).read_bytes().split()))
