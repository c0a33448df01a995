"""What stands between the client and the network: each attempt signed, traced and bounded in time.

Credentials are added here and not above, so that each attempt is signed anew and an answer of 401 renews the token.
"""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncGenerator, Generator
from typing import Any

import anyio
import httpx2

from . import deadline, telemetry
from .call import Call, Shared
from .errors import DeadlineExceeded, ForeignOrigin, ResponseTooLarge

logger = logging.getLogger(__package__.rpartition(".")[0] or __name__)
logger.addHandler(logging.NullHandler())

ISSUER = "issuer"
"""The extension that marks a request for the authorization server, which the service's credentials stay out of."""


class _Transport:
    """What sync and async have in common."""

    def __init__(self, shared: Shared, auth: httpx2.Auth | None) -> None:
        self.shared = shared
        self.auth = auth

    def _auth(self, call: Call) -> httpx2.Auth:
        return httpx2.Auth() if self.auth is None or call.operation.is_public else self.auth

    def _prepare(self, request: httpx2.Request, call: Call) -> int:
        """Bound an exchange in time, and say how often its request was sent already."""
        request.extensions["timeout"] = call.timeouts()
        if ISSUER in request.extensions:
            return 0
        if request is not call.request and request.url.origin != self.shared.origin:
            raise ForeignOrigin(f"{call.operation.name}: the URL leads to another host than the client's")
        call.sent += 1
        return call.sent - 1

    def _template(self, request: httpx2.Request, call: Call) -> str:
        return request.url.path if ISSUER in request.extensions else call.operation.path

    def _note(self, request: httpx2.Request, call: Call, started: float, outcome: Any) -> None:
        if logger.isEnabledFor(logging.DEBUG):
            took = (time.perf_counter() - started) * 1000
            logger.debug(
                "%s %s -> %s in %.0f ms, attempt %d",
                request.method,
                self._template(request, call),
                outcome,
                took,
                call.attempts,
            )

    def _keep(self, content: bytearray, chunk: bytes, call: Call) -> None:
        content += chunk
        if len(content) > self.shared.options.response_bytes:
            raise ResponseTooLarge(f"{call.operation.name}: the response is larger than the client allows")


class Transport(_Transport, httpx2.BaseTransport):
    """For blocking calls."""

    def __init__(self, shared: Shared, auth: httpx2.Auth | None, inner: httpx2.BaseTransport) -> None:
        super().__init__(shared, auth)
        self.inner = inner

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answers with the last attempt's response. Raises what is in `errors`."""
        call = Call(self.shared, request)
        token = deadline.ends.set(call.ends)
        try:
            while True:
                call.begin()
                outcome: httpx2.Response | Exception
                try:
                    outcome = self._attempt(request, call)
                except (httpx2.HTTPError, DeadlineExceeded) as error:
                    outcome = error
                wait = call.after(outcome)
                if wait is None and isinstance(outcome, httpx2.Response):
                    return outcome
                time.sleep(wait or 0.0)
        finally:
            deadline.ends.reset(token)

    def _attempt(self, request: httpx2.Request, call: Call) -> httpx2.Response:
        flow: Generator[httpx2.Request, httpx2.Response, None] = self._auth(call).sync_auth_flow(request)
        try:
            following = next(flow)
            while True:
                response = self._exchange(following, call)
                try:
                    following = flow.send(response)
                except StopIteration:
                    return response
        finally:
            flow.close()

    def _exchange(self, request: httpx2.Request, call: Call) -> httpx2.Response:
        resends = self._prepare(request, call)
        started = time.perf_counter()
        outcome: Any = "failure"
        try:
            with telemetry.attempt(request, self._template(request, call), resends) as attempt:
                response = self.inner.handle_request(request)
                attempt.answered(response.status_code)
                content = bytearray()
                try:
                    for chunk in response.iter_bytes():
                        self._keep(content, chunk, call)
                        if call.left() <= 0:
                            raise call.late()
                finally:
                    response.close()
                outcome = response.status_code
                return _whole(response, content, request)
        finally:
            self._note(request, call, started, outcome)

    def close(self) -> None:
        """Closes the connections."""
        self.inner.close()


class AsyncTransport(_Transport, httpx2.AsyncBaseTransport):
    """For async calls."""

    def __init__(self, shared: Shared, auth: httpx2.Auth | None, inner: httpx2.AsyncBaseTransport) -> None:
        super().__init__(shared, auth)
        self.inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answers with the last attempt's response. Raises what is in `errors`."""
        call = Call(self.shared, request)
        while True:
            call.begin()
            outcome: httpx2.Response | Exception = call.late()
            try:
                with anyio.move_on_after(call.left()):
                    outcome = await self._attempt(request, call)
            except (httpx2.HTTPError, DeadlineExceeded) as error:
                outcome = error
            wait = call.after(outcome)
            if wait is None and isinstance(outcome, httpx2.Response):
                return outcome
            await anyio.sleep(wait or 0.0)

    async def _attempt(self, request: httpx2.Request, call: Call) -> httpx2.Response:
        flow: AsyncGenerator[httpx2.Request, httpx2.Response] = self._auth(call).async_auth_flow(request)
        try:
            following = await anext(flow)
            while True:
                response = await self._exchange(following, call)
                try:
                    following = await flow.asend(response)
                except StopAsyncIteration:
                    return response
        finally:
            await flow.aclose()

    async def _exchange(self, request: httpx2.Request, call: Call) -> httpx2.Response:
        resends = self._prepare(request, call)
        started = time.perf_counter()
        outcome: Any = "failure"
        try:
            with telemetry.attempt(request, self._template(request, call), resends) as attempt:
                response = await self.inner.handle_async_request(request)
                attempt.answered(response.status_code)
                content = bytearray()
                try:
                    async for chunk in response.aiter_bytes():
                        self._keep(content, chunk, call)
                finally:
                    await response.aclose()
                outcome = response.status_code
                return _whole(response, content, request)
        finally:
            self._note(request, call, started, outcome)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self.inner.aclose()


def _whole(response: httpx2.Response, content: bytearray, request: httpx2.Request) -> httpx2.Response:
    """The response with its body, decompressed."""
    headers = response.headers
    for name in ("content-encoding", "transfer-encoding", "content-length"):
        headers.pop(name, None)
    return httpx2.Response(
        response.status_code, headers=headers, content=bytes(content), extensions=response.extensions, request=request
    )
