"""A program against the SDK is type-checked: the package itself, its example, and what the tests call it with."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

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


def checked(sdk: Path, *paths: Path) -> str:
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--config-file=", *map(str, paths)]
    environment = {**os.environ, "MYPYPATH": str(sdk / "src")}
    return subprocess.run(command, env=environment, cwd=sdk, capture_output=True, text=True, check=False).stdout


@pytest.mark.slow
def test_the_package_its_example_and_a_caller_are_typed(quotes_sdk: Path) -> None:
    assert "Success" in checked(quotes_sdk, quotes_sdk / "src", quotes_sdk / "examples", DRIVER)


def test_what_is_wrong_is_told(quotes_sdk: Path, tmp_path: Path) -> None:
    (tmp_path / "wrong.py").write_text(WRONG)
    found = checked(quotes_sdk, tmp_path / "wrong.py")
    assert 'expression has type "QuotePage", variable has type "Quote"' in found
    assert 'Missing named argument "body"' in found
    assert 'Revealed type is "quotes_client.models.quote.Quote"' in found
