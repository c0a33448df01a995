"""Log records as lines of JSON in the shape of the Elastic Common Schema, each with its trace."""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from opentelemetry import trace

if TYPE_CHECKING:
    from .telemetry import RequestRecord

ECS_VERSION = "8.17.0"
_ACCESS = logging.getLogger("access")
# Below these levels they log whole URLs, tokens, the values of statements and rows, a caller's `tracestate`.
_TALKATIVE = {
    "httpx2": logging.WARNING,
    "httpcore2": logging.WARNING,
    "aiosqlite": logging.WARNING,
    "authlib": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    "opentelemetry.trace.span": logging.ERROR,
}
# Where PostgreSQL says which row breaks a constraint, it quotes the row.
_DETAIL = re.compile(r"\nDETAIL: .*?(?=\n\[SQL: |\n\nThe above exception |\Z)", re.DOTALL)
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "taskName", "color_message", "ecs"}


class EcsFormatter(logging.Formatter):
    """Fields with a name of the schema's own are given as `extra={"ecs": {...}}`; any other `extra` is a label."""

    def __init__(self, service_name: str) -> None:
        super().__init__()
        self._service_name = service_name

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "@timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "log.level": record.levelname.lower(),
            "message": record.getMessage(),
            "ecs.version": ECS_VERSION,
            "service.name": self._service_name,
            "log.logger": record.name,
        }
        span = trace.get_current_span().get_span_context()
        if span.is_valid:
            line["trace.id"] = trace.format_trace_id(span.trace_id)
            line["span.id"] = trace.format_span_id(span.span_id)
        attributes = vars(record)
        line.update(attributes.get("ecs", {}))
        line.update({f"labels.{name}": attributes[name] for name in attributes.keys() - _STANDARD})
        if record.exc_info and record.exc_info[0] is not None:
            kind, error, trail = record.exc_info
            line["error.type"] = kind.__qualname__
            line["error.message"] = _without_rows(str(error))
            line["error.stack_trace"] = _without_rows("".join(traceback.format_exception(kind, error, trail)))
        return json.dumps(line, default=str, ensure_ascii=False)


def _without_rows(text: str) -> str:
    return _DETAIL.sub("", text)


def configure(level: str, service_name: str) -> None:
    """Sends the records of all loggers to standard output. `level` is a name of `logging`'s, in any case."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(EcsFormatter(service_name))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name, least in _TALKATIVE.items():
        logging.getLogger(name).setLevel(least)


def access(method: str, path: str, status: int | None, duration: int, record: RequestRecord) -> None:
    """One line for a request that is over. `duration` is in nanoseconds, as ECS has it."""
    if not _ACCESS.isEnabledFor(logging.INFO):
        return
    fields: dict[str, Any] = {
        "event.category": "web",
        "event.duration": duration,
        "http.request.method": method,
        "url.path": path,
    }
    optional = {
        "http.response.status_code": status,
        "http.route": record.route,
        "event.action": record.operation,
        "client.user.id": record.client,
        "error.type": record.error_type,
    }
    fields |= {name: value for name, value in optional.items() if value is not None}
    _ACCESS.info("%s %s %s %.1f ms", method, path, status or "aborted", duration / 1e6, extra={"ecs": fields})
