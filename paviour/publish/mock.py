"""A server on loopback that answers every operation of a contract with its example: what a package is tried out on.

It is its own issuer, and gives everybody a token that opens nothing.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sdkgen.client.policy import policies, represented
from sdkgen.examples import examples, sample
from sdkgen.load import Node
from sdkgen.model import Contract

_ISSUER = "/.trial"


class Mock:
    """Where it listens, and which operations were called there."""

    def __init__(self, contract: Contract) -> None:
        self.origin = ""
        self.called: list[str] = []
        self._contract = contract
        self._base_path = contract.base_path
        self._bodies: dict[str, Node] = {}
        """The schemas of JSON bodies, by the names of operations in code."""
        self._examples = examples(contract)
        for operation, policy in zip(contract.operations, policies(contract), strict=True):
            body = (self._examples[operation.id] or {}).get("body")
            if policy.pagination and isinstance(body, dict) and policy.pagination.next in body:
                body[policy.pagination.next] = None  # the first page is the last
            media = represented(operation.body.content) if operation.body else None
            if media and media.schema:
                self._bodies[policy.name] = media.schema
        # A path that is all literal comes before one with a template that fits it too (OpenAPI, Paths Object).
        ordered = sorted(contract.operations, key=lambda operation: operation.path.count("{"))
        self._routes = [
            (operation.method, re.compile(_pattern(contract.base_path + operation.path)), operation.id)
            for operation in ordered
        ]

    @property
    def settings(self) -> dict[str, str]:
        """The environment variables that an SDK's first call reads."""
        issuer = f"{self.origin}{_ISSUER}"
        keys = ("CLIENT_ID", "CLIENT_SECRET", "TOKEN", "API_TOKEN", "API_KEY")
        return dict.fromkeys(keys, "trial") | {
            "BASE_URL": self.url,
            "API_URL": self.url,
            "ISSUER": issuer,
            "TOKEN_URL": f"{issuer}/token",
        }

    @property
    def url(self) -> str:
        return self.origin + self._base_path

    def body(self, example: str) -> str:
        """What a first call reads from its input: the body of the operation that it calls, if it has one."""
        for name, body in self._bodies.items():
            if f"import {name}\n" in example:
                return json.dumps(sample(self._contract, body))
        return ""

    def answer(self, method: str, path: str) -> tuple[int, dict[str, str], bytes]:
        """Status, fields and content."""
        if path == f"{_ISSUER}/token":
            return _json({"access_token": "trial", "token_type": "Bearer", "expires_in": 3600})
        if path == f"{_ISSUER}/.well-known/openid-configuration":
            issuer = f"{self.origin}{_ISSUER}"
            return _json({"issuer": issuer, "token_endpoint": f"{issuer}/token"})
        for known, pattern, id in self._routes:
            if known == method and pattern.fullmatch(path):
                self.called.append(id)
                return _reply(self._examples[id])
        return 404, {}, b""


def _pattern(path: str) -> str:
    return "[^/]+".join(map(re.escape, re.split(r"\{[^{}]*\}", path)))


def _json(value: Any) -> tuple[int, dict[str, str], bytes]:
    return 200, {"Content-Type": "application/json"}, json.dumps(value).encode()


def _reply(example: dict[str, Any] | None) -> tuple[int, dict[str, str], bytes]:
    if example is None:
        return 204, {}, b""
    media_type, body = example["media_type"], example["body"]
    if media_type is None:
        return example["status"], example["headers"], b""
    as_text = isinstance(body, str) and "json" not in media_type
    content = body if as_text else json.dumps(body)
    return example["status"], {"Content-Type": media_type, **example["headers"]}, content.encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    mock: Mock

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, fields, content = self.mock.answer(self.command, self.path.partition("?")[0])
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name, value)
        if status >= 200 and status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD" and status != 204:
            self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_DELETE = do_OPTIONS = do_HEAD = do_PATCH = _answer

    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""


@contextmanager
def mocking(contract: Contract) -> Iterator[Mock]:
    """Listen for as long as the block lasts."""
    mock = Mock(contract)
    handler = type("Handler", (_Handler,), {"mock": mock})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        mock.origin = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield mock
        finally:
            server.shutdown()
            thread.join()
