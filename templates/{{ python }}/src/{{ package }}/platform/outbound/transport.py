"""What stands between a client and the network: the origin's circuit breaker, retries, one span for each attempt."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx2
from opentelemetry import metrics, propagate, trace
from opentelemetry.semconv.metrics.http_metrics import HTTP_CLIENT_REQUEST_DURATION
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.util.types import AttributeValue
from tenacity import AsyncRetrying, RetryCallState, wait_random_exponential

from ..limits import deadline
from ..telemetry.duration import BOUNDS
from .breaker import CircuitBreaker, RetryBudget
from .retries import is_transient, retry_after

_IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"})  # RFC 9110, section 9.2.2
_FAILURES = frozenset({500, 502, 503, 504})
_TRANSIENT = (httpx2.TimeoutException, httpx2.NetworkError, httpx2.RemoteProtocolError)


class ForeignOrigin(httpx2.TransportError):
    """The URL belongs to another origin than the client."""


class CircuitOpen(httpx2.TransportError):
    """The service failed again and again a moment ago, so it was not called."""


class ResponseTooLarge(httpx2.TransportError):
    """The body of the response is larger than `Limits.response_bytes`."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Times in seconds. `total` holds for a call with all its attempts and the body of its response."""

    connect: float = 2.0
    read: float = 5.0
    total: float = 8.0
    attempts: int = 3
    backoff: float = 0.1
    """The bound of the first wait, which is random below it; the next bounds double."""
    longest_wait: float = 2.0
    """A `Retry-After` beyond it is not waited for: the response that has it is returned."""
    response_bytes: int = 10_485_760
    """How large the body of a response may be, once it is decompressed."""


class ResilientTransport(httpx2.AsyncBaseTransport):
    """Calls one origin through `inner`. Responses are read whole, so that `Limits.total` covers their bodies."""

    def __init__(self, origin: httpx2.Origin, limits: Limits, inner: httpx2.AsyncBaseTransport) -> None:
        self._origin = origin
        self._limits = limits
        self._inner = inner
        self._breaker = CircuitBreaker()
        self._budget = RetryBudget()
        self._backoff = wait_random_exponential(multiplier=limits.backoff, max=limits.longest_wait)
        self._tracer = trace.get_tracer(__name__)
        self._duration = metrics.get_meter(__name__).create_histogram(
            HTTP_CLIENT_REQUEST_DURATION,
            unit="s",
            description="Duration of HTTP client requests.",
            explicit_bucket_boundaries_advisory=BOUNDS,
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answers with the last attempt's response, or raises what the last attempt raised."""
        if request.url.origin != self._origin:
            raise ForeignOrigin("The URL is of another origin than the client", request=request)
        ends = asyncio.get_running_loop().time() + self._limits.total
        handlers_end = deadline.get()
        if handlers_end is not None:
            ends = min(ends, handlers_end)
        self._budget.deposit()
        retrying = AsyncRetrying(sleep=asyncio.sleep, wait=self._wait, retry=self._retry_of(request, ends))
        try:
            async with asyncio.timeout_at(ends):
                response: httpx2.Response = await retrying(self._attempt, request, retrying, ends)
                return response
        except TimeoutError as error:
            raise httpx2.ReadTimeout("The call took too long", request=request) from error

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._inner.aclose()

    def _wait(self, state: RetryCallState) -> float:
        return max(self._backoff(state), _asked(state))

    def _retry_of(self, request: httpx2.Request, ends: float) -> Callable[[RetryCallState], bool]:
        repeatable = (
            request.method in _IDEMPOTENT
            or "idempotency-key" in request.headers
            or bool(request.extensions.get("idempotent"))
        ) and isinstance(request.stream, httpx2.ByteStream)

        def retry(state: RetryCallState) -> bool:
            if not repeatable or state.outcome is None or state.attempt_number >= self._limits.attempts:
                return False
            error = state.outcome.exception()
            if error is not None:
                if not isinstance(error, _TRANSIENT):
                    return False
            elif not is_transient(state.outcome.result()):
                return False
            asked = _asked(state)
            left = ends - asyncio.get_running_loop().time()
            return asked <= min(self._limits.longest_wait, left) and self._budget.withdraw()

        return retry

    async def _attempt(self, request: httpx2.Request, retrying: AsyncRetrying, ends: float) -> httpx2.Response:
        if not self._breaker.allow():
            raise CircuitOpen("The service is failing and was not called", request=request)
        if request.headers.get("prefer", "wait=").startswith("wait="):
            # RFC 7240, section 4.3: the one standard field that says how long the caller will wait.
            request.headers["Prefer"] = f"wait={math.ceil(ends - asyncio.get_running_loop().time())}"
        attributes = _attributes(request)
        template = request.extensions.get("template")
        name = request.method if template is None else f"{request.method} {template}"
        span = self._tracer.start_span(name, kind=SpanKind.CLIENT, attributes=attributes)
        del attributes["url.full"]
        if template is not None:
            span.set_attribute("url.template", template)
        resends = retrying.statistics["attempt_number"] - 1
        if resends:
            span.set_attribute("http.request.resend_count", resends)
        propagate.inject(request.headers, trace.set_span_in_context(span))
        started = time.perf_counter()
        try:
            response = await self._read(await self._inner.handle_async_request(request), request)
        except BaseException as error:
            attributes["error.type"] = type(error).__qualname__
            # A call that is cancelled, by a deadline, says something of the service only if it had time to answer.
            had_time = time.perf_counter() - started >= self._limits.connect
            if isinstance(error, _TRANSIENT) or had_time:
                self._breaker.failed()
            raise
        else:
            status = response.status_code
            attributes["http.response.status_code"] = status
            if status >= 400:
                attributes["error.type"] = str(status)
            if status in _FAILURES:
                self._breaker.failed()
            else:
                self._breaker.succeeded()
            return response
        finally:
            self._duration.record(time.perf_counter() - started, attributes)
            if "error.type" in attributes:
                span.set_status(Status(StatusCode.ERROR))
            span.set_attributes(attributes)
            span.end()

    async def _read(self, response: httpx2.Response, request: httpx2.Request) -> httpx2.Response:
        """The response with its body, which is read and decompressed piece by piece, up to the limit."""
        content = bytearray()
        try:
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > self._limits.response_bytes:
                    raise ResponseTooLarge("The response is too large", request=request)
        finally:
            await response.aclose()
        headers = response.headers
        for name in ("content-encoding", "transfer-encoding", "content-length"):
            headers.pop(name, None)
        return httpx2.Response(
            response.status_code, headers=headers, content=bytes(content), extensions=response.extensions
        )


def _attributes(request: httpx2.Request) -> dict[str, AttributeValue]:
    """Of the URL, neither the credentials nor the query's values, either of which may be secret."""
    url = request.url
    attributes: dict[str, AttributeValue] = {
        "http.request.method": request.method,
        "server.address": url.host,
        "url.full": str(url.copy_with(username=None, password=None, query=None, fragment=None)),
    }
    if url.origin.port is not None:
        attributes["server.port"] = url.origin.port
    return attributes


def _asked(state: RetryCallState) -> float:
    """Seconds the last response asks to wait, if there was one."""
    return 0.0 if state.outcome is None or state.outcome.failed else retry_after(state.outcome.result())
