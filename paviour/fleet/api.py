"""Calls of GitHub's API as it wants to be called: waits where it says so, and tries again where that is safe."""

from __future__ import annotations

import http.client
import json
import random
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import urlsplit

from paviour import __version__
from paviour.errors import UserError

_TRIES = 5
_LONGEST = 900.0
"""Seconds that one call may wait for a rate limit; what takes longer is for a later run."""
_SECONDARY = 60.0
"""What GitHub asks to wait where it does not say how long."""
_BETWEEN_CHANGES = 1.0
"""Seconds between two calls that change something, so that the secondary limit is not met."""


class ApiError(UserError):
    """GitHub refused. The message has no credentials."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class LostError(UserError):
    """Nobody knows whether a call that changes something has done so."""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Message
    body: Any

    @property
    def wait(self) -> float | None:
        """Seconds after which to try again, where it is about how much is asked."""
        if self.status not in (403, 429):
            return None
        if (after := self.headers.get("Retry-After", "")).isdecimal():
            return float(after)
        if self.headers.get("X-RateLimit-Remaining") == "0":
            reset = self.headers.get("X-RateLimit-Reset", "")
            return max(float(reset) - time.time(), 0) + 1 if reset.isdecimal() else _SECONDARY
        if self.status == 429 or "rate limit" in self.message.lower():
            return _SECONDARY
        return None

    @property
    def message(self) -> str:
        return str(self.body.get("message", "")) if isinstance(self.body, dict) else ""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect could lead the token to another host."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Api:
    def __init__(self, base: str, token: str) -> None:
        self._base = base.rstrip("/")
        self._token = token
        self._opener = urllib.request.build_opener(_NoRedirects)
        self._changed = 0.0

    def get(self, path: str) -> Any:
        return self._repeated("GET", path).body

    def pages(self, path: str) -> Iterator[Any]:
        """The entries of all pages. A next page elsewhere is not followed."""
        url: str | None = path
        while url:
            answer = self._repeated("GET", url)
            yield from answer.body
            following = re.search(r'<([^>]+)>;\s*rel="next"', answer.headers.get("Link", ""))
            url = following[1].removeprefix(self._base) if following else None
            if url and not url.startswith("/"):
                raise UserError(f"{self._base} names a next page elsewhere: {urlsplit(url).netloc}")

    def change(self, method: str, path: str, body: Mapping[str, Any], *, repeatable: bool) -> Any:
        """Raises LostError where it is not `repeatable` and the answer was lost."""
        wait_until(self._changed + _BETWEEN_CHANGES)
        try:
            return self._repeated(method, path, body, repeatable=repeatable).body
        finally:
            self._changed = time.monotonic()

    def _repeated(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, repeatable: bool = True
    ) -> _Answer:
        waited, why = 0.0, ""
        for number in range(_TRIES):
            answer, why = self._once(method, path, body)
            if answer is not None and 200 <= answer.status < 300:
                return answer
            if answer is not None and answer.status < 500:
                wait = answer.wait
                if wait is None:
                    raise ApiError(f"{method} {path} gave {answer.status} {answer.message}".rstrip(), answer.status)
                waited += wait
                if waited > _LONGEST:
                    raise ApiError(f"GitHub's rate limit holds for {wait:.0f} s more; run it again then", answer.status)
                sleep(wait)
            elif not repeatable:
                raise LostError(f"{method} {path}: {why}")
            elif number < _TRIES - 1:
                sleep(2**number * random.uniform(0.5, 1))  # noqa: S311  # so that many do not come back at once
        raise UserError(f"{method} {path}: {why or 'GitHub asks to wait again and again'}; run it again later")

    def _once(self, method: str, path: str, body: Mapping[str, Any] | None) -> tuple[_Answer | None, str]:
        """The answer, or why there is none that can be read."""
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/json",
            "User-Agent": f"paviour/{__version__}",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._base + path, data, headers, method=method)  # noqa: S310  # checked by the schema
        try:
            with self._opener.open(request, timeout=30) as response:
                return _Answer(response.status, response.headers, json.loads(response.read() or b"null")), ""
        except urllib.error.HTTPError as error:
            with error:
                return _Answer(error.code, error.headers, _body(error)), f"{error.code}"
        except (OSError, http.client.HTTPException, ValueError) as error:
            return None, f"no answer: {getattr(error, 'reason', None) or type(error).__name__}"


def _body(error: urllib.error.HTTPError) -> Any:
    try:
        return json.loads(error.read())
    except (OSError, http.client.HTTPException, ValueError):
        return None


def wait_until(moment: float) -> None:
    if (rest := moment - time.monotonic()) > 0:
        sleep(rest)


def sleep(seconds: float) -> None:
    time.sleep(seconds)
