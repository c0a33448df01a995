"""Keywords that combine schemas: which alternative of one side stands for which of the other, and what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdkgen.compat import texts
from sdkgen.compat.gap import Gap, Local
from sdkgen.compat.normal import Normal, Schema
from sdkgen.compat.oracle import contained
from sdkgen.compat.view import ALTERNATIVES, Schemas, View, Views

if TYPE_CHECKING:
    from sdkgen.compat.gaps import Comparison, Pairing

_KINDS = {
    "anyOf": "any-of",
    "oneOf": "one-of",
    "not": "not",
    "if": "if",
    "contains": "contains",
    "propertyNames": "property-names",
    "dependentSchemas": "dependent-schemas",
    "patternProperties": "pattern-properties",
    "unevaluatedItems": "unevaluated-items",
}
_WITH = {
    "if": ("then", "else"),
    "contains": ("minContains", "maxContains"),
    "unevaluatedItems": ("prefixItems", "items", "contains"),
}


class Alternatives:
    """The combining keywords of one comparison."""

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self._made: dict[tuple[int, str], Schema] = {}
        self._kept: list[object] = []

    def compare(self, local: Local, pairing: Pairing) -> bool:
        """Compare what combines schemas; True where that is all there is to say of the pair."""
        if not local.old.composed and not local.new.composed:
            return False
        if self._chosen(local, pairing):
            return True
        for keyword, kind in _KINDS.items():
            before, after = self._of(local.old, keyword), self._of(local.new, keyword)
            if not (before or after) or self._alike(before, after):
                continue
            if keyword == "patternProperties":
                self._patterns(local, pairing, before, after)
                continue
            old, new = self._alone(before, keyword), self._alone(after, keyword)
            lost = contained(self.comparison.old, old, self.comparison.new, new) != "yes"
            gained = contained(self.comparison.new, new, self.comparison.old, old) != "yes"
            if lost or gained:
                pairing.gaps.append(local.gap(kind, lost, gained, _told(before, keyword), _told(after, keyword)))
        return False

    def _chosen(self, local: Local, pairing: Pairing) -> bool:
        """Pair the alternatives of both sides where there is nothing beside them on either."""
        before, after = self._members(local.old, local.old_schemas), self._members(local.new, local.new_schemas)
        if before is None or after is None or (len(before) == 1 and len(after) == 1 and not self._both(local)):
            return False
        lost = contained(self.comparison.old, local.old_schemas, self.comparison.new, local.new_schemas)
        gained = contained(self.comparison.new, local.new_schemas, self.comparison.old, local.old_schemas)
        if lost == gained == "yes":
            return True
        kind = _KINDS[next(key for view in (local.old, local.new) for key, _ in view.composed if key in ALTERNATIVES)]
        pairs, removed, added = self._aligned(before, after)
        if lost != "yes":
            for member in removed:
                pairing.gaps.append(self._member(local, kind, member, None))
        if gained != "yes":
            for member in added:
                pairing.gaps.append(self._member(local, kind, None, member))
        for left, right in pairs:
            pairing.below.append((None, (left,), (right,)))
        same = not removed and not added
        if same and any(key == "oneOf" for key, _ in local.old.composed) != any(
            key == "oneOf" for key, _ in local.new.composed
        ):
            pairing.gaps.append(local.gap(kind, lost != "yes", gained != "yes"))
        return True

    def _both(self, local: Local) -> bool:
        return bool(local.old.composed and local.new.composed)

    def _member(self, local: Local, kind: str, before: Schema | None, after: Schema | None) -> Gap:
        return local.gap(kind, before is not None, after is not None, self._name(before), self._name(after))

    def _name(self, member: Schema | None) -> str | None:
        """What to call an alternative: by the component it is, or by its type."""
        if member is None:
            return None
        for normal in (self.comparison.old.normal, self.comparison.new.normal):
            found = normal.resolve(member) if _is_of(normal, member) else member
            place = normal.cases.get(id(found)) or normal.place(found)
            if place is not None and len(place.pointer) == 3:
                return place.pointer[-1]
        return str(member.get("type", ["another"])[0]) if isinstance(member, dict) else "anything"

    def _members(self, view: View, schemas: Schemas) -> list[Schema] | None:
        """The alternatives of a view that says nothing else; the schema itself where it has none."""
        if not view.composed:
            return list(schemas) if len(schemas) == 1 else None
        if len(view.parts) != 1 or len(view.composed) != 1 or view.composed[0][0] not in ALTERNATIVES:
            return None
        keyword, part = view.composed[0]
        if set(part) - {keyword, "x-discriminator", "type", "unevaluatedProperties"}:
            return None
        return list(part[keyword])

    def _aligned(
        self, before: list[Schema], after: list[Schema]
    ) -> tuple[list[tuple[Schema, Schema]], list[Schema], list[Schema]]:
        pairs: list[tuple[Schema, Schema]] = []
        rest_old, rest_new = list(before), list(after)
        for name in (self._address, self._tag, self._shape):
            known: dict[Any, list[Schema]] = {}
            for member in rest_new:
                found = name(self.comparison.new.normal, member)
                if found is not None:
                    known.setdefault(found, []).append(member)
            for member in list(rest_old):
                found = name(self.comparison.old.normal, member)
                if found is not None and known.get(found):
                    twin = known[found].pop(0)
                    pairs.append((member, twin))
                    rest_old = [one for one in rest_old if one is not member]
                    rest_new = [one for one in rest_new if one is not twin]
        return pairs, rest_old, rest_new

    def _address(self, normal: Normal, member: Schema) -> Any:
        found = normal.resolve(member)
        place = normal.cases.get(id(found)) or normal.place(found)
        return place.pointer if place is not None and len(place.pointer) == 3 else None

    def _tag(self, normal: Normal, member: Schema) -> Any:
        """The constant by which an alternative is told from the others."""
        found = normal.resolve(member)
        if not isinstance(found, dict):
            return None
        for name in sorted(found.get("required", ())):
            declared = normal.resolve(found.get("properties", {}).get(name, True))
            if isinstance(declared, dict) and isinstance(declared.get("enum"), list) and len(declared["enum"]) == 1:
                return name, repr(declared["enum"][0])
        return None

    def _shape(self, normal: Normal, member: Schema) -> Any:
        """The types, where nothing else tells alternatives apart."""
        view = self._views(normal).view((member,))
        return view.types

    def _views(self, normal: Normal) -> Views:
        is_old = normal is self.comparison.old.normal
        return self.comparison.old_views if is_old else self.comparison.new_views

    @staticmethod
    def _of(view: View, keyword: str) -> list[dict[str, Any]]:
        return [part for key, part in view.composed if key == keyword]

    def _alike(self, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> bool:
        """The same words, where all that they refer to is the same as well?"""
        if len(before) != len(after):
            return False
        old, new = self.comparison.old.normal, self.comparison.new.normal
        return all(
            (left_place := old.place(left)) is not None
            and (right_place := new.place(right)) is not None
            and self.comparison.untouched(left_place, right_place)
            for left, right in zip(before, after, strict=True)
        )

    def _patterns(
        self, local: Local, pairing: Pairing, before: list[dict[str, Any]], after: list[dict[str, Any]]
    ) -> None:
        """Properties whose names match a pattern: the pairs of the same pattern, and patterns of one side only."""
        old = {name: one for part in before for name, one in part["patternProperties"].items()}
        new = {name: one for part in after for name, one in part["patternProperties"].items()}
        for pattern in {**old, **new}:
            if pattern in old and pattern in new:
                name = next(texts.matching(pattern), None)
                if name is not None:
                    pairing.below.append((name, (old[pattern],), (new[pattern],)))
            else:
                pairing.gaps.append(self._pattern(local, pattern, old, new))

    @staticmethod
    def _pattern(local: Local, pattern: str, old: dict[str, Schema], new: dict[str, Schema]) -> Gap:
        """A pattern of one side only: on the other, its properties are among those that are not declared."""
        told = (pattern, None) if pattern in old else (None, pattern)
        name = next(texts.matching(pattern), None)
        if name is None or len(old) + len(new) > 1:  # another pattern may match as well
            return local.gap("pattern-properties", True, True, *told)
        before, after = (
            (side[pattern],) if pattern in side else view.of_property(name)
            for side, view in ((old, local.old), (new, local.new))
        )
        lost, gained = local.exceeds_new(before, after), local.exceeds_old(before, after)
        return local.gap("pattern-properties", lost, gained, *told)

    def _alone(self, parts: list[dict[str, Any]], keyword: str) -> Schemas:
        """Schemas of nothing but this keyword and what it depends on."""
        made: list[Schema] = []
        for part in parts:
            if (id(part), keyword) not in self._made:
                self._kept.append(part)
                only = {name: part[name] for name in (keyword, *_WITH.get(keyword, ())) if name in part}
                self._made[id(part), keyword] = part["propertyNames"] if keyword == "propertyNames" else only
            made.append(self._made[id(part), keyword])
        return tuple(made)


def _told(parts: list[dict[str, Any]], keyword: str) -> Any:
    return [part[keyword] for part in parts] or None


def _is_of(normal: Normal, member: Schema) -> bool:
    if not isinstance(member, dict):
        return False
    if "$ref" not in member:
        return True
    use, _, name = member["$ref"].removeprefix("#/").partition("/")
    return name in normal.definitions.get(use, {})
