"""JSON as RFC 8259 has it, and nothing else that a lenient parser takes for it."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

MAX_DEPTH = 64


class NotJson(ValueError):
    """The text is not JSON, or is JSON of a kind that two parsers may read differently."""


def _unique(members: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(members)
    if len(value) != len(members):
        raise ValueError("duplicate member")
    return value


def _unique_or_null(members: list[tuple[str, Any]]) -> dict[str, Any] | None:
    value = dict(members)
    return value if len(value) == len(members) else None


def _finite(number: str) -> int | float:
    value = float(number)
    if math.isinf(value):
        raise ValueError("number out of range")
    # All numbers as large as this are integers, also to JSON Schema, but Pydantic takes no such float for one.
    return int(value) if abs(value) >= 2**63 else value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


STRICT = json.JSONDecoder(object_pairs_hook=_unique, parse_float=_finite, parse_constant=_refuse)
WITHOUT_AMBIGUOUS = json.JSONDecoder(object_pairs_hook=_unique_or_null, parse_float=_finite, parse_constant=_refuse)
"""Takes an object with duplicate members for null, so that what stands beside it can be read."""


def parse(text: bytes, decoder: json.JSONDecoder = STRICT) -> Any:
    """Read one JSON value.

    Raises NotJson on a grammar fault, and on what RFC 8259 leaves to luck: duplicate members (section 4), numbers
    beyond a double (section 6), invalid UTF-8, a byte order mark (section 8.1), lone surrogates (section 8.2), and
    nesting deeper than `MAX_DEPTH` (section 9).
    """
    try:
        value = decoder.decode(text.decode("utf-8"))
        if b"\\u" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise NotJson("not a JSON text") from error
    if text.count(b"[") + text.count(b"{") > MAX_DEPTH:
        _limit_depth(value)
    return value


def _limit_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for parent in level
            if isinstance(parent, dict | list)
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, dict | list)
        ]
        if not level:
            return
    raise NotJson("nested too deeply")
