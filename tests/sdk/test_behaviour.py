"""The scenarios of behaviour.json, played through the SDK of each language, and judged alike.

only                  the languages that it is for, where the others can't do so
each_differs, same    fields of the requests to the service, from one request to the next
effects               how often something was changed at the worst: repetitions by the same key count once
pause                 seconds between the first two requests, at least
within                seconds, at most, where a call that does not keep its deadline would go on for half a minute
secrets               texts that are in no error and in no line of the log, which is at its most talkative
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sdkgen.client.python.runtime import signing
from tests.sdk.scripted import SCENARIOS, VALUES, Played, effects, play
from tests.support.node import COMMAND, beside
from tests.support.sink import Received

DRIVERS = Path(__file__).with_name("drivers")


@pytest.fixture(scope="session")
def played(quotes_sdk: Path, quotes_sdk_typescript: Path) -> Callable[[str], dict[str, Played]]:
    """What came of all scenarios in a language."""
    commands: dict[str, list[str | Path]] = {
        "python": [sys.executable, DRIVERS / "python_driver.py", "sync"],
        "python-async": [sys.executable, DRIVERS / "python_driver.py", "async"],
        "typescript": [*COMMAND, beside(quotes_sdk_typescript, DRIVERS / "typescript_driver.ts")],
    }
    environment = {**os.environ, "PYTHONPATH": str(quotes_sdk / "src")}
    return cache(lambda language: play(commands[language], environment))


LANGUAGES = ("python", "python-async", "typescript")


@pytest.mark.parametrize(
    ("language", "scenario"),
    [(language, one["name"]) for language in LANGUAGES for one in SCENARIOS if language in one.get("only", LANGUAGES)],
)
def test_behaviour(language: str, scenario: str, played: Callable[[str], dict[str, Played]]) -> None:
    found = played(language)[scenario]
    expected = found.stage.scenario["expect"]
    last = found.outcomes[-1]
    assert last["outcome"] == expected["outcome"], last
    for name in ("kind", "status", "type", "request_id", "body", "parsed", "values"):
        if name in expected:
            assert last[name] == expected[name], name
    if "value" in expected:
        assert last["value"] == (VALUES[expected["value"]] if expected["value"] else None)
    assert set(expected.get("parents", ())) <= set(last.get("parents", ()))
    assert expected.get("message", "") in last.get("message", "")
    for secret in expected.get("secrets", ()):
        assert secret not in repr(found.outcomes)
        assert secret not in found.log + repr(found.spans)
    _requests(found, expected)
    _fields(found, expected)
    for request in found.stage.service.requests if "signed_by" in expected else ():
        assert _is_signed(request, found.stage.scenario["client"]["auth"])
    for span, wanted in zip(found.spans, expected.get("spans", found.spans), strict=True):
        assert {name: span.get(name) for name in wanted} == wanted


def _is_signed(request: Received, auth: dict[str, str]) -> bool:
    """Is the signature the one that the published algorithm gives? tests/conformance holds it against the vectors."""
    path, _, query = request.target.partition("?")
    names = request["authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
    fields = [(name, request[name]) for name in names]
    assert {"host", "x-amz-date"} <= set(names)
    key = (auth["access_key_id"], auth["secret_access_key"], auth["region"], auth["service"])
    return request["authorization"] == signing.authorization(*key, request.method, path, query, fields, request.body)


def _requests(found: Played, expected: dict[str, Any]) -> None:
    stage = found.stage
    for name, sink in (("requests", stage.service), ("issuer", stage.issuer), ("elsewhere", stage.elsewhere)):
        if name in expected:
            assert len(sink.requests) == expected[name], name
    if "effects" in expected:
        assert effects(stage.service.requests) == expected["effects"]
    if "targets" in expected:
        assert [request.target for request in stage.service.requests] == expected["targets"]
    if "pause" in expected:
        first, second = (request.at for request in stage.service.requests[:2])
        assert second - first >= expected["pause"]
    if "within" in expected:
        assert found.seconds < expected["within"]


def _fields(found: Played, expected: dict[str, Any]) -> None:
    requests = found.stage.service.requests
    for name in expected.get("same", ()):
        assert len({request[name] for request in requests}) == 1, name
        assert requests[0][name], name
    for name in expected.get("each_differs", ()):
        assert len({request[name] for request in requests}) == len(requests), name
    for sent, request in (
        *((expected.get("sent", {}), request) for request in requests),
        *((expected.get("sent_to_issuer", {}), request) for request in found.stage.issuer.requests),
    ):
        for name, value in sent.items():
            parts = {"method": request.method, "target": request.target, "body": request.body.decode()}
            assert parts.get(name, request[name]) == value, name
