"""The scenarios of behaviour.json, played through the SDK of each language, and judged alike.

The service of all of them answers by script. Those with a step that is the service's own are played in front of a
booted service of each stack too, which then gives these answers; the others say in `by_script` why they are not.

only                  the languages that it is for, where the others can't do so
quotes                how many the caller has before; one where `{quote}` is in the scenario
answers               a step that is the service's own; any other never gets to the service
but                   what comes in place of the answer that it gave
with                  members that an answer has in any case
each_differs, same    fields of the requests to the service, from one request to the next
effects               how often something was changed. By script it is so at the worst: repetitions by key count once
one_answer            the service gave the same answer each time
pause                 seconds between the first two requests, at least
within                seconds, at most, where a call that does not keep its deadline would go on for half a minute
secrets               texts that are in no error and in no line of the log, which is at its most talkative
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote

import pytest

from sdkgen.client.python.runtime import signing
from tests.sdk.booted import SERVICES, BootedStage
from tests.sdk.scripted import SCENARIOS, VALUES, Played, play
from tests.support.node import COMMAND, beside
from tests.support.process import Service
from tests.support.sink import Received

DRIVERS = Path(__file__).with_name("drivers")
LANGUAGES = ("python", "python-async", "typescript")
REACHING = [one for one in SCENARIOS if any("answers" in step for step in one["service"])]
"""Those of which a step is the service's own: what comes of the others depends on no service."""

Play: TypeAlias = Callable[[str], dict[str, Played]]
"""What came of all scenarios in a language."""


@pytest.fixture(scope="session")
def drivers(quotes_sdk: Path, quotes_sdk_typescript: Path) -> Callable[..., dict[str, Played]]:
    """Plays all scenarios in a language."""
    python: list[str | Path] = [sys.executable, DRIVERS / "python_driver.py"]
    typescript = beside(quotes_sdk_typescript, DRIVERS / "typescript_driver.ts")
    commands: dict[str, list[str | Path]] = {
        "python": [*python, "sync"],
        "python-async": [*python, "async"],
        "typescript": [*COMMAND, typescript],
    }
    # Far from UTC, so that a moment that is read as local time is seen.
    environment = {**os.environ, "PYTHONPATH": str(quotes_sdk / "src"), "TZ": "Etc/GMT-9"}
    return lambda language, *told: play(commands[language], environment, *told)


@pytest.fixture(scope="session")
def by_script(drivers: Callable[..., dict[str, Played]]) -> Play:
    return cache(drivers)


@pytest.fixture(scope="session")
def by_service(drivers: Callable[..., dict[str, Played]], booted: Callable[[str], Service]) -> Callable[[str], Play]:
    """All languages at once, since most of the time is spent waiting."""

    def of(stack: str) -> Play:
        make = partial(BootedStage, booted(stack))
        with ThreadPoolExecutor() as pool:
            playing = {language: pool.submit(drivers, language, REACHING, make) for language in LANGUAGES}
        return lambda language: playing[language].result()

    return cache(of)


def cases(scenarios: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [
        (language, one["name"]) for language in LANGUAGES for one in scenarios if language in one.get("only", LANGUAGES)
    ]


@pytest.mark.parametrize(("language", "scenario"), cases(SCENARIOS))
def test_in_front_of_a_script(language: str, scenario: str, by_script: Play) -> None:
    judge(by_script(language)[scenario])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stack", "language", "scenario"), [(stack, *case) for stack in SERVICES for case in cases(REACHING)]
)
def test_in_front_of_a_service(stack: str, language: str, scenario: str, by_service: Callable[[str], Play]) -> None:
    judge(by_service(stack)(language)[scenario])


def test_what_no_service_has_a_part_in_says_why() -> None:
    alone = [one for one in SCENARIOS if one not in REACHING]
    assert all(one.get("by_script") for one in alone), "why does no step of it get to the service?"
    assert not any("by_script" in one for one in REACHING)


def judge(found: Played) -> None:
    stage, expected = found.stage, found.stage.scenario["expect"]
    last = found.outcomes[-1]
    assert not stage.surprises
    assert last["outcome"] == expected["outcome"], last
    for name in ("kind", "status", "type", "body", "parsed", "values"):
        if name in expected:
            assert last[name] == expected[name], name
    if "value" in expected:
        value = stage.answers[-1].json() if expected["value"] == "answered" else VALUES.get(expected["value"])
        assert _told(last["value"]) == _told(value)
    if "request_id" in expected:
        trace_id = stage.service.requests[-1]["traceparent"].split("-")[1]
        assert last["request_id"] == expected["request_id"].replace("{trace}", trace_id)
    assert set(expected.get("parents", ())) <= set(last.get("parents", ()))
    assert expected.get("message", "") in last.get("message", "")
    for secret in expected.get("secrets", ()):
        assert secret not in repr(found.outcomes)
        assert secret not in found.log + repr(found.spans)
    _requests(found, expected)
    _fields(found, expected)
    for request in stage.service.requests if "signed_by" in expected else ():
        assert _is_signed(request, stage.scenario["client"]["auth"])
    for span, wanted in zip(found.spans, expected.get("spans", found.spans), strict=True):
        assert {name: span.get(name) for name in wanted} == wanted


def _told(value: Any) -> str:
    """A value as JSON, in which a moment is the same with more zeros at the end of its second."""
    return re.sub(r"(:\d\d\.\d*?)0*Z", r"\1Z", json.dumps(value, indent=1, sort_keys=True))


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
        assert found.effects == expected["effects"]
    if "one_answer" in expected:
        assert len({(answer.status, answer.body) for answer in stage.answers}) == 1
    if "targets" in expected:
        cursor = quote(str(stage.answers[0].json().get("next_cursor")), safe="")
        targets = [one.replace("{cursor}", cursor) for one in expected["targets"]]
        assert [request.target for request in stage.service.requests] == targets
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
    issued = found.stage.issued[-1].json()["access_token"] if found.stage.issued else ""
    for sent, request in (
        *((expected.get("sent", {}), request) for request in requests),
        *((expected.get("sent_to_issuer", {}), request) for request in found.stage.issuer.requests),
    ):
        for name, value in sent.items():
            parts = {"method": request.method, "target": request.target, "body": request.body.decode()}
            assert parts.get(name, request[name]) == value.replace("{issued}", issued), name
