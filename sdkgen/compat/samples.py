"""Values that satisfy a schema, or nearly: small ones, those at its bounds, and one with a given value inside."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice
from typing import Any

from sdkgen.compat import texts
from sdkgen.compat.gap import Path
from sdkgen.compat.normal import Schema
from sdkgen.compat.view import ALTERNATIVES, Schemas, View, Views

_MAX_DEPTH = 12
_MAX_TEXT = 5_000
_MAX_ITEMS = 200
_MAX_SIZE = 5_000


class Impossible(Exception):
    """No value was found here."""


class Samples:
    """Values for the schemas of one contract."""

    def __init__(self, views: Views) -> None:
        self.views = views
        self._firsts: dict[tuple[int, ...], tuple[Schemas, Any]] = {}
        self._sought: set[tuple[int, ...]] = set()
        self._sizes: dict[int, tuple[Any, int]] = {}
        self._least: dict[tuple[int, str | None], tuple[View, dict[str, Any]]] = {}

    def around(self, schemas: Schemas, path: Path, inner: Any) -> Iterator[Any]:
        """Values of these schemas in which, where the path leads, the given value stands."""
        yield from self._values(schemas, path, inner, 0)

    def some(self, schemas: Schemas, number: int = 6) -> list[Any]:
        """A few values of these schemas."""
        return list(islice(self._values(schemas, None, None, 0), number))

    def _values(self, schemas: Schemas, path: Path | None, inner: Any, depth: int) -> Iterator[Any]:
        if path == ():
            yield inner
            return
        if depth > _MAX_DEPTH:
            return
        for chosen in islice(self._choices(schemas, path, 0), 12):
            try:
                yield from self._of_view(self.views.view(chosen), path, inner, depth)
            except Impossible:
                continue

    def _choices(self, schemas: Schemas, path: Path | None, turn: int) -> Iterator[Schemas]:
        """The schemas with one alternative taken of each that offers some; those first that know the path."""
        core = tuple(self.views.stripped(one)[1] for one in schemas) if len(schemas) == 1 else schemas
        view = self.views.view(core)
        options = [part[key] for key, part in view.composed if key in ALTERNATIVES]
        options += [[part["if"]] for key, part in view.composed if key == "if" and "then" in part]
        if not options or turn > 4:
            yield core
            return
        step = path[0] if path else None
        members = sorted(options[turn % len(options)], key=lambda one: not self._knows(one, step))
        for member in members:
            chosen: list[Schema] = []
            for part in view.parts:
                kept = {key: value for key, value in part.items() if key not in (*ALTERNATIVES, "if", "allOf", "$ref")}
                if kept:
                    chosen.append(self._keep(kept))
            others = [option[0] for option in options if option is not options[turn % len(options)] and option]
            yield from self._choices((*chosen, member, *others), path, turn + 1)

    def _keep(self, made: dict[str, Any]) -> dict[str, Any]:
        self.views._kept.append(made)
        return made

    def _knows(self, member: Schema, step: Any) -> bool:
        return step is None or (isinstance(step, str) and step in self.views.view((member,)).names)

    def _of_view(self, view: View, path: Path | None, inner: Any, depth: int) -> Iterator[Any]:
        if view.impossible:
            raise Impossible
        if path:
            if isinstance(path[0], str):
                yield from self._objects(view, path, inner, depth)
            else:
                yield from self._arrays(view, path, inner, depth)
            return
        if view.enum is not None:
            yield from view.enum
            return
        for kind in ("string", "integer", "number", "boolean", "object", "array", "null"):
            if kind in view.types and not (kind == "number" and "integer" in view.types and depth):
                yield from self._of_type(view, kind, depth)

    def _of_type(self, view: View, kind: str, depth: int) -> Iterator[Any]:
        if kind == "string":
            yield from strings(view)
        elif kind in ("integer", "number"):
            yield from numbers(view, whole=kind == "integer")
        elif kind == "boolean":
            yield from (True, False)
        elif kind == "null":
            yield None
        elif kind == "object":
            yield from self._objects(view, None, None, depth)
        else:
            yield from self._arrays(view, None, None, depth)

    def first(self, schemas: Schemas, depth: int) -> Any:
        """The simplest value of these schemas, which has none of the same inside. Raises Impossible."""
        key = tuple(map(id, schemas))
        if key not in self._firsts:
            if key in self._sought:
                raise Impossible
            self._sought.add(key)
            try:
                value = next(self._values(schemas, None, None, depth), Impossible)
            finally:
                self._sought.discard(key)
            if value is Impossible or self._size(value) > _MAX_SIZE:
                raise Impossible
            self._firsts[key] = schemas, value
        return self._firsts[key][1]

    def _size(self, value: Any) -> int:
        """Of how many values it is. Those that are in it at many places are looked into once."""
        if not isinstance(value, (dict, list)):
            return 1
        if id(value) not in self._sizes:
            inner = value.values() if isinstance(value, dict) else value
            self._sizes[id(value)] = value, 1 + sum(map(self._size, inner))
        return self._sizes[id(value)][1]

    def _objects(self, view: View, path: Path | None, inner: Any, depth: int) -> Iterator[Any]:
        if "object" not in view.types:
            raise Impossible
        found = self._needed(view, str(path[0]) if path else None, depth)
        least = int(min(view.bounds.get("minProperties", 0), _MAX_ITEMS))
        if path:
            value = inner
            for value in islice(self._values(view.of_property(str(path[0])), path[1:], inner, depth + 1), 8):
                yield self._filled(view, {**found, str(path[0]): value}, least, depth)
            whole = {**self._all_of(view, found, depth), str(path[0]): value}
            if depth < 3 and len(whole) > len(found) + 1:
                yield whole
            return
        yield self._filled(view, dict(found), least, depth)
        if depth < 3:
            whole = self._all_of(view, found, depth)
            if whole != found:
                yield whole
                yield from ({**found, name: value} for name, value in whole.items() if name not in found)
        most = view.bounds.get("maxProperties", 3)
        if not view.closed and least <= len(found) < most <= _MAX_ITEMS:
            yield self._filled(view, dict(found), int(most), depth)

    def _needed(self, view: View, given: str | None, depth: int) -> dict[str, Any]:
        """The properties that must be there, besides one that is given."""
        if (id(view), given) not in self._least:
            needed = set(view.required)
            rest = [*needed, *([given] if given is not None else [])]
            while rest:  # what is there may need more
                more = view.dependent.get(rest.pop(), set()) - needed
                needed |= more
                rest += more
            found = {name: self.first(view.of_property(name), depth + 1) for name in sorted(needed - {given})}
            self._least[id(view), given] = view, found
        return dict(self._least[id(view), given][1])

    def _all_of(self, view: View, found: dict[str, Any], depth: int) -> dict[str, Any]:
        """With all the properties that are declared."""
        whole = dict(found)
        for name in view.names:
            if name not in whole:
                try:
                    whole[name] = self.first(view.of_property(name), depth + 1)
                except Impossible:
                    continue
        return whole

    def _filled(self, view: View, found: dict[str, Any], least: int, depth: int) -> dict[str, Any]:
        for name in view.names:
            if len(found) >= least:
                return found
            if name not in found and view.of_property(name) != (False,):
                found[name] = self.first(view.of_property(name), depth + 1)
        number = 0
        while len(found) < least and not view.closed:
            number += 1
            found[f"additional{number}"] = self.first(view.others, depth + 1)
        return found

    def _arrays(self, view: View, path: Path | None, inner: Any, depth: int) -> Iterator[Any]:
        if "array" not in view.types:
            raise Impossible
        least = int(min(view.bounds.get("minItems", 0), _MAX_ITEMS))
        index = int(path[0]) if path else -1
        contains = [part["contains"] for key, part in view.composed if key == "contains"]
        length = max(least, index + 1, view.prefix if path else 0)
        if path:
            for value in islice(self._values(view.item(index), path[1:], inner, depth + 1), 8):
                items = self._items(view, length, depth, {index: value})
                yield [*items, *(self.first((one,), depth + 1) for one in contains)]
            return
        for number in dict.fromkeys(
            (least, max(least, 1), max(least, 2), int(min(view.bounds.get("maxItems", 2), 200)))
        ):
            if number <= view.bounds.get("maxItems", math.inf):
                items = self._items(view, number, depth, {})
                yield [*items, *(self.first((one,), depth + 1) for one in contains)][: max(number, len(contains))]
        for one in contains:
            for value in islice(self._values((one,), None, None, depth + 1), 6):
                yield from ([*self._items(view, least, depth, {}), *[value] * times] for times in (1, 2, 3))
        if depth < 3 and view.bounds.get("maxItems", 2) >= 1:
            for value in islice(self._values(view.item(0), None, None, depth + 1), 12):
                yield self._items(view, max(least, 1), depth, {0: value})
            twin = self.first(view.item(0), depth + 1)
            if "uniqueItems" not in view.sets and view.bounds.get("maxItems", 2) >= 2:
                yield [twin] * max(least, 2)

    def _items(self, view: View, length: int, depth: int, given: dict[int, Any]) -> list[Any]:
        found: list[Any] = []
        unique = "uniqueItems" in view.sets
        for index in range(length):
            if index in given:
                found.append(given[index])
                continue
            wanted = islice(self._values(view.item(index), None, None, depth + 1), _MAX_ITEMS if unique else 1)
            value = next((one for one in wanted if not unique or one not in found), Impossible)
            if value is Impossible:
                raise Impossible
            found.append(value)
        return found


def strings(view: View) -> Iterator[str]:
    """Texts at the bounds of the length, of the format, of the pattern; plain ones last."""
    least = int(min(view.bounds.get("minLength", 0), _MAX_TEXT))
    most = view.bounds.get("maxLength", math.inf)
    made: list[str] = []
    for form in view.sets.get("format", ()):
        made += texts.of_format(form)
    for pattern in view.sets.get("pattern", ()):
        made += texts.matching(pattern)
    if not view.sets.get("pattern") and not made:
        lengths = {max(least, min(4, most)), least, min(most, least + 1, _MAX_TEXT), min(most, _MAX_TEXT)}
        made += ["text"] if least <= 4 <= most else []
        made += ["x" * int(length) for length in sorted(lengths)]
        made += [text for text in texts.PLAIN if least <= len(text) <= most]
    if not made and "contentEncoding" not in view.sets:
        made += [text.ljust(least, "x") for text in texts.PLAIN]
    for text in dict.fromkeys(made):
        if least <= len(text) <= most:
            yield text


def numbers(view: View, *, whole: bool) -> Iterator[int | float]:
    """Numbers at the bounds and between."""
    steps = view.sets.get("multipleOf", [])
    low = max(view.bounds.get("minimum", -math.inf), view.bounds.get("exclusiveMinimum", -math.inf))
    high = min(view.bounds.get("maximum", math.inf), view.bounds.get("exclusiveMaximum", math.inf))
    step = steps[0] if steps else 1
    found: list[float] = [1, 0, -1, 5, 10**6, -(10**6)]
    for bound in (low, high):
        if math.isfinite(bound):
            found += [bound, bound + step, bound - step]
            if not whole:
                found += [bound + step / 4, bound - step / 4]
    if math.isfinite(low) and math.isfinite(high):
        found.append((low + high) / 2)
    if not whole:
        found += [0.5, 1.5, 1e40]
    found += [step, step * 3, 2**40, 2**70]
    if steps and math.isfinite(low):
        found += [math.ceil(low / step) * step]
    for number in dict.fromkeys(found):
        value = int(number) if whole else number
        if low <= value <= high and (not steps or all(_is_multiple(value, one) for one in steps)):
            if value == low and view.bounds.get("exclusiveMinimum") == low:
                continue
            if value == high and view.bounds.get("exclusiveMaximum") == high:
                continue
            yield value


def _is_multiple(value: float, step: float) -> bool:
    return math.isclose(value / step, round(value / step), abs_tol=1e-12)
