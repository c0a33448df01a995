"""A CLIENT span for each SQL statement that runs inside of a recorded trace."""

from __future__ import annotations

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.util.types import AttributeValue
from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection, ExceptionContext

_SPAN = "telemetry.span"


def trace_statements(engine: Engine) -> None:
    """Attributes follow the semantic conventions for databases; parameter values are never recorded."""
    tracer = trace.get_tracer(__name__)
    common: dict[str, AttributeValue] = {"db.system.name": engine.dialect.name}
    if engine.url.database:
        common["db.namespace"] = engine.url.database
    if engine.url.host:
        common["server.address"] = engine.url.host
    if engine.url.port:
        common["server.port"] = engine.url.port

    @event.listens_for(engine, "before_cursor_execute")
    def start(connection: Connection, cursor: object, statement: str, *_: object) -> None:
        if not trace.get_current_span().is_recording():
            return
        operation = statement.split(None, 1)[0].upper()
        attributes = common | {"db.operation.name": operation, "db.query.text": statement}
        connection.info[_SPAN] = tracer.start_span(operation, kind=SpanKind.CLIENT, attributes=attributes)

    @event.listens_for(engine, "after_cursor_execute")
    def end(connection: Connection, *_: object) -> None:
        span: Span | None = connection.info.pop(_SPAN, None)
        if span is not None:
            span.end()

    @event.listens_for(engine, "handle_error")
    def fail(failure: ExceptionContext) -> None:
        span: Span | None = failure.connection.info.pop(_SPAN, None) if failure.connection is not None else None
        if span is not None:
            span.set_attribute("error.type", type(failure.original_exception).__qualname__)
            span.set_status(Status(StatusCode.ERROR))
            span.end()
