"""The service and the issuer of each scenario in behaviour.json, by script, on real sockets; and another host.

A driver is a program in the language of an SDK. It reads the scenarios from its standard input, as JSON, makes the
calls, and prints what came of each; it judges nothing.
"""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

from tests.support.sink import Act, Received, Sink, cut, drip, drip_head, hang_up, reset, silence, sinking

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
SCOPES = ("quotes:read", "quotes:write")
PROBLEMS = "https://paviour.github.io/paviour/standards/problems#"


_SECONDS = 60.0
"""For a call of which a scenario does not say how long it may take."""
_FAULTS: dict[str, Act] = {
    "reset": reset,
    "hang_up": hang_up,
    "silence": silence,
    "cut": cut,
    "drip": drip(),
    "drip_head": drip_head(),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to a request."""

    status: int
    fields: tuple[tuple[str, str], ...]
    body: bytes

    def json(self) -> Any:
        """The value of the body; None where there is none."""
        return json.loads(self.body) if self.body else None

    def send(self, connection: socket.socket) -> bool:
        """Send it, and keep the connection."""
        lines = [f"HTTP/1.1 {self.status} As told", *(f"{name}: {value}" for name, value in self.fields)]
        lines += [f"Content-Length: {len(self.body)}", "", ""]
        connection.sendall("\r\n".join(lines).encode("latin-1") + self.body)
        return True


class Stage:
    """What a scenario is played on. Here the service and the issuer answer by script."""

    patience: ClassVar[float] = 1.0
    """How many times longer than a scenario says the SDK waits, because there is work behind an answer."""

    def __init__(self, scenario: dict[str, Any], service: Sink, issuer: Sink, elsewhere: Sink) -> None:
        self.service, self.issuer, self.elsewhere = service, issuer, elsewhere
        self.answers: list[Answer] = []
        """The service's own, those that got lost on their way too."""
        self.issued: list[Answer] = []
        """The issuer's own."""
        self.surprises: list[str] = []
        """Where the service or the issuer did something else than the scenario says."""
        self.scenario = scenario
        self._names = {"issuer": f"{issuer.url}/dev/issuer", "elsewhere": elsewhere.url, **self._prepared()}
        text = json.dumps(scenario)
        for name, value in self._names.items():
            text = text.replace(f"{{{name}}}", value)
        self.scenario = json.loads(text)
        service.script = [self._act(step, self.answers) for step in self.scenario["service"]]
        if "issuer" in scenario:
            issuer.script = [self._act(step, self.issued) for step in self.scenario["issuer"]]

    def _prepared(self) -> dict[str, str]:
        """The caller, its token and its quote, as they are before the first call."""
        return {"caller": "me", "token": "token-of-the-caller", "quote": "q1"}

    def told(self) -> dict[str, Any]:
        """What the driver gets to know."""
        asked = self.scenario.get("client", {})
        client = {"auth": {"kind": "bearer", "token": self._names["token"]}, "total": _SECONDS, **asked}
        client |= {name: asked[name] * self.patience for name in ("read", "total") if name in asked}
        call = self.scenario["call"]
        return {
            "url": self.service.url,
            "client": client,
            "call": {
                "arguments": {},
                "times": 1,
                "parallel": 1,
                "iterate": False,
                **call,
                "body": VALUES[call["body"]] if "body" in call else None,
            },
        }

    def effects(self) -> int:
        """How often something was changed, at the worst: each request that may have, but for repetitions by key."""
        changing = [request for request in self.service.requests if request.method not in ("GET", "HEAD")]
        keys = [request["idempotency-key"] for request in changing]
        return len({key for key in keys if key}) + keys.count("")

    def _act(self, step: str | dict[str, Any], own: list[Answer]) -> Act:
        if isinstance(step, str):
            return _FAULTS[step]
        if "answers" not in step:
            return lambda connection, request: scripted(step, request).send(connection)
        instead = self._act(step["but"], own) if "but" in step else None

        def act(connection: socket.socket, request: Received) -> bool:
            answer = self._answer(step, request)
            own.append(answer)
            return instead(connection, request) if instead else answer.send(connection)

        return act

    def _answer(self, step: dict[str, Any], request: Received) -> Answer:
        """What the service or the issuer itself answers."""
        return scripted(step, request)


def scripted(step: dict[str, Any], request: Received) -> Answer:
    """The answer that a step describes."""
    status = step["answers"] if "answers" in step else step["status"]
    fields = {"Content-Type": "application/json", **step.get("headers", {})}
    body = step.get("body", "")
    if "problem" in step:
        fields["Content-Type"] = "application/problem+json"
        trace_id = request["traceparent"].partition("-")[2][:32]
        body = json.dumps({"type": PROBLEMS + step["problem"], "title": "No", "status": status, "trace_id": trace_id})
    elif "body_of" in step:
        body = json.dumps({"text": "x" * step["body_of"]})
    elif not body and status != 304:
        token = {"access_token": step["token"], "token_type": "Bearer", "expires_in": 300} if "token" in step else {}
        body = json.dumps({**VALUES.get(step.get("json", ""), {}), **token, **step.get("with", {})})
    if "retry_after_date" in step:
        moment = time.time() + step["retry_after_date"]
        is_old = "without_zone" in step
        fields["Retry-After"] = time.asctime(time.gmtime(moment)) if is_old else formatdate(moment, usegmt=True)
    return Answer(status, tuple(fields.items()), body.encode())


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a scenario."""

    stage: Stage
    effects: int
    outcomes: list[dict[str, Any]]
    seconds: float
    """How long the calls took, one after the other."""
    log: str
    """What the SDK logs at its most talkative."""
    spans: list[dict[str, Any]]
    """Name and attributes of each span for the service, in the order in which they ended."""


MakeStage: TypeAlias = Callable[[dict[str, Any], Sink, Sink, Sink], Stage]


@contextmanager
def stages(scenarios: Sequence[dict[str, Any]], make: MakeStage) -> Iterator[list[Stage]]:
    """One for each scenario."""
    with ExitStack() as stack:
        found = []
        elsewhere = stack.enter_context(sinking())
        # Those in which time has to run out begin at once, so that the others are played meanwhile.
        for scenario in sorted(scenarios, key=lambda one: {"read", "total"}.isdisjoint(one.get("client", {}))):
            service = stack.enter_context(sinking())
            issuer = stack.enter_context(sinking()) if "issuer" in scenario else elsewhere
            found.append(make(scenario, service, issuer, elsewhere))
        yield found


def play(
    driver: Sequence[str | Path],
    environment: dict[str, str],
    scenarios: Sequence[dict[str, Any]] = SCENARIOS,
    make: MakeStage = Stage,
) -> dict[str, Played]:
    """Let a driver play scenarios, and return what came of each by its name."""
    with stages(scenarios, make) as found:
        told = json.dumps([stage.told() for stage in found])
        done = subprocess.run(
            list(map(str, driver)),
            input=told,
            capture_output=True,
            text=True,
            env=environment,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        played = json.loads(done.stdout)
        return {
            stage.scenario["name"]: Played(stage, stage.effects(), **one)
            for stage, one in zip(found, played, strict=True)
        }
