"""Payloads that show a difference: valid by one contract, refused by the other, and held against both before use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sdkgen.compat import keywords, texts
from sdkgen.compat.gap import Gap, Path
from sdkgen.compat.languages import contained
from sdkgen.compat.normal import Schema
from sdkgen.compat.oracle import Oracle, residue
from sdkgen.compat.samples import Impossible, Samples
from sdkgen.compat.view import ALTERNATIVES, Schemas, Views
from sdkgen.load import Node

_TRIED_HERE = 80
_TRIED_WHOLE = 6
_LONGEST = 5_000


@dataclass(frozen=True, slots=True)
class Witness:
    """A payload, and which contract takes it."""

    value: Any
    valid_in: str
    """`old` or `new`; the other one refuses it."""


@dataclass(slots=True)
class Whole:
    """The schemas of a whole body or parameter: where a payload has to be valid or not."""

    inside: Oracle
    around: Schemas
    outside: Oracle
    refusing: Schemas
    samples: Samples
    others: Views
    """The schemas of the contract that is to refuse it."""

    def find(self, gap: Gap, here: Schemas, there: Schemas, valid_in: str, *, thorough: bool = True) -> Witness | None:
        """A payload that is valid inside and refused outside because of this gap; None where none was found.

        Not `thorough`: try only what is likely, where the verdict does not depend on it.
        """
        for path, inner in self._first(gap, here, there):
            found = self.at(path, inner, valid_in, tried=2)
            if found is not None:
                return found
        if not thorough:
            return None
        for inner in islice(self._inner(gap, here, there), _TRIED_HERE):
            if self.inside.valid(here, inner) is not True or self.outside.valid(there, inner) is not False:
                continue
            found = self.at(gap.path, inner, valid_in)
            if found is not None:
                return found
        rest = residue(self.inside, self.around, self.outside, self.refusing)
        wholes = (self.at((), value, valid_in) for value in (_of_plain(rest) if rest is not None else ()))
        return next((found for found in wholes if found is not None), None)

    def at(self, path: Path, inner: Any, valid_in: str, tried: int = _TRIED_WHOLE) -> Witness | None:
        """A payload with this value at this place, if one is valid inside and refused outside."""
        for value in islice(self._wholes(path, inner), tried):
            if self.inside.valid(self.around, value) is True and self.outside.valid(self.refusing, value) is False:
                return Witness(value, valid_in)
        return None

    def _wholes(self, path: Path, inner: Any) -> Iterator[Any]:
        try:
            yield from self.samples.around(self.around, path, inner)
        except Impossible:
            return

    def _first(self, gap: Gap, here: Schemas, there: Schemas) -> Iterator[tuple[Path, Any]]:
        """What the kind of the gap alone suggests, and where to put it: it is cheap, and mostly right."""
        limit = gap.after if there == gap.new else gap.before
        if gap.kind == "property" and gap.name is not None:
            path = (*gap.path, gap.name)
            yield from ((path, value) for value in (*self._of_property(here, gap.name)[:1], "text", 1))
        elif gap.kind == "enum-value":
            yield gap.path, gap.value
        elif gap.kind in ("pattern", "min-length", "max-length"):
            if isinstance(limit, int) and 0 < limit < _LONGEST:
                yield gap.path, "x" * (limit + (1 if gap.kind == "max-length" else -1))
            inner, outer = keywords.texts(self.samples.views.view(here)), keywords.texts(self.others.view(there))
            example = contained(inner, outer).example
            if example is not None:
                yield gap.path, example
        elif gap.kind in ("minimum", "maximum") and isinstance(limit, (int, float)):
            yield gap.path, limit + (1 if gap.kind == "maximum" else -1)

    def _inner(self, gap: Gap, here: Schemas, there: Schemas) -> Iterator[Any]:
        """Values worth trying where the gap is, the likeliest first."""
        if gap.value is not None:
            yield gap.value
        if gap.name is not None:
            for value in (*self._of_property(here, gap.name), *_ODD):
                yield from self._with(here, gap.name, value)
        if gap.kind == "format":
            for form in gap.before, gap.after:
                yield from texts.of_format(form) if isinstance(form, str) else ()
                yield from texts.others(form) if isinstance(form, str) else ()
        if gap.kind in ("any-of", "one-of"):
            yield from self._unlike(here, there)
        left = residue(self.inside, here, self.outside, there)
        if left is not None:
            yield from _of_plain(left)
        yield from self.samples.some(here, 40)
        if gap.kind in ("additional-properties", "pattern-properties", "property-names", "dependent-required"):
            names = list(self._names(gap, here, there))
            for name in (*names, gap.name or "additional", "x", "longer-than-most"):
                for value in (*self._of_property(here, name), *_ODD):
                    yield from self._with(here, name, value)
        yield from _ODD

    def _unlike(self, here: Schemas, there: Schemas) -> Iterator[Any]:
        """Objects with a fault in each property that an alternative of the other side declares, and they do not."""
        view = self.samples.views.view
        members = [member for key, part in view(here).composed if key in ALTERNATIVES for member in part[key]]
        members += here if not members else []
        names = {name for member in members for name in view((member,)).names}
        names |= {name for one in there for name in self.others.view((one,)).names}
        for value in self.samples.some(here, 12):
            if isinstance(value, dict):
                missing = sorted(names - value.keys())
                yield from ({**value, **dict.fromkeys(missing, odd)} for odd in _ODD[:3])

    def _names(self, gap: Gap, here: Schemas, there: Schemas) -> Iterator[str]:
        """Names of properties that may make the difference."""
        if gap.kind == "pattern-properties":
            yield from texts.matching(gap.before or gap.after)
        if gap.kind == "property-names":
            view = self.samples.views.view(here)
            inner = tuple(part["propertyNames"] for key, part in view.composed if key == "propertyNames")
            yield from (name for name in self.samples.some(inner, 30) if isinstance(name, str))
        del there

    def _of_property(self, here: Schemas, name: str) -> list[Any]:
        return self.samples.some(self.samples.views.view(here).of_property(name), 3)

    def _with(self, here: Schemas, name: str, value: Any) -> Iterator[Any]:
        try:
            yield from islice(self.samples.around(here, (name,), value), 2)
        except Impossible:
            return


_ODD: tuple[Any, ...] = ("text", 1, True, None, {}, [], 1.5)


class _Document:
    """A plain JSON Schema, with the little of `Normal` that views need."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.places: dict[int, Node] = {}
        self.cases: dict[int, Node] = {}

    def resolve(self, found: Schema) -> Schema:
        for _ in range(100):
            if not (isinstance(found, dict) and set(found) <= {"$ref", "$schema", "$defs"} and "$ref" in found):
                break
            found = self.target(found["$ref"])
        return found

    def target(self, reference: str) -> Schema:
        found: Any = self.document
        for token in reference.removeprefix("#").split("/")[1:]:
            found = found[token.replace("~1", "/").replace("~0", "~")]
        return found  # type: ignore[no-any-return]

    def place(self, found: Schema) -> Node | None:  # noqa: ARG002
        return None


def _of_plain(schema: Schema) -> list[Any]:
    if not isinstance(schema, dict):
        return []
    views = Views(_Document(schema))  # type: ignore[arg-type]  # all of it that a view asks for
    try:
        return Samples(views).some((schema,), 40)
    except (KeyError, Impossible):
        return []
