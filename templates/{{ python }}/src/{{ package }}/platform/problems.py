"""Every failure the service answers with, as RFC 9457 problem details.

A handler raises one of these: `raise problems.NotFound("There is no such quote.")`. The caller reads `detail`, so it
holds nothing internal and nothing secret.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar, Literal, TypeAlias

from starlette.responses import Response

TYPE_BASE = "https://paviour.github.io/paviour/standards/problems#"
MEDIA_TYPE = "application/problem+json"

Where: TypeAlias = Literal["body", "query", "path", "header", "cookie"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One violation: what is wrong, in which part of the request, and the JSON Pointer of the place in that part."""

    detail: str
    where: Where
    pointer: str


class Problem(Exception):
    """A failure with a documented `type`; `headers` go out with it."""

    slug: ClassVar[str]
    status: ClassVar[int]
    title: ClassVar[str]

    def __init__(
        self, detail: str | None = None, *, errors: Sequence[Fault] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    def content(self, trace_id: str) -> bytes:
        """The problem details object (RFC 9457, section 3), with the W3C trace id of the request."""
        members: dict[str, object] = {"type": TYPE_BASE + self.slug, "title": self.title, "status": self.status}
        if self.detail is not None:
            members["detail"] = self.detail
        members["trace_id"] = trace_id
        if self.errors:
            members["errors"] = [{"detail": e.detail, "in": e.where, "pointer": e.pointer} for e in self.errors]
        return json.dumps(members, separators=(",", ":")).encode()

    def response(self, trace_id: str) -> Response:
        """The HTTP response that carries this problem."""
        headers = {"cache-control": "no-store", **self.headers}
        return Response(self.content(trace_id), self.status, headers, MEDIA_TYPE)


class MalformedRequest(Problem):
    slug, status, title = "malformed-request", 400, "The request is malformed"


class IdempotencyKeyMissing(Problem):
    slug, status, title = "idempotency-key-missing", 400, "The Idempotency-Key header is missing"


class TokenMissing(Problem):
    slug, status, title = "token-missing", 401, "An access token is needed"


class TokenInvalid(Problem):
    slug, status, title = "token-invalid", 401, "The access token is not valid"


class InsufficientScope(Problem):
    slug, status, title = "insufficient-scope", 403, "The access token lacks a scope"


class Forbidden(Problem):
    slug, status, title = "forbidden", 403, "The caller may not do this"


class NotFound(Problem):
    slug, status, title = "not-found", 404, "There is nothing here"


class MethodNotAllowed(Problem):
    slug, status, title = "method-not-allowed", 405, "The resource does not have this method"


class NotAcceptable(Problem):
    slug, status, title = "not-acceptable", 406, "No representation the caller accepts"


class RequestTimeout(Problem):
    slug, status, title = "request-timeout", 408, "The request took too long to arrive"


class Conflict(Problem):
    slug, status, title = "conflict", 409, "The request conflicts with the resource's state"


class IdempotencyInProgress(Problem):
    slug, status, title = "idempotency-in-progress", 409, "A request with this idempotency key is being processed"


class Gone(Problem):
    slug, status, title = "gone", 410, "The operation is no longer offered"


class PreconditionFailed(Problem):
    slug, status, title = "precondition-failed", 412, "A precondition of the request does not hold"


class ContentTooLarge(Problem):
    slug, status, title = "content-too-large", 413, "The request body is too large"


class UriTooLong(Problem):
    slug, status, title = "uri-too-long", 414, "The request target is too long"


class UnsupportedMediaType(Problem):
    slug, status, title = "unsupported-media-type", 415, "The request body's media type is not supported"


class ContractViolation(Problem):
    slug, status, title = "contract-violation", 422, "The request violates the contract"


class IdempotencyKeyReused(Problem):
    slug, status, title = "idempotency-key-reused", 422, "The idempotency key was used for another request"


class PreconditionRequired(Problem):
    slug, status, title = "precondition-required", 428, "The request needs a precondition"


class RateLimited(Problem):
    slug, status, title = "rate-limited", 429, "Too many requests"


class HeadersTooLarge(Problem):
    slug, status, title = "headers-too-large", 431, "The request headers are too large"


class InternalError(Problem):
    slug, status, title = "internal-error", 500, "The service failed"


class NotImplementedYet(Problem):
    """What the stub of an operation raises until the team writes it."""

    slug, status, title = "not-implemented", 501, "The operation is not implemented yet"

    def __init__(self, operation_id: str) -> None:
        super().__init__(f"The operation {operation_id} is not implemented yet.")


class Unavailable(Problem):
    slug, status, title = "unavailable", 503, "The service can't answer now"


class Overloaded(Problem):
    slug, status, title = "overloaded", 503, "The service is overloaded"


class DeadlineExceeded(Problem):
    slug, status, title = "deadline-exceeded", 503, "The operation took too long"


def for_status(status: int) -> Problem:
    """The problem for a status that a library chose: the general one of that status, else of its class."""
    general: dict[int, type[Problem]] = {
        404: NotFound,
        405: MethodNotAllowed,
        406: NotAcceptable,
        413: ContentTooLarge,
        415: UnsupportedMediaType,
        503: Unavailable,
    }
    if status in general:
        return general[status]()
    return InternalError() if status >= HTTPStatus.INTERNAL_SERVER_ERROR else MalformedRequest()
