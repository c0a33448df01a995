"""The policy record of an operation, and how its arguments become a request (OpenAPI, `style` and `explode`)."""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from . import recorder
from .values import Unset

_RESERVED = ":/?#[]@!$&'()*+,;="


@dataclass(frozen=True, slots=True)
class Argument:
    """A parameter, and how its value is written."""

    argument: str
    name: str
    location: str
    style: str = ""
    explode: bool = False
    json: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """How an operation is called. It is made from the contract."""

    name: str
    method: str
    path: str
    arguments: tuple[Argument, ...] = ()
    accept: tuple[str, ...] = ()
    security: tuple[Mapping[str, tuple[str, ...]], ...] = ()
    """Alternatives of schemes with their scopes; an empty one lets anybody in."""
    connect: float = 5.0
    read: float = 30.0
    total: float = 60.0
    retry: Literal["safe", "with-key", "never"] = "never"
    idempotency_key: str | None = None
    """The argument that carries the idempotency key; a new key is sent where it is left out."""
    deprecated: bool = False
    sunset: str | None = None

    @property
    def is_public(self) -> bool:
        """Does it want no credentials?"""
        return self.security == ({},)

    def request(self, options: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments of an HTTP client's `request`; `options` has the body."""
        path, query, headers, cookies = self.path, [], {}, []
        given = []
        if self.accept:
            headers["Accept"] = ", ".join(self.accept)
        content_type = options.pop("content_type", None)
        if content_type is not None and len(options) > 0:
            headers["Content-Type"] = content_type
        for argument in self.arguments:
            value = values[argument.argument]
            if argument.argument == self.idempotency_key and (isinstance(value, Unset) or not value):
                value = str(uuid.uuid4())
            if isinstance(value, Unset):
                continue
            given.append(argument.name)
            value = json.dumps(plain(value), ensure_ascii=False) if argument.json else plain(value)
            if argument.location == "query":
                query += _query(argument, value)
            elif value is None:
                continue
            elif argument.location == "path":
                path = path.replace("{" + argument.name + "}", _path(argument, value))
            elif argument.location == "header":
                headers[argument.name] = _simple(value, explode=argument.explode)
            else:
                cookies.append(f"{argument.name}={quote(_simple(value, explode=False), safe='')}")
        if recorder.current is not None:
            recorder.current.sent(self, given, options)
        if cookies:
            headers["Cookie"] = "; ".join(cookies)
        url = f"{path}?{'&'.join(query)}" if query else path
        return {**options, "method": self.method, "url": url, "headers": headers, "extensions": {"operation": self}}


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat().replace("+00:00", "Z")
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, list):
        return [plain(item) for item in value]
    return {name: plain(item) for name, item in value.items()} if isinstance(value, dict) else value


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":")) if not isinstance(value, float) else repr(value)


def _items(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [part for name, item in value.items() for part in (name, _text(item))]
    return [_text(item) for item in value] if isinstance(value, list) else [_text(value)]


def _simple(value: Any, *, explode: bool) -> str:
    if isinstance(value, dict) and explode:
        return ",".join(f"{name}={_text(item)}" for name, item in value.items())
    return ",".join(_items(value))


def _path(argument: Argument, value: Any) -> str:
    if argument.style in ("label", "matrix"):
        return _prefixed(argument, value)
    if isinstance(value, dict) and argument.explode:
        return ",".join(f"{_escaped(name)}={_escaped(_text(item))}" for name, item in value.items())
    # A segment that is only dots would be resolved on the way.
    joined = ",".join(_escaped(item) for item in _items(value))
    return joined.replace(".", "%2E") if joined in (".", "..") else joined


def _prefixed(argument: Argument, value: Any) -> str:
    mark, name = (".", "") if argument.style == "label" else (";", argument.name)
    if argument.explode and isinstance(value, dict):
        return "".join(f"{mark}{_escaped(key)}={_escaped(_text(item))}" for key, item in value.items())
    if argument.explode and isinstance(value, list):
        return "".join(f"{mark}{name}{'=' if name else ''}{_escaped(_text(item))}" for item in value)
    return f"{mark}{name}{'=' if name else ''}{','.join(_escaped(item) for item in _items(value))}"


def _query(argument: Argument, value: Any) -> list[str]:
    """Pairs, already escaped; null is written as an empty value."""
    name = _escaped(argument.name)
    style = argument.style or "form"
    explode = argument.explode if argument.style else True
    if value is None:
        return [f"{name}="]
    if isinstance(value, dict):
        if style == "deepObject":
            return [f"{name}%5B{_escaped(key)}%5D={_escaped(_text(item))}" for key, item in value.items()]
        if explode:
            return [f"{_escaped(key)}={_escaped(_text(item))}" for key, item in value.items()]
    if isinstance(value, list) and explode:
        return [f"{name}={_escaped(_text(item))}" for item in value]
    separator = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}.get(style, ",")
    return [f"{name}={separator.join(_escaped(item) for item in _items(value))}"]


def _escaped(text: str) -> str:
    return quote(text, safe="~")
