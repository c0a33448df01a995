"""For each keyword of a schema the values on both sides of what it allows.

They are made from a value that is valid. Which side each is on is not said here but asked of the schema itself: another
keyword may forbid what one allows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import floor
from typing import Any

from paviour.verify.formats import EDGES
from paviour.verify.hostile import DEPTH, NUMBERS, TEXTS, UNDECLARED, nested
from paviour.verify.places import Place

_MAX_LENGTH = 20_000
_MAX_ITEMS = 1000
_OTHER_TYPES: dict[str, Any] = {
    "null": None,
    "boolean": True,
    "integer": 1,
    "fraction": 1.5,
    "string": "text",
    "array": [],
    "object": {},
}
_SPOILED = ("\n", "!", " ", "\u00e9", "\u0661", "\U0001d7d8")
"""Behind a text, these make it break most patterns; some readers let a line end, or a digit beyond ASCII, pass."""
_ASTRAL = "\U0001d4b3"
"""A character beyond the Basic Multilingual Plane is one, however many units an encoding needs for it."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """What stands at a place instead; with a `name`, at that member of the object there."""

    keyword: str
    side: str
    value: Any = None
    name: str | None = None
    is_removed: bool = False
    """Whether the member is left out."""
    text: str | None = None
    """JSON that Python has no value for, in place of the value."""


def boundaries(place: Place) -> Iterator[Boundary]:
    """All of a place, in the order of the keywords here."""
    for keyword, make in _BY_KEYWORD.items():
        for limit in dict.fromkeys(_hashable(limit) for limit in place.limits(keyword)):
            yield from (Boundary(keyword, side, value) for side, value in make(limit, place.value))
    yield from _types(place.value)
    if isinstance(place.value, dict):
        yield from _members(place)
    if isinstance(place.value, str):
        yield from (Boundary("hostile", side, text) for side, text in TEXTS.items())
    if isinstance(place.value, int | float) and not isinstance(place.value, bool):
        yield from (Boundary("hostile", side, number) for side, number in NUMBERS.items())
        yield Boundary("hostile", "out-of-range", text="1e400")


_Sides = Iterator[tuple[str, Any]]


def _minimum(limit: float, value: Any) -> _Sides:
    yield "at", limit
    yield "below", limit - 1
    if isinstance(value, float):
        yield "just-below", limit - 0.001


def _maximum(limit: float, value: Any) -> _Sides:
    yield "at", limit
    yield "above", limit + 1
    if isinstance(value, float):
        yield "just-above", limit + 0.001


def _exclusive_minimum(limit: float, value: Any) -> _Sides:
    yield "at", limit
    yield "above", limit + (0.001 if isinstance(value, float) else 1)


def _exclusive_maximum(limit: float, value: Any) -> _Sides:
    yield "at", limit
    yield "below", limit - (0.001 if isinstance(value, float) else 1)


def _multiple_of(limit: float, value: Any) -> _Sides:
    if not isinstance(value, int | float):
        return
    multiple = (floor(value / limit) + 1) * limit
    yield "at", multiple
    yield "off", multiple + (limit // 2 if isinstance(limit, int) and limit > 1 else limit / 2)


def _min_length(limit: int, value: Any) -> _Sides:
    if isinstance(value, str) and 0 < limit <= _MAX_LENGTH:
        yield "at", _resized(value, limit)
        yield "below", _resized(value, limit - 1)


def _max_length(limit: int, value: Any) -> _Sides:
    if isinstance(value, str) and limit <= _MAX_LENGTH:
        yield "at", _resized(value, limit)
        yield "above", _resized(value, limit + 1)
        yield "at-astral", _ASTRAL * limit
        yield "above-astral", _ASTRAL * (limit + 1)


def _pattern(_: str, value: Any) -> _Sides:
    if isinstance(value, str):
        yield "empty", ""
        yield "doubled", value * 2
        yield from ((f"with-{ord(spoiled):04x}", value + spoiled) for spoiled in _SPOILED)
        yield "line-before", f"!\n{value}"


def _enum(limit: tuple[Any, ...], _: Any) -> _Sides:
    yield "first", limit[0]
    yield "last", limit[-1]
    yield from (("other", other) for other in ("x_not_listed",))
    if isinstance(limit[0], str):
        yield "other-case", limit[0].swapcase()
        yield "space-behind", f"{limit[0]} "


def _const(limit: Any, _: Any) -> _Sides:
    yield "other", f"{limit}x" if isinstance(limit, str) else "x_not_it"


def _format(limit: str, value: Any) -> _Sides:
    if isinstance(value, str):
        yield from EDGES.get(limit, {}).items()


def _min_items(limit: int, value: Any) -> _Sides:
    if isinstance(value, list) and value and 0 < limit <= _MAX_ITEMS:
        yield "at", _repeated(value, limit)
        yield "below", _repeated(value, limit - 1)


def _max_items(limit: int, value: Any) -> _Sides:
    if isinstance(value, list) and value and limit <= _MAX_ITEMS:
        yield "at", _repeated(value, limit)
        yield "above", _repeated(value, limit + 1)


def _unique_items(limit: bool, value: Any) -> _Sides:
    if isinstance(value, list) and value and limit:
        yield "twice", [value[0], value[0]]
        if type(value[0]) is int:
            yield "same-number", [value[0], float(value[0])]


_BY_KEYWORD: dict[str, Callable[[Any, Any], _Sides]] = {
    "minimum": _minimum,
    "maximum": _maximum,
    "exclusiveMinimum": _exclusive_minimum,
    "exclusiveMaximum": _exclusive_maximum,
    "multipleOf": _multiple_of,
    "minLength": _min_length,
    "maxLength": _max_length,
    "pattern": _pattern,
    "enum": _enum,
    "const": _const,
    "format": _format,
    "minItems": _min_items,
    "maxItems": _max_items,
    "uniqueItems": _unique_items,
}


def _types(value: Any) -> Iterator[Boundary]:
    """Each other type of JSON, and what a lenient reader would take for this one."""
    for kind, other in _OTHER_TYPES.items():
        if type(other) is not type(value):
            yield Boundary("type", kind, other)
    if isinstance(value, bool):
        yield Boundary("type", "quoted", str(value).lower())
        yield Boundary("type", "zero", 0)
    elif isinstance(value, int | float):
        yield Boundary("type", "quoted", str(value))
        if isinstance(value, int):
            yield Boundary("type", "integral-fraction", text=f"{value}.0")
            yield Boundary("type", "half", value + 0.5)
    elif isinstance(value, list) and value:
        yield Boundary("type", "item-alone", value[0])
    elif isinstance(value, dict):
        yield Boundary("type", "in-array", [value])


def _members(place: Place) -> Iterator[Boundary]:
    for required in place.limits("required"):
        for name in required:
            if name in place.value:
                yield Boundary("required", "absent", name=name, is_removed=True)
    for side, name in UNDECLARED.items():
        if name not in place.value:
            yield Boundary("additionalProperties", side, "text", name)
    yield Boundary("hostile", "deep", nested(DEPTH), "x_deep")


def _resized(text: str, length: int) -> str:
    return text[:length].ljust(length, text[-1:] or "a")


def _repeated(items: list[Any], number: int) -> list[Any]:
    return [items[at % len(items)] for at in range(number)]


def _hashable(limit: Any) -> Any:
    return tuple(limit) if isinstance(limit, list) else limit
