"""The service and the issuer of each scenario in behaviour.json, by script, on real sockets; and another host.

A driver is a program in the language of an SDK. It reads the scenarios from its standard input, as JSON, makes the
calls, and prints what came of each; it judges nothing.
"""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from typing import Any

from tests.support.sink import Act, Received, Sink, drip, drip_head, hang_up, reset, silence, sinking

SCENARIOS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("behaviour.json").read_text("utf-8"))
_QUOTE = {
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
VALUES: dict[str, Any] = {
    "quote": _QUOTE,
    "future_quote": _QUOTE
    | {
        "state": "renegotiated",
        "discount": {"percent": 5, "why": [None, 2**53]},
        "access": {"type": "dark-fibre", "km": 7},
    },
    "create": {name: _QUOTE[name] for name in ("reference", "access", "term_months")},
    "cancellation": {"reason": "not needed"},
    "page_0": {"items": []},
    "page_1": {"items": [_QUOTE], "next_cursor": "next/one"},
    "page_2": {"items": [_QUOTE | {"id": "q2"}]},
}
PROBLEMS = "https://paviour.github.io/paviour/standards/problems#"


@dataclass(slots=True)
class Stage:
    """What a scenario is played on."""

    scenario: dict[str, Any]
    service: Sink
    issuer: Sink
    elsewhere: Sink

    def told(self) -> dict[str, Any]:
        """What the driver gets to know."""
        call = self.scenario["call"]
        return {
            "url": self.service.url,
            "client": self._addressed(self.scenario.get("client", {})),
            "call": {
                "arguments": {},
                "times": 1,
                "parallel": 1,
                "iterate": False,
                **call,
                "body": VALUES[call["body"]] if "body" in call else None,
            },
        }

    def _addressed(self, value: Any) -> Any:
        text = json.dumps(value).replace("{issuer}", self.issuer.url)
        return json.loads(text)


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a scenario."""

    stage: Stage
    outcomes: list[dict[str, Any]]
    seconds: float
    """How long the calls took, one after the other."""
    log: str
    """What the SDK logs at its most talkative."""
    spans: list[dict[str, Any]]
    """Name and attributes of each span for the service, in the order in which they ended."""


@contextmanager
def stages() -> Iterator[list[Stage]]:
    """One for each scenario."""
    with ExitStack() as stack:
        found = []
        elsewhere = stack.enter_context(sinking())
        for scenario in SCENARIOS:
            service = stack.enter_context(sinking())
            issuer = stack.enter_context(sinking()) if "issuer" in scenario else elsewhere
            stage = Stage(scenario, service, issuer, elsewhere)
            service.script = [_act(one, stage) for one in scenario["service"]]
            if "issuer" in scenario:
                issuer.script = [_act(one, stage) for one in scenario["issuer"]]
            found.append(stage)
        yield found


def play(driver: Sequence[str | Path], environment: dict[str, str]) -> dict[str, Played]:
    """Let a driver play all scenarios, and return what came of each by its name."""
    with stages() as found:
        told = json.dumps([stage.told() for stage in found])
        done = subprocess.run(
            list(map(str, driver)),
            input=told,
            capture_output=True,
            text=True,
            env=environment,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        played = json.loads(done.stdout)
        assert len(played) == len(found)
        return {stage.scenario["name"]: Played(stage, **one) for stage, one in zip(found, played, strict=True)}


def _act(found: str | dict[str, Any], stage: Stage) -> Act:
    simple: dict[str, Act] = {
        "reset": reset,
        "hang_up": hang_up,
        "silence": silence,
        "drip": drip(),
        "drip_head": drip_head(),
    }
    if isinstance(found, str) and found in simple:
        return simple[found]
    if found in ("discovery", "foreign_discovery"):
        issuer = stage.issuer.url if found == "discovery" else "https://issuer.example.com"
        return _reply(200, json.dumps({"issuer": issuer, "token_endpoint": f"{stage.issuer.url}/token"}), {})
    assert isinstance(found, dict), found
    return _answer(found, stage)


def _answer(found: dict[str, Any], stage: Stage) -> Act:
    headers = {
        name: text.replace("{elsewhere}", stage.elsewhere.url) for name, text in found.get("headers", {}).items()
    }
    body = found.get("body", "")
    if "json" in found:
        body = json.dumps(VALUES[found["json"]])
    elif "token" in found:
        body = json.dumps({"access_token": found["token"], "token_type": "Bearer", "expires_in": found["expires_in"]})
    elif "problem" in found:
        headers["Content-Type"] = "application/problem+json"
        body = json.dumps({"type": PROBLEMS + found["problem"], "title": "No", "status": found["status"]})
    elif "body_of" in found:
        body = json.dumps({"text": "x" * found["body_of"]})
    return _reply(found["status"], body, headers, found.get("retry_after_date"))


def _reply(status: int, body: str, headers: dict[str, str], date_in: float | None = None) -> Act:
    content = body.encode() if status != 304 else b""

    def act(connection: socket.socket) -> bool:
        fields = {"Content-Type": "application/json", "Content-Length": str(len(content)), **headers}
        if date_in is not None:
            fields["Retry-After"] = formatdate(time.time() + date_in, usegmt=True)
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        connection.sendall(f"HTTP/1.1 {status} As told\r\n{head}\r\n".encode() + content)
        return True

    return act


def effects(requests: Sequence[Received]) -> int:
    """How often something was changed, at the worst: each request that may have, but for repetitions by their key."""
    changing = [request for request in requests if request.method not in ("GET", "HEAD")]
    keys = [request["idempotency-key"] for request in changing]
    return len({key for key in keys if key}) + keys.count("")
