"""The scenarios of behaviour.json in front of a booted service.

What stands between it and the SDK hands on what a scenario calls the service's own, and does all the rest itself.
"""

from __future__ import annotations

import json
import threading
from contextlib import closing
from dataclasses import replace
from http.client import HTTPConnection, HTTPException
from itertools import count
from typing import Any
from urllib.parse import quote_plus
from uuid import uuid4

import httpx2

from tests.sdk.scripted import SCOPES, VALUES, Answer, Stage
from tests.support.process import Service
from tests.support.sink import Received, Sink

SERVICES = {"python": "starter", "typescript": "starter_typescript"}
"""The fixture that renders each stack's."""
_SECONDS = 60.0
_OF_THE_CONNECTION = ("connection", "content-length", "keep-alive", "transfer-encoding")
_CALLERS = count()


class BootedStage(Stage):
    """A caller of its own, whose quotes are nobody else's."""

    patience = 4.0

    def __init__(self, booted: Service, scenario: dict[str, Any], service: Sink, issuer: Sink, elsewhere: Sink) -> None:
        self._booted = booted
        named = scenario.get("client", {}).get("auth", {}).get("client_id", "{caller}")
        self._caller = named.replace("{caller}", f"caller-{next(_CALLERS)}")
        self._token = booted.token(*SCOPES, client=quote_plus(self._caller))
        self._one_at_a_time = threading.Lock()
        super().__init__(scenario, service, issuer, elsewhere)

    def _prepared(self) -> dict[str, str]:
        names = {"caller": self._caller, "token": self._token}
        wanted: int = self.scenario.get("quotes", int("{quote}" in json.dumps(self.scenario)))
        self._before = wanted
        for _ in range(wanted):
            made = self._call("POST", "/quotes", {"Idempotency-Key": str(uuid4())}, json=VALUES["create"])
            names["quote"] = made.json()["id"]
        return names

    def effects(self) -> int:
        """How often something was changed, by what the service has now: each version of a quote is one change."""
        with self._one_at_a_time:  # what is being done still counts
            quotes = self._call("GET", "/quotes?limit=100").json()["items"]
            versions = [self._version(quote["id"]) for quote in quotes]
        return sum(versions) - self._before

    def _version(self, quote_id: str) -> int:
        return int(self._call("GET", f"/quotes/{quote_id}").headers["etag"].strip('"'))

    def _call(self, method: str, path: str, headers: dict[str, str] | None = None, **options: Any) -> httpx2.Response:
        authorized = {"Authorization": f"Bearer {self._token}", **(headers or {})}
        return self._booted.client.request(method, path, headers=authorized, **options).raise_for_status()

    def _answer(self, step: dict[str, Any], request: Received) -> Answer:
        answer = self._ask(request)
        if answer.status != step["answers"]:
            self.surprises.append(f"{answer.status} and not {step['answers']}: {answer.body!r}")
        if "with" not in step:
            return answer
        return replace(answer, body=json.dumps({**answer.json(), **step["with"]}).encode())

    def _ask(self, request: Received) -> Answer:
        """Hand a request on: one at a time, so that a repetition finds the first one done, however slow that is."""
        url = self._booted.client.base_url
        with self._one_at_a_time, closing(HTTPConnection(url.host, url.port, timeout=_SECONDS)) as connection:
            try:
                connection.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
                for name, value in request.fields:
                    if name.lower() not in ("connection", "keep-alive"):
                        connection.putheader(name, value)
                connection.endheaders(request.body)
                answer = connection.getresponse()
                body = answer.read()
            except (OSError, HTTPException) as error:
                self.surprises.append(f"no answer: {error!r}")
                raise
        fields = tuple((name, value) for name, value in answer.getheaders() if name.lower() not in _OF_THE_CONNECTION)
        return Answer(answer.status, fields, body)
