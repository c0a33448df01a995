"""Texts that match a pattern, or have a format: what witnesses are made of. Each is checked before it is believed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from itertools import islice
from typing import Any

import jsonschema_rs

_FORMATS = {
    "date-time": ("2030-01-31T12:00:00Z",),
    "date": ("2030-01-31",),
    "time": ("12:00:00Z",),
    "duration": ("P1D",),
    "email": ("someone@example.com",),
    "idn-email": ("jürgen@example.com", "someone@example.com"),
    "hostname": ("example.com",),
    "idn-hostname": ("bücher.example", "example.com"),
    "ipv4": ("192.0.2.1",),
    "ipv6": ("2001:db8::1",),
    "uri": ("https://example.com/",),
    "uri-reference": ("/relative", "https://example.com/"),
    "iri": ("https://example.com/ü", "https://example.com/"),
    "iri-reference": ("/ü", "/relative"),
    "uri-template": ("/{id}",),
    "uuid": ("123e4567-e89b-42d3-a456-426614174000",),
    "json-pointer": ("/a/b",),
    "relative-json-pointer": ("1/a",),
    "regex": ("^a+$",),
    "byte": ("dGV4dA==",),
}
PLAIN = ("", "x", "text", "A", "0", "12345", "a b", "Ü", "not a date", "%")


def of_format(form: str) -> tuple[str, ...]:
    return _FORMATS.get(form, ())


def others(form: str) -> Iterator[str]:
    """Texts of all formats but one."""
    for name, found in _FORMATS.items():
        if name != form:
            yield from found


def matching(pattern: str, number: int = 4) -> Iterator[str]:
    """Some texts that match a pattern of ECMA-262. None where it says too much to be turned round."""
    try:
        check = jsonschema_rs.Draft202012Validator(
            {"pattern": pattern}, pattern_options=jsonschema_rs.FancyRegexOptions(backtrack_limit=100_000)
        )
        # The only parser of patterns at hand; what comes out is checked with the real thing.
        parsed = import_module("re._parser").parse(pattern.replace("(?<", "(?P<") if "(?<" in pattern else pattern)
    except (ValueError, re.error, OverflowError, RecursionError):
        return
    found = 0
    for turn in range(number * 3):
        try:
            text = "".join(_texts(parsed, turn))
            good = len(text) < 10_000 and check.is_valid(text)
        except (ValueError, RecursionError):
            return
        if good:
            found += 1
            yield text
        if found == number:
            return


def _texts(parsed: Any, turn: int) -> Iterator[str]:
    for operator, argument in parsed:
        yield from _text(str(operator), argument, turn)


def _text(operator: str, argument: Any, turn: int) -> Iterator[str]:
    if operator == "LITERAL":
        yield chr(argument)
    elif operator == "NOT_LITERAL":
        yield "x" if chr(argument) != "x" else "y"
    elif operator == "ANY":
        yield "x"
    elif operator == "IN":
        yield _member(argument, turn)
    elif operator in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        least, most, inner = argument
        for _ in range(min(int(most), int(least) + turn, 2_000)):
            yield from _texts(inner, turn)
    elif operator == "SUBPATTERN":
        yield from _texts(argument[-1], turn)
    elif operator == "ATOMIC_GROUP":
        yield from _texts(argument, turn)
    elif operator == "BRANCH":
        branches = argument[1]
        yield from _texts(branches[turn % len(branches)], turn)


_CATEGORIES = {"CATEGORY_DIGIT": "5", "CATEGORY_WORD": "w", "CATEGORY_SPACE": " "}
_NOT = {"CATEGORY_NOT_DIGIT": "w", "CATEGORY_NOT_WORD": " ", "CATEGORY_NOT_SPACE": "w"}


def _member(members: list[tuple[Any, Any]], turn: int) -> str:
    choices = list(islice(_members(members), 200))
    if members and str(members[0][0]) == "NEGATE":
        return next((one for one in "xY0 -é~" if one not in choices), "☃")
    return choices[turn % len(choices)] if choices else "x"


def _members(members: list[tuple[Any, Any]]) -> Iterator[str]:
    for operator, argument in members:
        name = str(operator)
        if name == "LITERAL":
            yield chr(argument)
        elif name == "RANGE":
            yield chr(argument[0])
            yield chr(argument[1])
        elif name == "CATEGORY":
            yield {**_CATEGORIES, **_NOT}.get(str(argument), "x")
