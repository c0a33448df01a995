"""What happens to each request of the contract, in order."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, TypeAlias

import httpx2
from pydantic import ValidationError
from starlette.types import Receive, Scope, Send

from . import audit, idempotency, media_types, strict_json
from .auth import Authenticator, Principal, authorize
from .context import Context
from .limits import (
    ClientDisconnected,
    ConcurrencyLimit,
    RateLimit,
    before_deadline,
    check_content_length,
    read_body,
)
from .mock import Examples
from .operation import Operation
from .outbound import AddressRefused, Outbound
from .parameters import ParameterDecoder
from .problems import (
    ContractViolation,
    Fault,
    Forbidden,
    Gone,
    IdempotencyKeyMissing,
    InternalError,
    MalformedRequest,
    NotAcceptable,
    NotImplementedYet,
    PreconditionRequired,
    Problem,
    RateLimited,
    Unavailable,
    UnsupportedMediaType,
)
from .responses import Headers, Reply, ResponseWriter
from .settings import PlatformSettings
from .store import Database
from .telemetry import RequestRecord
from .validation import Schemas

_LOGGER = logging.getLogger(__name__)
_NO_IF_MATCH = Fault("is required", "header", "/if-match")
Handler: TypeAlias = Callable[[Any, Any], Awaitable[Any]]


class Endpoint:
    """An operation and its handler, with all that is known of it before a request comes."""

    def __init__(self, operation: Operation, handler: Handler, settings: PlatformSettings) -> None:
        self.operation = operation
        self.handler = handler
        self.alternatives = tuple(frozenset(scopes) for scopes in operation.scopes)
        self.parameters = ParameterDecoder(operation)
        self.writers = {response: ResponseWriter(response) for response in operation.responses}
        self.produces = _produces(operation)
        self.timeout = operation.timeout or settings.handler_timeout_seconds
        self.rate = RateLimit(*operation.rate, policy=operation.id) if operation.rate else None
        self.read_only = operation.method in ("GET", "HEAD")
        self.sunset = _moment(operation.sunset) if operation.sunset else None
        self.headers = _deprecation(operation, self.sunset)


@dataclass(slots=True)
class Exchange:
    """One request on its way through the pipeline, and the headers its answer has whatever the answer is."""

    endpoint: Endpoint
    path_values: dict[str, str]
    scope: Scope
    receive: Receive
    fields: dict[bytes, bytes]
    record: RequestRecord
    headers: Headers = field(default_factory=list)
    principal: Principal | None = None
    body: bytes = b""


class Dispatcher:
    """Takes a request that was routed to an operation through all that is asked of it."""

    def __init__(
        self,
        settings: PlatformSettings,
        authenticator: Authenticator,
        schemas: Schemas,
        examples: Examples,
        database: Database,
        outbound: Outbound,
    ) -> None:
        self._settings = settings
        self._authenticator = authenticator
        self._schemas = schemas
        self._examples = examples
        self._database = database
        self._outbound = outbound
        self._concurrency = ConcurrencyLimit(settings.max_concurrency)
        self._rate = RateLimit(settings.rate_limit_requests, settings.rate_limit_window_seconds)

    async def __call__(
        self, endpoint: Endpoint, path_values: dict[str, str], scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Answer the request, whatever happens on the way."""
        record: RequestRecord = scope["state"]["record"]
        record.route, record.operation = endpoint.operation.path, endpoint.operation.id
        exchange = Exchange(endpoint, path_values, scope, receive, _fields(scope), record, [*endpoint.headers])
        try:
            with self._concurrency():
                reply = await self._serve(exchange)
        except ClientDisconnected:
            record.error_type = ClientDisconnected.__name__
            return
        except Problem as problem:
            if isinstance(problem, Forbidden):
                _audit("authorize", "denied", exchange, problem.slug)
            reply = _failure(problem, record)
        except (AddressRefused, httpx2.InvalidURL):
            reply = _failure(ContractViolation("A URL of the request can't be called: it is not public."), record)
        except httpx2.TransportError as error:
            _LOGGER.warning("The operation %s could not reach what it needs: %s", endpoint.operation.id, error)
            reply = _failure(Unavailable(), record)
            record.error_type = type(error).__qualname__
        except Exception as error:
            _LOGGER.exception("The operation %s failed", endpoint.operation.id)
            reply = _failure(InternalError(), record)
            record.error_type = type(error).__qualname__
        except asyncio.CancelledError:
            # The process stops, and its grace is over: the caller gets an answer all the same.
            reply = _failure(Unavailable(headers={"connection": "close"}), record)
            await reply.send(send, head=scope["method"] == "HEAD")
            raise
        # The handler's fields, and those of a refusal by rate, stand for the general ones.
        own = {name.lower() for name, _ in reply.headers}
        reply.headers += [(name, value) for name, value in exchange.headers if name not in own]
        await reply.send(send, head=scope["method"] == "HEAD")

    async def _serve(self, exchange: Exchange) -> Reply:
        endpoint = exchange.endpoint
        if endpoint.sunset is not None and endpoint.sunset.timestamp() <= time.time():
            raise Gone
        await self._admit(exchange)
        self._limit(exchange, endpoint.rate or self._rate)
        media_type = self._negotiate(exchange)
        values = await self._read(exchange, media_type)
        try:
            request = endpoint.operation.request.model_validate(values)
        except ValidationError as error:
            raise _unreadable(error) from error
        return await before_deadline(endpoint.timeout, self._transact(exchange, request))

    async def _admit(self, exchange: Exchange) -> None:
        """Authenticate and authorize the caller. An operation that is not public needs a token, whatever its scopes."""
        operation = exchange.endpoint.operation
        credentials = exchange.fields.get(b"authorization")
        if operation.public and credentials is None:
            return
        try:
            principal = await self._authenticator.authenticate(credentials)
        except Problem as problem:
            _audit("authenticate", "denied", exchange, problem.slug)
            # Who has no valid token is known by the address alone, and may not try without end.
            self._limit(exchange, self._rate)
            raise
        exchange.principal, exchange.record.client = principal, principal.client_id
        # What one caller may see is not for a cache that others ask (RFC 9111, section 5.2.2.5).
        exchange.headers.append(("cache-control", "no-store"))
        try:
            if not operation.public:
                authorize(principal, exchange.endpoint.alternatives)
        except Problem as problem:
            _audit("authorize", "denied", exchange, problem.slug)
            raise
        _audit("authorize", "allowed", exchange, "granted")

    def _limit(self, exchange: Exchange, rate: RateLimit) -> None:
        """Take the request from what its caller may send. Raises RateLimited."""
        try:
            exchange.headers += rate.take(_identity(exchange)).items()
        except RateLimited as problem:
            _audit("limit", "denied", exchange, problem.slug)
            raise

    def _negotiate(self, exchange: Exchange) -> str | None:
        """Refuse by the headers alone what can't be answered or read; returns the body's declared media type."""
        fields, endpoint = exchange.fields, exchange.endpoint
        accept = fields.get(b"accept")
        if accept and endpoint.produces and not media_types.acceptable(accept.decode("latin-1"), endpoint.produces):
            raise NotAcceptable(f"The operation answers with {', '.join(endpoint.produces)}.")
        length = fields.get(b"content-length")
        body = endpoint.operation.body
        if body is None or (b"transfer-encoding" not in fields and length in (None, b"0")):
            check_content_length(length, self._settings.max_body_bytes)
            return None
        media_type = media_types.declared(fields.get(b"content-type", b"").decode("latin-1"), body.media_types)
        if media_type is None or fields.get(b"content-encoding", b"identity") != b"identity":
            accepted = ", ".join(body.media_types)
            raise UnsupportedMediaType(f"The operation reads {accepted}.", headers={"accept": accepted})
        check_content_length(length, self._settings.max_body_bytes)
        return media_type

    async def _read(self, exchange: Exchange, media_type: str | None) -> dict[str, Any]:
        """The parameters and the body by the names of the request's attributes, once the contract has admitted them."""
        operation, fields = exchange.endpoint.operation, exchange.fields
        if operation.idempotency_key == "required" and b"idempotency-key" not in fields:
            raise IdempotencyKeyMissing
        faults: list[Fault] = []
        values: dict[str, Any] = {}
        if operation.parameters:
            decoder = exchange.endpoint.parameters
            scope = exchange.scope
            parameters, faults = decoder.decode(exchange.path_values, scope["query_string"], scope["headers"])
            faults = faults or self._schemas.parameter_faults(operation.id, parameters)
            values = decoder.fields(parameters)
        if media_type is not None:
            settings = self._settings
            exchange.body = await read_body(exchange.receive, settings.max_body_bytes, settings.body_timeout_seconds)
        if exchange.body and media_type is not None:
            values["body"] = exchange.body
            if media_types.is_json(media_type):
                values["body"] = _parse(exchange.body)
                faults += self._schemas.body_faults(operation.id, media_type, values["body"])
        elif operation.body is not None and operation.body.required:
            faults.append(Fault("is required", "body", ""))
        if faults == [_NO_IF_MATCH]:
            raise PreconditionRequired("Send the resource's ETag as If-Match.")
        if faults:
            raise ContractViolation(errors=faults)
        return values

    async def _transact(self, exchange: Exchange, request: Any) -> Reply:
        """Run the handler in a transaction, which is kept only where the answer is no failure."""
        endpoint, key = exchange.endpoint, _idempotency_key(exchange)
        try:
            async with self._database.work(read_only=endpoint.read_only) as work:
                context = Context(exchange.principal, work, self._outbound, endpoint.operation, key)
                if key is None:
                    reply = await self._handle(endpoint, request, context)
                else:
                    reply = await self._handle_once(exchange, request, context, key)
                if reply.status >= 400:
                    raise _RolledBack(reply)
                return reply
        except _RolledBack as outcome:
            return outcome.reply

    async def _handle_once(self, exchange: Exchange, request: Any, context: Context[Any], key: str) -> Reply:
        """Run the handler for the first request with this idempotency key, and repeat its answer for the others."""
        endpoint, principal, scope = exchange.endpoint, exchange.principal, exchange.scope
        async with idempotency.once(
            context.session,
            scope=(principal.tenant, principal.client_id) if principal else (None, _identity(exchange)),
            operation=endpoint.operation.id,
            key=key,
            fingerprint=idempotency.fingerprint(scope["method"], scope["path"], scope["query_string"], exchange.body),
        ) as entry:
            if entry.stored is not None:
                stored = entry.stored
                return Reply(stored.status, stored.media_type, list(stored.headers), stored.body)
            reply = await self._handle(endpoint, request, context)
            if reply.status < 400:
                content = await reply.collect()
                headers = tuple(reply.headers)
                await entry.record(idempotency.StoredResponse(reply.status, reply.media_type, headers, content))
            return reply

    async def _handle(self, endpoint: Endpoint, request: Any, context: Context[Any]) -> Reply:
        """Call the handler and write its answer."""
        operation = endpoint.operation
        try:
            response = await endpoint.handler(request, context)
        except NotImplementedYet:
            example = self._examples.reply(operation.id) if self._settings.app_mock else None
            if example is None:
                raise
            return example
        writer = endpoint.writers.get(type(response))
        if writer is None:
            raise TypeError(f"{operation.handler} returned a {type(response).__qualname__}, which is not declared")
        reply = writer.write(response)
        if self._settings.app_env == "dev":
            self._check(operation, reply)
        return reply

    def _check(self, operation: Operation, reply: Reply) -> None:
        if reply.media_type is None or not media_types.is_json(reply.media_type) or not isinstance(reply.body, bytes):
            return
        body = strict_json.parse(reply.body)
        faults = self._schemas.response_faults(operation.id, reply.status, reply.media_type, body)
        if faults:
            places = "; ".join(f"{fault.pointer or '/'} {fault.detail}" for fault in faults)
            raise ValueError(f"the response of {operation.handler} violates the contract: {places}")


class _RolledBack(Exception):
    """Takes a failure out of the transaction, so that its effects are undone."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def _fields(scope: Scope) -> dict[bytes, bytes]:
    """The header fields, those of one name combined (RFC 9110, section 5.3)."""
    fields: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        fields[name] = fields[name] + b"," + value if name in fields else value
    return fields


def _identity(exchange: Exchange) -> str:
    if exchange.principal is not None:
        return f"{exchange.principal.tenant}/{exchange.principal.client_id}"
    return _address(exchange)


def _address(exchange: Exchange) -> str:
    client = exchange.scope.get("client")
    return client[0] if client else ""


def _audit(action: audit.Action, outcome: audit.Outcome, exchange: Exchange, reason: str) -> None:
    operation = exchange.endpoint.operation
    audit.decision(action, outcome, exchange.principal, operation, reason, _address(exchange), exchange.record)


def _idempotency_key(exchange: Exchange) -> str | None:
    key = exchange.fields.get(b"idempotency-key")
    return None if key is None or exchange.endpoint.operation.idempotency_key == "none" else key.decode("latin-1")


def _parse(body: bytes) -> Any:
    try:
        return strict_json.parse(body)
    except strict_json.NotJson:
        raise MalformedRequest("The request body is not JSON (RFC 8259).") from None


def _unreadable(error: ValidationError) -> ContractViolation:
    """A value the schema admits and Python can't hold, such as a date beyond the calendar."""
    _LOGGER.warning("A request that the contract admits was not readable: %s", error.error_count())
    return ContractViolation("A value of the request can't be processed.")


def _failure(problem: Problem, record: RequestRecord) -> Reply:
    record.error_type = problem.slug
    response = problem.response(record.trace_id)
    headers = [(n.decode("latin-1"), v.decode("latin-1")) for n, v in response.raw_headers if n != b"content-length"]
    return Reply(problem.status, None, headers, bytes(response.body))


def _produces(operation: Operation) -> tuple[str, ...]:
    """The media types of the responses to a request that succeeds; none, where the handler chooses among several."""
    fixed = [response for response in operation.responses if 0 < response.status < 400]
    responses = fixed or [response for response in operation.responses if response.status == 0]
    if any("content_type" in response.__dataclass_fields__ for response in responses):
        return ()
    return tuple({response.media_type: None for response in responses if response.media_type})


def _moment(text: str) -> datetime:
    """A date, which begins in UTC, or a date-time."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _deprecation(operation: Operation, sunset: datetime | None) -> Headers:
    """`Deprecation` (RFC 9745), `Sunset` (RFC 8594) and a link to the contract, which says what comes instead."""
    headers: Headers = []
    if operation.deprecated:
        # The field wants a date; where the contract has none, one that is long past means "already".
        since = int(_moment(operation.deprecation).timestamp()) if operation.deprecation else 0
        headers.append(("deprecation", f"@{since}"))
        headers.append(("link", '</openapi.yaml>; rel="deprecation"; type="application/yaml"'))
    if sunset is not None:
        headers.append(("sunset", format_datetime(sunset.astimezone(UTC), usegmt=True)))
    return headers
