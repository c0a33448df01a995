"""Where two schemas differ in the values they allow, found keyword by keyword.

Each pair of schemas is looked at once, however many ways lead to it; what lies below it is named as further pairs. So
recursive schemas need no care, and a component that five hundred operations share is compared once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

from sdkgen.compat import keywords
from sdkgen.compat.alternatives import Alternatives
from sdkgen.compat.gap import Gap, Local, Path, Step
from sdkgen.compat.oracle import Oracle
from sdkgen.compat.untouched import Untouched
from sdkgen.compat.view import Schemas, View, Views, among, same_value

Direction: TypeAlias = Literal["request", "response"]
Key: TypeAlias = tuple[tuple[int, ...], tuple[int, ...]]


@dataclass(slots=True)
class Pairing:
    """Two schemas at the same place of a value, and what was found there."""

    gaps: list[Gap] = field(default_factory=list)
    below: list[tuple[Step | None, Schemas, Schemas]] = field(default_factory=list)
    """One step on into the value, or None for the same value, and the pair there."""


class Comparison:
    """All pairs of schemas of one direction."""

    def __init__(
        self,
        oracles: tuple[Oracle, Oracle],
        views: tuple[Views, Views],
        untouched: Untouched,
        direction: Direction,
        *,
        text: bool,
    ) -> None:
        """`text` is for parameters and headers, whose values are text on the wire: any text may be a number as well."""
        self.old, self.new = oracles
        self.text = text
        self.old_views, self.new_views = views
        self.untouched = untouched
        self.direction = direction
        self.alternatives = Alternatives(self)
        self._pairs: dict[Key, Pairing] = {}
        self._found: dict[Key, list[Gap]] = {}

    def gaps(self, old: Schemas, new: Schemas) -> list[Gap]:
        """All gaps between two schemas and below, nearest first, each once, with the way that leads to it."""
        key = self._key(old, new)
        if key not in self._found:
            self._found[key] = list(self._gaps(old, new))
        return self._found[key]

    def _gaps(self, old: Schemas, new: Schemas) -> Iterator[Gap]:
        seen: set[Key] = set()
        level: list[tuple[Path, Schemas, Schemas, bool]] = [((), old, new, False)]
        while level:
            below: list[tuple[Path, Schemas, Schemas, bool]] = []
            for path, left, right, is_alternative in level:
                key = self._key(left, right)
                if key in seen:
                    continue
                seen.add(key)
                pairing = self._pairing(key, left, right)
                for gap in pairing.gaps:
                    if gap.kind != "default" or not is_alternative:  # it is that of the whole
                        yield replace(gap, path=path + gap.path)
                below += [
                    (path if step is None else (*path, step), one, other, step is None)
                    for step, one, other in pairing.below
                ]
            level = below

    def _key(self, old: Schemas, new: Schemas) -> Key:
        resolve_old, resolve_new = self.old.normal.resolve, self.new.normal.resolve
        return tuple(id(resolve_old(one)) for one in old), tuple(id(resolve_new(one)) for one in new)

    def _pairing(self, key: Key, old: Schemas, new: Schemas) -> Pairing:
        if key not in self._pairs:
            self._pairs[key] = Pairing() if self._is_untouched(old, new) else self._compared(old, new)
        return self._pairs[key]

    def _is_untouched(self, old: Schemas, new: Schemas) -> bool:
        if len(old) != 1 or len(new) != 1:
            return old == new == ()
        left = self.old.normal.place(self.old.normal.resolve(old[0]))
        right = self.new.normal.place(self.new.normal.resolve(new[0]))
        return left is not None and right is not None and self.untouched(left, right)

    def _compared(self, old: Schemas, new: Schemas) -> Pairing:
        old_null, old_core = self._stripped(self.old_views, old)
        new_null, new_core = self._stripped(self.new_views, new)
        local = Local(self, old_core, new_core, self.old_views.view(old_core), self.new_views.view(new_core))
        pairing = Pairing()
        if old_null != new_null and not keywords.takes_null(local.new if old_null else local.old):
            gap = local.gap("nullable", lost=old_null, gained=new_null, before=old_null, after=new_null)
            pairing.gaps.append(replace(gap, old=old, new=new))
        self._default(local, pairing)
        if local.old.impossible or local.new.impossible:
            if local.old.impossible != local.new.impossible:
                pairing.gaps.append(local.gap("schema", lost=local.new.impossible, gained=local.old.impossible))
            return pairing
        if self.alternatives.compare(local, pairing):
            return pairing
        disjoint = self._types(local, pairing)
        if not disjoint and not self._enums(local, pairing):
            shared = local.old.types & local.new.types
            for found in keywords.compare(local, shared):
                pairing.gaps.append(found)
            if "object" in shared:
                self._properties(local, pairing)
            if "array" in shared:
                self._items(local, pairing)
        return pairing

    @staticmethod
    def _stripped(views: Views, schemas: Schemas) -> tuple[bool, Schemas]:
        if len(schemas) != 1:
            return False, schemas
        null, core = views.stripped(schemas[0])
        if isinstance(core, dict):
            return null, (core,)
        return null and core is not True, () if core else (False,)

    @staticmethod
    def _default(local: Local, pairing: Pairing) -> None:
        gap = local.gap("default", False, False)
        before, after = (place.value if place else None for place in (gap.old_place, gap.new_place))
        if (
            isinstance(before, dict)
            and isinstance(after, dict)
            and not same_value(before.get("default"), after.get("default"))
        ):
            pairing.gaps.append(replace(gap, before=before.get("default"), after=after.get("default")))

    def _types(self, local: Local, pairing: Pairing) -> bool:
        """Compare the types; True where they have none in common, so that nothing more is to be said."""
        before, after = keywords.types(local.old), keywords.types(local.new)
        if before != after and local.old.enum is None and local.new.enum is None:
            taken, given = (keywords.as_text(view) if self.text else view.types for view in (local.old, local.new))
            lost, gained = bool(before - given), bool(after - taken)
            pairing.gaps.append(local.gap("type", lost, gained, keywords.shown(before), keywords.shown(after)))
        return not before & after and local.old.enum is None and local.new.enum is None

    def _enums(self, local: Local, pairing: Pairing) -> bool:
        """Compare lists of values; True where one side has one, so that nothing more is to be said."""
        before = self._sound(self.old, local.old_schemas, local.old)
        after = self._sound(self.new, local.new_schemas, local.new)
        if local.old.enum is None and local.new.enum is None:
            return False
        if before is None or after is None:
            lost = before is None or not all(self.new.valid(local.new_schemas, value) is True for value in before)
            gained = after is None or not all(self.old.valid(local.old_schemas, value) is True for value in after)
            pairing.gaps.append(local.gap("enum", lost, gained, local.old.enum, local.new.enum))
            return True
        stays, was = among(after), among(before)
        for value in before:
            if not stays(value):
                pairing.gaps.append(local.gap("enum-value", True, False, value, None, value=value))
        for value in after:
            if not was(value):
                pairing.gaps.append(local.gap("enum-value", False, True, None, value, value=value))
        return True

    @staticmethod
    def _sound(oracle: Oracle, schemas: Schemas, view: View) -> list[Any] | None:
        """The listed values that whatever stands beside the list allows."""
        listed = keywords.listed(view)
        if listed is None or all(part.keys() <= {"enum"} for part in view.parts):
            return listed
        return [value for value in listed if oracle.valid(schemas, value) is not False]

    def _properties(self, local: Local, pairing: Pairing) -> None:
        old, new = local.old, local.new
        for name in {**old.names, **new.names}:
            before, after = old.of_property(name), new.of_property(name)
            was, is_ = name in old.names and before != (False,), name in new.names and after != (False,)
            if was and is_:
                pairing.below.append((name, before, after))
            elif was or is_:
                pairing.gaps.append(self._property(local, name, was, before, after))
        for name in sorted(new.required - old.required):
            added = name in new.names and name not in old.names
            if added:
                pairing.gaps = [gap for gap in pairing.gaps if gap.name != name or gap.kind != "property"]
            kind = "required-property" if added else "required"
            # Whoever may not send it could not send the new one either.
            pairing.gaps.append(local.gap(kind, True, added and not old.closed, False, True, name=name))
        for name in sorted(old.required - new.required):
            if name in new.names or name not in old.names:
                pairing.gaps.append(local.gap("required", False, True, True, False, name=name))
        if old.closed != new.closed:
            pairing.gaps.append(
                local.gap("additional-properties", new.closed, old.closed, not old.closed, not new.closed)
            )
        elif not old.closed and (old.others or new.others):
            pairing.below.append((keywords.fresh_name(old, new), old.others, new.others))
        elif old.closed and self._says_closed(self.new, new) and not self._says_closed(self.old, old):
            name = keywords.fresh_name(old, new)
            pairing.gaps.append(local.gap("additional-properties", True, False, None, False, name=name))

    @staticmethod
    def _says_closed(oracle: Oracle, view: View) -> bool:
        """Does the contract itself refuse what is not declared? (By silence, it is the platform that does.)"""
        places = (oracle.normal.place(part) for part in view.parts)
        said = (place.value for place in places if place is not None and isinstance(place.value, dict))
        return any(one.get(key) is False for one in said for key in ("additionalProperties", "unevaluatedProperties"))

    def _property(self, local: Local, name: str, was: bool, before: Schemas, after: Schemas) -> Gap:
        """A property that only one side declares."""
        refused_old, refused_new = before == (False,), after == (False,)
        if was:
            lost = refused_new or (after != () and local.exceeds_new(before, after))
            return local.gap("property", lost, not refused_new and before != (), before, None, name=name)
        gained = refused_old or (before != () and local.exceeds_old(before, after))
        return local.gap("property", not refused_old and after != (), gained, None, after, name=name)

    @staticmethod
    def _items(local: Local, pairing: Pairing) -> None:
        last = max(local.old.prefix, local.new.prefix)
        for index in range(last + 1):
            before, after = local.old.item(index), local.new.item(index)
            if before or after:
                pairing.below.append((index, before, after))
