"""Parameters as they are written in a request (OpenAPI, Parameter Object, "Style Values")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sdkgen.model import Operation, Parameter

Values = Mapping[str, Mapping[str, Any]]
"""By location and name; the names of header fields are in lower case."""

UNCLEAR: Any = object()
"""What stands for no value."""

_MAX_TARGET = 4000
_SEPARATORS = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}


@dataclass(frozen=True, slots=True)
class Written:
    path: str
    query: str
    fields: tuple[tuple[str, str], ...]


def key(parameter: Parameter) -> str:
    """The name by which the schemas know it."""
    return parameter.name.lower() if parameter.location == "header" else parameter.name


def write(operation: Operation, values: Values) -> Written:
    """The parts of a request that carry these values."""
    path, query, fields = operation.path, [], []
    for parameter in operation.parameters:
        given = values.get(parameter.location, {})
        if key(parameter) not in given:
            continue
        value = given[key(parameter)]
        match parameter.location:
            case "path":
                path = path.replace("{" + parameter.name + "}", _path(parameter, value))
            case "query":
                query += list(_query(parameter, value))
            case "header":
                fields.append((parameter.name, _simple(value, encode=False)))
            case "cookie":
                fields.append(("Cookie", f"{parameter.name}={_simple(value, encode=False)}"))
    return Written(path, "&".join(query), tuple(fields))


def text(value: Any) -> str:
    """A value without structure."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return str(value)


def as_read(value: Any, types: set[str]) -> Any:
    """The value that a reader gets from the text of one; UNCLEAR where the text would stand for something else.

    `types` are those that the parameter may have: text is a number or a boolean only where one is expected.
    """
    if isinstance(value, dict) or value == [] or ("string" in types and len(types) > 1):
        return UNCLEAR
    if isinstance(value, list):
        return value
    if not types or "string" in types:
        return text(value)
    if isinstance(value, bool) or value is None:
        return value if {True: "boolean", False: "boolean", None: "null"}[value] in types else text(value)
    if isinstance(value, str):
        return UNCLEAR if value.strip("-").isdecimal() or value in ("true", "false", "null") else value
    # Whether 1.0 is an integer in text, OpenAPI does not say.
    return UNCLEAR if isinstance(value, float) and value.is_integer() else value


def can_stand(where: str, value: Any) -> bool:
    """Can the text of a value stand in that part of a request, and mean itself?"""
    texts = [text(item) for item in value] if isinstance(value, list) else [text(value)]
    if any("\0" in found for found in texts):
        return False
    if where in ("header", "cookie"):
        clean = all(found.isascii() and found.isprintable() and found == found.strip() for found in texts)
        return clean and all(texts) and not (where == "cookie" and any(set(found) & set('",;%\\ ') for found in texts))
    if where == "path" and any(found in ("", ".", "..") or set(found) & set("/\\") for found in texts):
        return False
    return sum(len(_encoded(found)) for found in texts) <= _MAX_TARGET


def _path(parameter: Parameter, value: Any) -> str:
    prefix = {"label": ".", "matrix": f";{parameter.name}="}.get(parameter.style, "")
    return prefix + _simple(value, encode=True)


def _query(parameter: Parameter, value: Any) -> Iterator[str]:
    name = quote(parameter.name, safe="")
    if isinstance(value, dict) and parameter.style == "deepObject":
        yield from (f"{name}[{quote(member, safe='')}]={_encoded(of)}" for member, of in value.items())
    elif isinstance(value, dict) and parameter.explode:
        yield from (f"{quote(member, safe='')}={_encoded(of)}" for member, of in value.items())
    elif isinstance(value, list) and parameter.explode:
        yield from (f"{name}={_encoded(item)}" for item in value)
    elif isinstance(value, list):
        yield f"{name}={_SEPARATORS.get(parameter.style, ',').join(map(_encoded, value))}"
    else:
        yield f"{name}={_simple(value, encode=True)}"


def _simple(value: Any, *, encode: bool) -> str:
    write = _encoded if encode else text
    if isinstance(value, list):
        return ",".join(map(write, value))
    if isinstance(value, dict):
        return ",".join(f"{write(name)},{write(of)}" for name, of in value.items())
    return write(value)


def _encoded(value: Any) -> str:
    return quote(text(value), safe="")
