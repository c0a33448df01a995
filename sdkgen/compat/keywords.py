"""Keywords that say what a single value may be: compared one by one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from sdkgen.compat.gap import Gap, Local
from sdkgen.compat.languages import Texts, contained, shapes
from sdkgen.compat.view import View

_WIDER = {
    "uri": {"uri-reference", "iri", "iri-reference"},
    "uri-reference": {"iri-reference"},
    "iri": {"iri-reference"},
    "email": {"idn-email"},
    "hostname": {"idn-hostname"},
    "ipv4": {"hostname"},
}
"""Formats whose texts are all of another format as well."""

_COUNTS = {
    "array": ("minItems", "maxItems"),
    "object": ("minProperties", "maxProperties"),
}
_KINDS = {
    "minLength": "min-length",
    "maxLength": "max-length",
    "minItems": "min-items",
    "maxItems": "max-items",
    "minProperties": "min-properties",
    "maxProperties": "max-properties",
    "multipleOf": "multiple-of",
    "uniqueItems": "unique-items",
    "pattern": "pattern",
    "format": "format",
    "contentEncoding": "content-encoding",
    "contentMediaType": "content-media-type",
}


def as_text(view: View) -> frozenset[str]:
    """The types whose texts are taken where this is: plain text may be the text of a number as well."""
    plain = "string" in view.types and not any(key in view.sets for key in ("pattern", "format"))
    bounded = view.bounds.keys() & {"minLength", "maxLength"}
    return view.types | {"integer", "number", "boolean"} if plain and not bounded else view.types


def types(view: View) -> frozenset[str]:
    return view.types


def shown(found: frozenset[str]) -> str:
    """Types as a contract would name them."""
    names = sorted(found - {"integer"} if "number" in found else found)
    return "any" if len(names) == 6 else " or ".join(names)


def takes_null(view: View) -> bool:
    return "null" in view.types and (view.enum is None or None in view.enum)


def listed(view: View) -> list[Any] | None:
    """All values there are, where they are few."""
    if view.enum is not None:
        return view.enum
    if view.types <= {"boolean", "null"}:
        return [*([True, False] if "boolean" in view.types else []), *([None] if "null" in view.types else [])]
    return None


def fresh_name(*views: View) -> str:
    """A property name that nothing declares."""
    name = "additional"
    while any(name in view.names for view in views):
        name += "1"
    return name


def compare(local: Local, shared: frozenset[str]) -> Iterator[Gap]:
    """The gaps of all keywords that matter for values of these types."""
    if shared & {"number", "integer"}:
        yield from _range(local)
        yield from _multiples(local, shared)
    for kind, bounds in _COUNTS.items():
        if kind in shared:
            for keyword in bounds:
                yield from _count(local, keyword)
    if "string" in shared:
        yield from _texts(local)
        for keyword in ("contentEncoding", "contentMediaType"):
            yield from _set(local, keyword)
        yield from _formats(local)
    if "array" in shared:
        yield from _set(local, "uniqueItems")
    if "object" in shared:
        yield from _dependencies(local)


def _range(local: Local) -> Iterator[Gap]:
    for kind, sign in (("minimum", 1), ("maximum", -1)):
        before, after = _bound(local.old, kind, sign), _bound(local.new, kind, sign)
        if before != after:
            yield local.gap(kind, after > before, after < before, _told(before, sign), _told(after, sign))


def _bound(view: View, kind: str, sign: int) -> tuple[float, bool]:
    """The lower bound, and whether it is excluded; the upper one is the lower one of the negated numbers."""
    inclusive = sign * view.bounds.get(kind, -sign * math.inf)
    exclusive = sign * view.bounds.get("exclusive" + kind.capitalize(), -sign * math.inf)
    return (exclusive, True) if exclusive >= inclusive and exclusive > -math.inf else (inclusive, False)


def _told(bound: tuple[float, bool], sign: int) -> str | float | None:
    value, excluded = bound
    if value == -math.inf:
        return None
    return f"{'above' if sign > 0 else 'below'} {sign * value}" if excluded else sign * value


def _count(local: Local, keyword: str) -> Iterator[Gap]:
    is_least = keyword.startswith("min")
    nothing = 0 if is_least else math.inf
    before, after = local.old.bounds.get(keyword, nothing), local.new.bounds.get(keyword, nothing)
    if is_least and keyword == "minProperties":
        before, after = max(before, len(local.old.required)), max(after, len(local.new.required))
        if keyword not in local.old.bounds and keyword not in local.new.bounds:
            return
    if before != after:
        narrower = after > before if is_least else after < before
        yield local.gap(
            _KINDS[keyword], narrower, not narrower, local.old.bounds.get(keyword), local.new.bounds.get(keyword)
        )


def _set(local: Local, keyword: str) -> Iterator[Gap]:
    before, after = local.old.sets.get(keyword, []), local.new.sets.get(keyword, [])
    lost, gained = any(one not in before for one in after), any(one not in after for one in before)
    if lost or gained:
        yield local.gap(_KINDS[keyword], lost, gained, _one(before), _one(after))


def _texts(local: Local) -> Iterator[Gap]:
    """Lengths and patterns, each held against all that the other side says of a text."""
    before, after = texts(local.old), texts(local.new)
    for found, old, new in (
        (_count(local, "minLength"), Texts((), before.least), Texts((), after.least)),
        (_count(local, "maxLength"), Texts((), 0, before.most), Texts((), 0, after.most)),
        (_set(local, "pattern"), _patterns(local.old), _patterns(local.new)),
    ):
        for gap in found:
            lost = gap.lost and contained(before, new).contained != "yes"
            gained = gap.gained and contained(after, old).contained != "yes"
            if lost or gained:
                yield replace(gap, lost=lost, gained=gained)


def texts(view: View) -> Texts:
    """The texts that a view allows, and perhaps more: of formats, only the shape is known."""
    patterns = (*view.sets.get("pattern", ()), *shapes(view.sets.get("format", [])))
    return Texts(patterns, view.bounds.get("minLength", 0), view.bounds.get("maxLength", math.inf))


def _patterns(view: View) -> Texts:
    return Texts(tuple(view.sets.get("pattern", ())))


def _formats(local: Local) -> Iterator[Gap]:
    before, after = local.old.sets.get("format", []), local.new.sets.get("format", [])
    lost = any(not _implied(one, before) for one in after)
    gained = any(not _implied(one, after) for one in before)
    if lost or gained:
        yield local.gap("format", lost, gained, _one(before), _one(after))


def _implied(form: str, by: list[str]) -> bool:
    return form in by or any(form in _WIDER.get(one, ()) for one in by)


def _multiples(local: Local, shared: frozenset[str]) -> Iterator[Gap]:
    before, after = local.old.sets.get("multipleOf", []), local.new.sets.get("multipleOf", [])
    whole = [] if "number" in shared else [1]
    lost = any(not _divides(one, before + whole) for one in after)
    gained = any(not _divides(one, after + whole) for one in before)
    if lost or gained:
        yield local.gap("multiple-of", lost, gained, _one(before), _one(after))


def _divides(divisor: float, multiples: list[float]) -> bool:
    """Is every number that is a multiple of one of these a multiple of the divisor?"""
    return any(Fraction(str(one)) % Fraction(str(divisor)) == 0 for one in multiples)


def _dependencies(local: Local) -> Iterator[Gap]:
    for name in sorted(local.old.dependent.keys() | local.new.dependent.keys()):
        before = local.old.dependent.get(name, set()) | local.old.required
        after = local.new.dependent.get(name, set()) | local.new.required
        lost = bool(local.new.dependent.get(name, set()) - before)
        gained = bool(local.old.dependent.get(name, set()) - after)
        if lost or gained:
            told = sorted(local.old.dependent.get(name, ())), sorted(local.new.dependent.get(name, ()))
            yield local.gap("dependent-required", lost, gained, *told, name=name)


def _one(found: list[Any]) -> Any:
    """What is told of several constraints of the same keyword."""
    return found[0] if len(found) == 1 else found or None
