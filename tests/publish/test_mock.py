"""What the first call of an SDK is answered with."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from paviour.publish.mock import mocking
from sdkgen.reader import read
from tests.publish.estate import CONTRACT

PAGES = """\
  /quotes:
    get:
      operationId: listQuotes
      x-paved: {pagination: {cursor: cursor, items: items, next: next}}
      parameters:
        - {name: cursor, in: query, schema: {type: string}}
      responses:
        '200':
          description: A page.
          content:
            application/json:
              schema:
                type: object
                required: [items]
                properties: {items: {type: array, items: {type: string}}, next: {type: string}}
              example: {items: [q1], next: after-q1}
  /quotes/{id}/text:
    get:
      operationId: getText
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
      responses:
        '200':
          description: The text.
          content: {text/plain: {schema: {type: string}, example: A quote.}}
"""
POST = """\
  /quotes:
    post:
      operationId: createQuote
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: object, required: [term], properties: {term: {type: integer, example: 12}}}
      responses: {'204': {description: Done.}}
"""


def get(url: str) -> tuple[str, Any]:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310
        return answer.headers["Content-Type"], answer.read().decode()


def test_each_operation_is_answered_with_its_example_and_pages_end(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(CONTRACT.replace("paths:", "servers: [{url: 'https://api.example.com/v1'}]\npaths:") + PAGES)
    with mocking(read(path)) as mock:
        assert json.loads(get(f"{mock.url}/quotes/any%2Fid")[1]) == {"id": "q1", "price": 12.5}
        assert json.loads(get(f"{mock.url}/quotes?cursor=any")[1]) == {"items": ["q1"], "next": None}
        assert get(f"{mock.url}/quotes/any/text") == ("text/plain", "A quote.")
        with pytest.raises(urllib.error.HTTPError, match="404"):
            get(f"{mock.url}/nothing/like/it")
        assert mock.url.endswith("/v1")
    assert mock.called == ["getQuote", "listQuotes", "getText"]


def test_a_first_call_that_needs_a_body_is_given_one(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(CONTRACT + POST)
    with mocking(read(path)) as mock:
        assert json.loads(mock.body("from quotes_client.api.quotes import create_quote\n")) == {"term": 12}
        assert mock.body("from quotes_client.api.quotes import get_quote\n") == ""


def test_it_is_its_own_issuer(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(CONTRACT)
    with mocking(read(path)) as mock:
        issuer = json.loads(get(f"{mock.settings['ISSUER']}/.well-known/openid-configuration")[1])
        assert issuer == {"issuer": mock.settings["ISSUER"], "token_endpoint": mock.settings["TOKEN_URL"]}
        assert "access_token" in json.loads(get(mock.settings["TOKEN_URL"])[1])
    assert mock.called == []
