"""Without OpenTelemetry, and without a listener to its log, the SDK is silent and works."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.sdk.scripted import VALUES
from tests.support.sink import reply, sinking

PROGRAM = """\
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "opentelemetry":
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
import quotes_client
from quotes_client.api.quotes import get_quote

with quotes_client.Client(sys.argv[1], auth=quotes_client.Bearer("secret")) as client:
    print(get_quote.sync("q1", client=client).id)
assert "opentelemetry" not in sys.modules
assert "pydantic" not in sys.modules
assert "quotes_client.models.quote_page" not in sys.modules, "only the types that the operation needs are imported"
"""


def test_a_call_works_and_says_nothing(quotes_sdk: Path) -> None:
    with sinking(reply(200, json.dumps(VALUES["quote"]).encode(), content_type="application/json")) as sink:
        environment = {**os.environ, "PYTHONPATH": str(quotes_sdk / "src")}
        command = [sys.executable, "-c", PROGRAM, sink.url]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert (done.stdout, done.stderr) == ("q1\n", "")
    assert [request["traceparent"] for request in sink.requests] == [""]
