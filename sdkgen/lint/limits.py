"""How much a caller may send: OWASP API4:2023, unrestricted resource consumption.

What a caller can send matters (a warning); the same in an answer is a note: the service is trusted with what it says
itself, and only clients that reserve room for it want to know.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from functools import cache
from importlib import import_module

from sdkgen.lint.called import called
from sdkgen.lint.index import Index
from sdkgen.lint.rule import Hit, Severity, rule
from sdkgen.load import Node
from sdkgen.naming import words

_BOUNDED_FORMATS = frozenset("uuid date date-time time duration ipv4 ipv6 binary".split())
_FORMAL = frozenset("uuid guid email url uri href currency country phone ip hostname iban bic".split())
_DECLARING = frozenset(
    """properties patternProperties additionalProperties unevaluatedProperties allOf oneOf anyOf maxProperties
    discriminator""".split()
)


@rule("string-limit", "warning", "add maxLength", owasp=("api4:2023-string-limit",))
def string_limit(index: Index) -> Iterator[Hit]:
    """A string has a `maxLength`.

    Let pass: what has `enum` or `const`; the formats that bound it (uuid, date, date-time, time, duration, ipv4, ipv6)
    and `binary`, which is a body of its own; a pattern from `^` to `$` that can't match without end; what is
    `readOnly`; the alternatives and parts of a schema that has the limit itself.
    """
    for node in _leaves(index, "string"):
        if not _is_bounded_text(index, node):
            yield Hit(node, f"{_called(node)} has no maxLength", _severity(index, node))


@rule("string-form", "info", "add a pattern or a format", owasp=("api4:2023-string-restricted",))
def string_form(index: Index) -> Iterator[Hit]:
    """A string whose name promises a form has it: `format`, `pattern`, `enum` or `const`.

    OWASP's rules ask this of every string. Here it is asked of addresses, links, currencies, countries and the like
    that a caller sends: names and remarks are free text, and a pattern for them refuses real people.
    """
    for node in _leaves(index, "string"):
        name = _name(node)
        last = (words(name) or ("",))[-1].lower()
        formed = any(key in node.value for key in ("format", "pattern", "enum", "const", "contentEncoding"))
        if last in _FORMAL and not formed and index.is_input(node) and node.value.get("readOnly") is not True:
            yield Hit(node, f"{_called(node)} has neither format nor pattern")


@rule(
    "number-limit",
    "warning",
    "add minimum and maximum",
    owasp=("api4:2023-integer-limit", "api4:2023-integer-limit-legacy", "api4:2023-integer-format"),
)
def number_limit(index: Index) -> Iterator[Hit]:
    """A number has a minimum and a maximum, inclusive or exclusive.

    Let pass: `enum` and `const`; what is `readOnly`. `format: int32` alone is no limit that anybody thought about; with
    both bounds no format is asked for, because the bounds say more.
    """
    for node in _leaves(index, "integer", "number"):
        low = any(key in part for part in _around(index, node) for key in ("minimum", "exclusiveMinimum"))
        high = any(key in part for part in _around(index, node) for key in ("maximum", "exclusiveMaximum"))
        if not (low and high) and not _is_listed(index, node):
            lacks = " and no ".join([*([] if low else ["minimum"]), *([] if high else ["maximum"])])
            yield Hit(node, f"{_called(node)} has no {lacks}", _severity(index, node))


@rule("array-limit", "warning", "add maxItems", owasp=("api4:2023-array-limit",))
def array_limit(index: Index) -> Iterator[Hit]:
    """An array has `maxItems`.

    Let pass: a set of listed values (`uniqueItems` with an `enum`), a tuple that is closed (`items: false`), and what
    is `readOnly`.
    """
    for node in _leaves(index, "array"):
        if any("maxItems" in part or part.get("items") is False for part in _around(index, node)):
            continue
        items = node.get("items")
        is_set = (
            items is not None and isinstance(items.value, dict) and _is_listed(index, index.documents.follow(items))
        )
        if not (is_set and node.value.get("uniqueItems") is True) and not _is_listed(index, node):
            yield Hit(node, f"{_called(node)} has no maxItems", _severity(index, node))


@rule(
    "open-object",
    "warning",
    "declare the properties, or say how many others there may be: maxProperties",
    owasp=("api3:2023-no-additionalProperties", "api3:2023-no-unevaluatedProperties"),
)
def open_object(index: Index) -> Iterator[Hit]:
    """An object in a request takes no properties that are not described.

    OWASP API3:2023, mass assignment: `additionalProperties: true` (or `unevaluatedProperties`), and objects that
    declare nothing. What is silent is closed by the platform, and answers may grow: neither is asked for anything. With
    `maxProperties` an object is open on purpose.
    """
    for node in index.schemas:
        value = node.value
        keys = [key for key in ("additionalProperties", "unevaluatedProperties") if value.get(key) in (True, {})]
        opened = [key for key in keys if value[key] is not False and value[key] != 0 and "maxProperties" not in value]
        if opened and index.is_input(node):
            yield Hit(node, f"{called(node.pointer)} takes any property")
        elif value.get("type") == "object" and index.is_input(node) and _declares_nothing(node):
            yield Hit(node, f"{called(node.pointer)} declares no properties")


@rule(
    "map-limit",
    "info",
    "add maxProperties",
    owasp=("api3:2023-constrained-additionalProperties", "api3:2023-constrained-unevaluatedProperties"),
)
def map_limit(index: Index) -> Iterator[Hit]:
    """A map in a request says how many entries it may have: `maxProperties`.

    Asked where `additionalProperties` is a schema, so that the values are described and only their number is not.
    """
    for node in index.schemas:
        value = node.value
        described = any(
            isinstance(value.get(key), dict) and value[key] for key in ("additionalProperties", "unevaluatedProperties")
        )
        if described and "maxProperties" not in value and index.is_input(node):
            yield Hit(node, f"{called(node.pointer)} has no maxProperties")


def _leaves(index: Index, *kinds: str) -> Iterator[Node]:
    """The schemas that name one of these types themselves, and that somebody sends."""
    for node in index.schemas:
        declared = node.value.get("type")
        named = declared if isinstance(declared, list) else [declared]
        if any(kind in named for kind in kinds) and node.value.get("readOnly") is not True and not _is_condition(node):
            yield node


def _around(index: Index, node: Node) -> list[dict[str, object]]:
    """The schema, the parts it is composed of, and the schemas that it is an alternative or a part of."""
    found = [node.value]
    found += [index.documents.follow(part).value for _, part in node.members("allOf")]
    pointer = node.pointer
    while len(pointer) > 2 and pointer[-2] in ("allOf", "anyOf", "oneOf"):
        pointer = pointer[:-2]
        outer = node.source.value
        for token in pointer:
            outer = outer[int(token)] if isinstance(outer, list) else outer[token]
        found.append(outer)
        found += [part for part in outer.get("allOf", ()) if isinstance(part, dict)]
    return [part for part in found if isinstance(part, dict)]


def _is_bounded_text(index: Index, node: Node) -> bool:
    return _is_listed(index, node) or any(
        "maxLength" in part or part.get("format") in _BOUNDED_FORMATS or _is_finite(part.get("pattern"))
        for part in _around(index, node)
    )


def _is_listed(index: Index, node: Node) -> bool:
    return any("enum" in part or "const" in part for part in _around(index, node))


@cache
def _is_finite(pattern: object) -> bool:
    """Does the pattern hold for texts of a bounded length only?"""
    if (
        not isinstance(pattern, str)
        or not pattern.startswith("^")
        or not pattern.endswith("$")
        or pattern.endswith("\\$")
    ):
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Python may read otherwise one day
            parsed = import_module("re._parser").parse(pattern)
    except (re.error, RecursionError, OverflowError):  # ECMA-262 knows more than Python
        return False
    if any(str(code) == "BRANCH" for code, _ in parsed):  # ^a|b$ is anchored on one side each
        return False
    return bool(parsed.getwidth()[1] < 1_000_000)


def _is_condition(node: Node) -> bool:
    return any(token in ("not", "if", "propertyNames", "contains") for token in node.pointer)


def _declares_nothing(node: Node) -> bool:
    in_composition = len(node.pointer) > 1 and node.pointer[-2] in ("allOf", "oneOf", "anyOf")
    return not in_composition and _DECLARING.isdisjoint(node.value)


def _severity(index: Index, node: Node) -> Severity | None:
    return None if index.is_input(node) else "info"


def _name(node: Node) -> str:
    if node.pointer[-1:] == ("schema",):
        owner = node.source.value
        for token in node.pointer[:-1]:
            owner = owner[int(token)] if isinstance(owner, list) else owner[token]
        return str(owner.get("name", node.pointer[-2]))
    return node.pointer[-1] if node.pointer else ""


def _called(node: Node) -> str:
    if node.pointer[-1:] == ("schema",) and "parameters" in node.pointer[-3:]:
        return f"the parameter `{_name(node)}`"
    return called(node.pointer)
