"""A difference between two schemas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from sdkgen.compat.oracle import contained
from sdkgen.compat.view import Schemas, View
from sdkgen.load import Node

if TYPE_CHECKING:
    from sdkgen.compat.gaps import Comparison

Step: TypeAlias = str | int
Path: TypeAlias = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """One keyword, or one property, in which two schemas at the same place of a value differ."""

    kind: str
    lost: bool
    """May a value be refused now that was allowed?"""
    gained: bool
    """May a value be allowed now that was refused?"""
    before: Any
    after: Any
    old: Schemas
    new: Schemas
    old_place: Node | None
    new_place: Node | None
    path: Path = ()
    """The way from the whole value to the one that these schemas are about."""
    name: str | None = None
    """The property, where it is about one."""
    value: Any = None
    """The constant, where it is about one of `enum`."""


@dataclass(slots=True)
class Local:
    """The two sides at one place of a value."""

    comparison: Comparison
    old_schemas: Schemas
    new_schemas: Schemas
    old: View
    new: View

    def gap(
        self,
        kind: str,
        lost: bool,
        gained: bool,
        before: Any = None,
        after: Any = None,
        name: str | None = None,
        value: Any = None,
    ) -> Gap:
        old_place = self._place(self.comparison.old.normal.places, self.old)
        new_place = self._place(self.comparison.new.normal.places, self.new)
        return Gap(
            kind, lost, gained, before, after, self.old_schemas, self.new_schemas, old_place, new_place, (), name, value
        )

    @staticmethod
    def _place(places: dict[int, Node], view: View) -> Node | None:
        return next((places[id(part)] for part in view.parts if id(part) in places), None)

    def exceeds_new(self, before: Schemas, after: Schemas) -> bool:
        """May a value satisfy the old schemas and not the new ones?"""
        return contained(self.comparison.old, before, self.comparison.new, after) != "yes"

    def exceeds_old(self, before: Schemas, after: Schemas) -> bool:
        """May a value satisfy the new schemas and not the old ones?"""
        return contained(self.comparison.new, after, self.comparison.old, before) != "yes"
