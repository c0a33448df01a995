"""Log records as lines of JSON in the shape of the Elastic Common Schema, each with its trace."""

from __future__ import annotations

import json
import logging
import re
import sys
import time
import traceback
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from json.encoder import encode_basestring_ascii as quoted
from typing import TYPE_CHECKING, Any, TextIO

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
_encode = json.JSONEncoder(default=str, ensure_ascii=False, separators=(",", ":")).encode
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "taskName", "color_message", "ecs"}


class EcsFormatter(logging.Formatter):
    """Fields with a name of the schema's own are given as `extra={"ecs": {...}}`; any other `extra` is a label."""

    def __init__(self, service_name: str) -> None:
        super().__init__()
        self._service_name = service_name

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "@timestamp": _timestamp(int(record.created * 1000)),
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
        return _encode(line)


def _without_rows(text: str) -> str:
    return _DETAIL.sub("", text)


def _timestamp(milliseconds: int) -> str:
    return f"{_second(milliseconds // 1000)}.{milliseconds % 1000:03d}+00:00"


@lru_cache(maxsize=2)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


@dataclass(frozen=True, slots=True)
class _Output:
    stream: TextIO
    service_name: str


_output: _Output | None = None


def configure(level: str, service_name: str) -> None:
    """Sends warnings and the records of all loggers to standard output. `level` is a name of `logging`'s."""
    global _output
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(EcsFormatter(service_name))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(True)
    for name, least in _TALKATIVE.items():
        logging.getLogger(name).setLevel(least)
    _output = _Output(sys.stdout, service_name)
    _common.cache_clear()


def event(logger: logging.Logger, message: str, record: RequestRecord, fields: str) -> None:
    """Write one of the lines that each request has, where the logger's level admits it.

    `fields` are the members of a JSON object. Such a line is put together from parts that are encoded already: a record
    of `logging`, its formatting and its handlers cost ten times as much.
    """
    if _output is None or not logger.isEnabledFor(logging.INFO):
        return
    line = (
        f'{{"@timestamp":"{_timestamp(time.time_ns() // 1_000_000)}","log.level":"info","message":{quoted(message)},'
        f'{_common(logger.name)},"trace.id":"{record.trace_id}","span.id":"{record.span_id}",{fields}}}\n'
    )
    try:
        _output.stream.write(line)
        _output.stream.flush()
    except (OSError, ValueError) as error:  # as with `logging`: what can't be written fails no request
        print(f"A line of the log can't be written: {type(error).__name__}", file=sys.stderr)


@cache
def _common(logger_name: str) -> str:
    service_name = _output.service_name if _output else ""
    return _members({"ecs.version": ECS_VERSION, "service.name": service_name, "log.logger": logger_name})


def access(method: str, path: str, status: int | None, duration: int, record: RequestRecord) -> None:
    """One line for a request that is over. `duration` is in nanoseconds, as ECS has it."""
    client = f',"client.user.id":{quoted(record.client)}' if record.client is not None else ""
    event(
        _ACCESS,
        f"{method} {path} {status or 'aborted'} {duration / 1e6:.1f} ms",
        record,
        f'"event.duration":{duration},"url.path":{quoted(path)}{client},'
        + _outcome(method, status, record.route, record.operation, record.error_type),
    )


@lru_cache(maxsize=1024)
def _outcome(method: str, status: int | None, route: str | None, operation: str | None, error_type: str | None) -> str:
    fields = {
        "event.category": "web",
        "http.request.method": method,
        "http.response.status_code": status,
        "http.route": route,
        "event.action": operation,
        "error.type": error_type,
    }
    return _members({name: value for name, value in fields.items() if value is not None})


def _members(fields: dict[str, Any]) -> str:
    return _encode(fields)[1:-1]
