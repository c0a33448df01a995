"""A program against the SDK is type-checked: the package itself, its example, and what the tests call it with."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from paviour.sdk import Sdk, build

DRIVER = Path(__file__).with_name("drivers") / "python_driver.py"
WRONG = """\
from quotes_client import Client
from quotes_client.api.quotes import create_quote, list_quotes
from quotes_client.models import Quote

client = Client("https://quotes.example.com")
quote: Quote = list_quotes.sync(client=client)
create_quote.sync(client=client)
reveal_type(next(list_quotes.iterate(client=client)))
"""


POSTS_ALONE = """\
openapi: 3.1.0
info: {title: Posts, version: 1.0.0}
security: [{key: []}]
paths:
  /posts:
    post:
      operationId: createPost
      parameters: [{name: since, in: query, required: true, schema: {type: string, format: date-time}}]
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Post'}}}}
      responses: {'204': {description: Done.}}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}
  schemas:
    Post:
      type: object
      description: 'A "post"\\'
      properties: {post: {type: string}, t: {$ref: '#/components/schemas/T'}}
    T: {type: object, properties: {class: {type: string}, 'a"b{c}': {type: string}, None: {type: 'null'}}}
"""


def checked(sdk: Path, *paths: Path) -> str:
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--config-file=", *map(str, paths)]
    environment = {**os.environ, "MYPYPATH": str(sdk / "src")}
    return subprocess.run(command, env=environment, cwd=sdk, capture_output=True, text=True, check=False).stdout


@pytest.mark.slow
def test_the_package_its_example_and_a_caller_are_typed(quotes_sdk: Path) -> None:
    assert "Success" in checked(quotes_sdk, quotes_sdk / "src", quotes_sdk / "examples", DRIVER)


@pytest.mark.slow
def test_the_example_suits_the_contract(tmp_path: Path) -> None:
    (tmp_path / "posts.yaml").write_text(POSTS_ALONE)
    sdk = Sdk("python", tmp_path / "sdk", tmp_path / "posts.yaml")
    build([sdk])
    example = (sdk.folder / "examples/first_call.py").read_text()
    assert 'auth = ApiKey(os.environ["API_KEY"], "X-Key")' in example
    assert "body=Post.from_dict(json.load(sys.stdin))" in example
    assert example in (sdk.folder / "README.md").read_text()
    assert "Success" in checked(sdk.folder, sdk.folder / "src", sdk.folder / "examples")


def test_what_is_wrong_is_told(quotes_sdk: Path, tmp_path: Path) -> None:
    (tmp_path / "wrong.py").write_text(WRONG)
    found = checked(quotes_sdk, tmp_path / "wrong.py")
    assert 'expression has type "QuotePage", variable has type "Quote"' in found
    assert 'Missing named argument "body"' in found
    assert 'Revealed type is "quotes_client.models.quote.Quote"' in found
