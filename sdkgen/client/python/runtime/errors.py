"""What a call raises: an ApiError for an answer that is no success, a CallFailed where there is no answer.

None of them holds the request: no token, no secret and no payload of the caller's gets into a log by an error.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import httpx2

from . import recorder
from .operation import Operation

_REQUEST_IDS = ("x-request-id", "request-id", "x-amzn-requestid", "x-correlation-id")
_REDACTED = b"[redacted]"


class SdkError(Exception):
    """Anything that this package raises for a call."""


class CallFailed(SdkError):
    """There is no answer that could be used."""


class ConnectionFailed(CallFailed):
    """The service could not be reached, or the connection broke."""


class DeadlineExceeded(CallFailed):
    """The call took longer than it may."""


class CircuitOpen(CallFailed):
    """The service failed again and again a moment ago, so it was not called."""


class ForeignOrigin(CallFailed):
    """The URL leads to another host than the client's, which must not see its credentials."""


class AuthenticationFailed(CallFailed):
    """There is no token to be had."""


class ResponseTooLarge(CallFailed):
    """The response is larger than the client allows."""


class InvalidResponse(CallFailed):
    """The answer says that it is a success, but is not what the contract says."""

    def __init__(self, status: int, body: bytes, operation: str, cause: str) -> None:
        super().__init__(f"{operation}: the answer {status} is not what the contract says: {cause}")
        self.status = status
        self.body = body


class ApiError(SdkError):
    """The service answered, and not with success."""

    statuses: ClassVar[tuple[int, ...]] = ()

    def __init__(
        self,
        status: int,
        body: bytes,
        headers: Mapping[str, str],
        operation: str,
        problem: Mapping[str, Any] | None = None,
        parsed: object = None,
    ) -> None:
        self.status = status
        self.body = body
        """The bytes of the body, with the token blacked out should the service have sent it back."""
        self.headers = headers
        self.operation = operation
        self.problem = problem
        """The body as a problem (RFC 9457), where it is one."""
        self.parsed = parsed
        """The body in the type that the contract gives it for this status; None where it does not fit."""
        title = f": {self.title}" if self.title else ""
        marked = f" (request {self.request_id})" if self.request_id else ""
        super().__init__(f"{operation} was answered with {status}{title}{marked}")

    @property
    def type(self) -> str | None:
        """The problem type: what to decide by."""
        return self._member("type")

    @property
    def title(self) -> str | None:
        """The kind of problem in words."""
        return self._member("title")

    @property
    def detail(self) -> str | None:
        """This occurrence in words."""
        return self._member("detail")

    @property
    def request_id(self) -> str | None:
        """What to tell those who run the service."""
        found = next((self.headers[name] for name in _REQUEST_IDS if name in self.headers), None)
        return found or self._member("trace_id") or self._member("instance")

    def _member(self, name: str) -> str | None:
        value = (self.problem or {}).get(name)
        return value if isinstance(value, str) else None


class Redirected(ApiError):
    """3xx, which is not followed: the credentials are for this service alone."""


class ClientError(ApiError):
    """4xx: the request is not acceptable as it is."""


class ServerError(ApiError):
    """5xx: the service could not do it."""


class BadRequest(ClientError):
    statuses = (400,)


class Unauthorized(ClientError):
    statuses = (401,)


class Forbidden(ClientError):
    statuses = (403,)


class NotFound(ClientError):
    statuses = (404, 410)


class Conflict(ClientError):
    statuses = (409,)


class PreconditionFailed(ClientError):
    statuses = (412, 428)


class UnprocessableContent(ClientError):
    statuses = (422,)


class TooManyRequests(ClientError):
    statuses = (429,)


class ServiceUnavailable(ServerError):
    statuses = (502, 503, 504)


_TREE: tuple[type[ApiError], ...] = (
    BadRequest,
    Unauthorized,
    Forbidden,
    NotFound,
    Conflict,
    PreconditionFailed,
    UnprocessableContent,
    TooManyRequests,
    ServiceUnavailable,
)
PROBLEMS: dict[str, type[ApiError]] = {}
"""Classes for problem types. The SDK adds those that its contract documents."""


def unexpected(
    response: httpx2.Response, operation: Operation, parse: Callable[[httpx2.Response], object] | None = None
) -> ApiError:
    """The error for an answer that is no success."""
    body = without_secrets(response)
    problem = _problem(response, body)
    if recorder.current is not None:
        recorder.current.failed(operation, problem)
    parsed = None
    if parse is not None and problem is not None:
        try:
            parsed = parse(httpx2.Response(response.status_code, headers=response.headers, content=body))
        except (ValueError, TypeError, KeyError, AttributeError):
            parsed = None  # the contract says otherwise, and yet the body is there as it came
    kind = PROBLEMS.get(str((problem or {}).get("type"))) or _by_status(response.status_code)
    return kind(response.status_code, body, response.headers, operation.name, problem, parsed)


def _by_status(status: int) -> type[ApiError]:
    exact = next((kind for kind in _TREE if status in kind.statuses), None)
    if exact is not None:
        return exact
    return {3: Redirected, 4: ClientError, 5: ServerError}.get(status // 100, ApiError)


def _problem(response: httpx2.Response, body: bytes) -> Mapping[str, Any] | None:
    if "json" not in response.headers.get("content-type", ""):
        return None
    try:
        found = json.loads(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def without_secrets(response: httpx2.Response) -> bytes:
    """The body, should it hold what the request was authorized with, without that."""
    content: bytes = response.content
    sent = response.request.headers.get("authorization", "").rpartition(" ")[2].encode()
    return content.replace(sent, _REDACTED) if len(sent) >= 8 else content
