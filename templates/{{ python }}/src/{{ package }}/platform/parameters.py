"""Parameters: from the text of a request to the JSON values that the contract's schemas judge.

The styles are those of OpenAPI (Parameter Object, "Style Values"). Text is never coerced: it becomes a number or a
boolean only where it is one in JSON's own grammar, otherwise it stays a string and the schema refuses it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias
from urllib.parse import unquote_to_bytes

from . import strict_json
from .operation import Array, Object, Operation, Parameter, Scalar, Shape
from .problems import Fault, MalformedRequest, Where

Values: TypeAlias = dict[str, dict[str, Any]]
Pairs: TypeAlias = Mapping[str, Sequence[str]]

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_MAX_DIGITS = 400


class Violation(Exception):
    """A parameter is not written in its style."""


class ParameterDecoder:
    """Reads the parameters of one operation."""

    def __init__(self, operation: Operation) -> None:
        by_location: dict[str, list[Parameter]] = {"path": [], "query": [], "header": [], "cookie": []}
        for parameter in operation.parameters:
            by_location[parameter.location].append(parameter)
        self._path, self._query, self._header, self._cookie = by_location.values()
        self._fields = [(p.location, _key(p), p.field) for p in operation.parameters]

    def decode(
        self, path: Mapping[str, str], query_string: bytes, headers: Iterable[tuple[bytes, bytes]]
    ) -> tuple[Values, list[Fault]]:
        """Read the parameters that are present, as `{location: {name: value}}`, with the faults in their writing.

        Raises MalformedRequest where the text is no text at all: a bad percent-escape, invalid UTF-8, a NUL.
        """
        values: Values = {"path": {}, "query": {}, "header": {}, "cookie": {}}
        faults: list[Fault] = []
        if self._path:
            raw = {name: [text] for name, text in path.items()}
            _read(self._path, raw, values["path"], faults, _path_value)
        if self._query:
            _read(self._query, _query_pairs(query_string), values["query"], faults, _form_value)
        if self._header or self._cookie:
            fields = _header_fields(headers)
            if self._header:
                _read(self._header, fields, values["header"], faults, _header_value)
            if self._cookie:
                _read(self._cookie, _cookie_pairs(fields.get("cookie", [])), values["cookie"], faults, _form_value)
        return values, faults

    def fields(self, values: Values) -> dict[str, Any]:
        """The values by the name of the request's attribute that receives each."""
        return {field: values[where][key] for where, key, field in self._fields if key in values[where]}


_ValueReader: TypeAlias = Callable[[Parameter, Pairs], Any]
_ABSENT: Any = object()


def _read(
    parameters: Sequence[Parameter], pairs: Pairs, values: dict[str, Any], faults: list[Fault], read: _ValueReader
) -> None:
    for parameter in parameters:
        try:
            value = read(parameter, pairs)
        except Violation as violation:
            where: Where = parameter.location
            faults.append(Fault(str(violation), where, "/" + _key(parameter).replace("~", "~0").replace("/", "~1")))
        else:
            if value is not _ABSENT:
                values[_key(parameter)] = value


def _key(parameter: Parameter) -> str:
    # Field names are case-insensitive (RFC 9110, section 5.1); the schemas hold them in lower case.
    return parameter.name.lower() if parameter.location == "header" else parameter.name


# Where the text stands


def percent_decode(text: str) -> str:
    """Decode a part of the request target (RFC 3986, section 2.1). Raises MalformedRequest."""
    if "%" in text:
        if _BAD_ESCAPE.search(text):
            raise MalformedRequest("The request target has a bad percent-escape.")
        try:
            text = unquote_to_bytes(text).decode("utf-8")
        except UnicodeDecodeError:
            raise MalformedRequest("The request target is not UTF-8.") from None
    if "\0" in text:
        raise MalformedRequest("The request target has a NUL.")
    return text


def _query_pairs(query_string: bytes) -> dict[str, list[str]]:
    """Names decoded, values still encoded: a delimiter counts only where it is not escaped."""
    pairs: dict[str, list[str]] = {}
    for part in query_string.decode("latin-1").split("&"):
        if part:
            name, _, value = part.partition("=")
            pairs.setdefault(percent_decode(name.replace("+", " ")), []).append(value.replace("+", "%20"))
    return pairs


def _header_fields(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for name, value in headers:
        fields.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
    return fields


def _cookie_pairs(cookies: Sequence[str]) -> dict[str, list[str]]:
    pairs: dict[str, list[str]] = {}
    for pair in "; ".join(cookies).split(";"):
        name, found, value = pair.strip().partition("=")
        if found:
            pairs.setdefault(name, []).append(value)
    return pairs


# How it is written


def _path_value(parameter: Parameter, pairs: Pairs) -> Any:
    if parameter.name not in pairs:
        return _ABSENT
    [text] = pairs[parameter.name]
    if parameter.media_type is not None:
        return _content(parameter, percent_decode(text))
    separator, prefix = ",", ""
    if parameter.style == "label":
        separator, prefix = ("." if parameter.explode else ","), "."
    elif parameter.style == "matrix":
        exploded = parameter.explode and not isinstance(parameter.shape, Scalar)
        separator, prefix = (";" if exploded else ","), (";" if exploded else f";{parameter.name}=")
    if not text.startswith(prefix):
        raise Violation(f"is not written in the style {parameter.style}")
    parts = text[len(prefix) :].split(separator)
    if parameter.style == "matrix" and parameter.explode and isinstance(parameter.shape, Array):
        parts = [_named(part, parameter.name) for part in parts]
    return _shaped(parameter.shape, parts, separator, parameter.explode, percent_decode)


def _header_value(parameter: Parameter, pairs: Pairs) -> Any:
    texts = pairs.get(_key(parameter))
    if texts is None:
        return _ABSENT
    if len(texts) > 1 and not isinstance(parameter.shape, Array):
        raise Violation("is given more than once")
    text = ",".join(texts)
    if parameter.media_type is not None:
        return _content(parameter, text)
    parts = [part.strip(" \t") for part in text.split(",")] if not isinstance(parameter.shape, Scalar) else [text]
    return _shaped(parameter.shape, parts, ",", parameter.explode, str)


_SEPARATORS = {"form": ",", "spaceDelimited": "%20", "pipeDelimited": "|"}


def _form_value(parameter: Parameter, pairs: Pairs) -> Any:
    shape = parameter.shape
    spread = parameter.style == "deepObject" or parameter.explode
    if spread and isinstance(shape, Object) and parameter.media_type is None:
        return _members(parameter, shape, pairs)
    texts = pairs.get(parameter.name)
    if texts is None:
        return _ABSENT
    if isinstance(shape, Array) and parameter.explode and parameter.media_type is None:
        return [_scalar(shape.items, percent_decode(text)) for text in texts]
    if len(texts) > 1:
        raise Violation("is given more than once")
    [text] = texts
    if parameter.media_type is not None:
        return _content(parameter, percent_decode(text))
    separator = _SEPARATORS.get(parameter.style, ",")
    if separator == "|":
        text = text.replace("%7C", "|").replace("%7c", "|")
    return _shaped(shape, text.split(separator), separator, False, percent_decode)


def _members(parameter: Parameter, shape: Object, pairs: Pairs) -> Any:
    """An object whose members are pairs of their own: `filter[a]=1` (deepObject) or `a=1` (form, exploded)."""
    deep = parameter.style == "deepObject"
    members: dict[str, Any] = {}
    for name, texts in pairs.items():
        if deep:
            member = name[len(parameter.name) + 1 : -1]
            belongs = name.startswith(parameter.name + "[") and name.endswith("]")
        else:
            member, belongs = name, name in shape.properties
        if belongs:
            if len(texts) > 1:
                raise Violation(f"has the member {member[:40]} more than once")
            members[member] = _scalar(shape.properties.get(member, shape.additional), percent_decode(texts[0]))
    return members or _ABSENT


def _shaped(shape: Shape, parts: list[str], separator: str, explode: bool, decode: Callable[[str], str]) -> Any:
    if isinstance(shape, Scalar):
        return _scalar(shape, decode(separator.join(parts)))
    if parts == [""]:
        return [] if isinstance(shape, Array) else {}
    if isinstance(shape, Array):
        return [_scalar(shape.items, decode(part)) for part in parts]
    if explode:
        pairs = [part.partition("=")[::2] for part in parts]
    elif len(parts) % 2:
        raise Violation("has a name without a value")
    else:
        pairs = list(zip(parts[::2], parts[1::2], strict=True))
    members = [(decode(name), decode(value)) for name, value in pairs]
    if len(dict(members)) != len(members):
        raise Violation("has a member more than once")
    return {name: _scalar(shape.properties.get(name, shape.additional), value) for name, value in members}


def _named(part: str, name: str) -> str:
    written, _, value = part.partition("=")
    if written != name:
        raise Violation("is not written in the style matrix")
    return value


def _content(parameter: Parameter, text: str) -> Any:
    if parameter.media_type is None or not parameter.media_type.endswith("json"):
        return text
    try:
        return strict_json.parse(text.encode("latin-1" if parameter.location == "header" else "utf-8"))
    except strict_json.NotJson:
        raise Violation("is not JSON") from None


def _scalar(scalar: Scalar, text: str) -> Any:
    for type_ in scalar.types:
        match type_:
            case "string":
                return text
            case "boolean" if text in ("true", "false"):
                return text == "true"
            case "null" if text == "null":
                return None
            case "integer" | "number":
                number = _number(text)
                if number is not None and (type_ == "number" or isinstance(number, int)):
                    return number
            case _:
                pass
    return text


def _number(text: str) -> int | float | None:
    match = _NUMBER.fullmatch(text)
    if match is None or len(text) > _MAX_DIGITS:
        return None
    if match[1] is None and match[2] is None:
        return int(text)
    value = float(text)
    return value if math.isfinite(value) else None
