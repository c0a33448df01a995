"""From differences between schemas to changes with a verdict and a witness."""

from __future__ import annotations

from functools import cached_property

from sdkgen.compat.changes import Changes, Level, shown
from sdkgen.compat.gap import Gap
from sdkgen.compat.gaps import Comparison, Direction
from sdkgen.compat.oracle import Oracle, contained
from sdkgen.compat.samples import Samples
from sdkgen.compat.side import Side
from sdkgen.compat.untouched import Untouched
from sdkgen.compat.view import Schemas, Views
from sdkgen.compat.witness import Whole, Witness
from sdkgen.load import Node

_MAX_SEARCHES = 3
"""In how many bodies a witness is looked for before the verdict is `unknown`."""
_PROVED = "every value that was allowed is allowed still"
_PROVED_ANSWER = "no value is allowed now that was not before"


class SchemaChanges:
    """Compares the schemas of two contracts, and notes what comes out."""

    def __init__(self, old: Side, new: Side, untouched: Untouched, changes: Changes) -> None:
        self.old, self.new = old, new
        self.untouched = untouched
        self.changes = changes
        self._comparisons: dict[tuple[Direction, bool], Comparison] = {}
        self._samples: dict[int, Samples] = {}
        self._oracles = Oracle(old.normal), Oracle(new.normal)
        self._views = Views(old.normal), Views(new.normal)
        self._searches: dict[tuple[object, ...], int] = {}

    def comparison(self, role: Direction, *, text: bool) -> Comparison:
        if (role, text) not in self._comparisons:
            sides = (self._oracles, self._views, self.untouched)
            self._comparisons[role, text] = Comparison(*sides, role, text=text)
        return self._comparisons[role, text]

    def compare(self, old: Node, new: Node, role: Direction, operation: str, *, text: bool = False) -> None:
        """Compare two schemas for values that go in this direction."""
        if self.untouched(old, new):
            return
        comparison = self.comparison(role, text=text)
        left = (comparison.old.normal.schema(old, role),)
        right = (comparison.new.normal.schema(new, role),)
        for gap in comparison.gaps(_without_true(left), _without_true(right)):
            self._note(comparison, gap, _without_true(left), _without_true(right), (old, new), operation)

    def _note(
        self,
        comparison: Comparison,
        gap: Gap,
        left: Schemas,
        right: Schemas,
        fallback: tuple[Node, Node],
        operation: str,
    ) -> None:
        role = comparison.direction
        level, argument, witness = self._judged(comparison, gap, left, right, fallback[0])
        self.changes.add(
            rule_id(gap, role),
            self._node(gap, fallback),
            _message(gap),
            operation=operation,
            level=level,
            before=_plain(gap.before),
            after=_plain(gap.after),
            name=gap.name if gap.value is None else shown(gap.value),
            path=tuple(map(str, gap.path)),
            witness=witness,
            argument=argument,
        )

    def _judged(
        self, comparison: Comparison, gap: Gap, left: Schemas, right: Schemas, root: Node
    ) -> tuple[Level, str | None, Witness | None]:
        role = comparison.direction
        if gap.kind == "default":
            return ("breaking" if role == "request" and gap.before is not None else "compatible"), None, None
        is_removed = gap.kind == "property" and gap.before is not None and role == "response"
        if not (gap.lost if role == "request" else gap.gained) and not is_removed:
            return "compatible", _PROVED if role == "request" else _PROVED_ANSWER, None
        key = (role, gap.kind, tuple(map(id, gap.old)), tuple(map(id, gap.new)), gap.name, shown(gap.value))
        if self._searches.get(key, 0) >= _MAX_SEARCHES:
            return "unknown", "no payload was found that shows a difference", None
        if gap.kind == "additional-properties" and gap.before is None:
            witness = self._undeclared(comparison, gap, root, right)
        else:
            lost = role == "request"
            witness = self._witness(comparison, gap, left, right, lost=lost, thorough=not is_removed)
        if witness is None and is_removed:
            witness = self._witness(comparison, gap, left, right, lost=True, thorough=False)
        if witness is not None or is_removed:
            return "breaking", None, witness
        self._searches[key] = self._searches.get(key, 0) + 1
        inner, outer = (comparison.old, comparison.new) if role == "request" else (comparison.new, comparison.old)
        inside, around = (left, right) if role == "request" else (right, left)
        if not gap.kind.startswith("content-") and contained(inner, inside, outer, around) == "yes":
            return "compatible", _PROVED if role == "request" else _PROVED_ANSWER, None
        return "unknown", "neither a proof nor a payload that shows a difference was found", None

    def _witness(
        self, comparison: Comparison, gap: Gap, left: Schemas, right: Schemas, *, lost: bool, thorough: bool
    ) -> Witness | None:
        if lost:
            samples = self._sampler(comparison.old_views)
            whole = Whole(comparison.old, left, comparison.new, right, samples, comparison.new_views)
            return whole.find(gap, gap.old, gap.new, "old", thorough=thorough)
        samples = self._sampler(comparison.new_views)
        whole = Whole(comparison.new, right, comparison.old, left, samples, comparison.old_views)
        return whole.find(gap, gap.new, gap.old, "new", thorough=thorough)

    def _undeclared(self, comparison: Comparison, gap: Gap, root: Node, right: Schemas) -> Witness | None:
        """A payload with a property that the old contract is silent about, and the new one refuses."""
        around = (self.old.open.schema(root, comparison.direction),)
        samples = self._sampler(self._open_views)
        whole = Whole(self._open, around, comparison.new, right, samples, comparison.new_views)
        return whole.at((*gap.path, str(gap.name)), "text", "old")

    @cached_property
    def _open(self) -> Oracle:
        return Oracle(self.old.open)

    @cached_property
    def _open_views(self) -> Views:
        return Views(self.old.open)

    def _sampler(self, views: Views) -> Samples:
        return self._samples.setdefault(id(views), Samples(views))

    @staticmethod
    def _node(gap: Gap, fallback: tuple[Node, Node]) -> Node:
        gone = gap.kind == "property" and gap.after is None
        place = gap.old_place if gone else gap.new_place
        place = place or (fallback[0] if gone else fallback[1])
        if gap.kind in ("property", "required-property") and gap.name is not None:
            below = place.get("properties")
            found = below.get(gap.name) if below else None
            return found or place
        return place


def rule_id(gap: Gap, role: Direction) -> str:
    """The rule that speaks of this difference."""
    if gap.kind == "property":
        return f"{role}-property-{'added' if gap.before is None else 'removed'}"
    if gap.kind == "required-property":
        return f"{role}-required-property-added"
    if gap.kind == "required":
        return f"{role}-property-{'required' if gap.lost else 'optional'}"
    if gap.kind == "enum-value":
        return f"{role}-enum-value-{'removed' if gap.lost else 'added'}"
    if gap.kind == "default":
        return f"{role}-default-changed"
    step = "changed" if gap.lost and gap.gained else "narrowed" if gap.lost else "widened"
    return f"{role}-{gap.kind}-{step}"


def _message(gap: Gap) -> str:
    way = ".".join(map(str, gap.path))
    at = f"`{way}`: " if way else ""
    if gap.kind in ("property", "required-property"):
        step = "removed" if gap.kind == "property" and gap.before is not None else "added"
        needed = "required " if gap.kind == "required-property" else ""
        return f"{at}the {needed}property `{gap.name}` was {step}"
    if gap.kind == "required":
        return f"{at}the property `{gap.name}` became {'required' if gap.lost else 'optional'}"
    if gap.kind == "enum-value":
        return f"{at}the value {shown(gap.value)} was {'removed' if gap.lost else 'added'}"
    if gap.kind == "nullable":
        return f"{at}null is {'no longer ' if gap.lost else 'now '}allowed"
    if gap.kind == "additional-properties":
        return f"{at}properties that are not declared are {'refused now' if gap.lost else 'allowed now'}"
    about = f" of `{gap.name}`" if gap.name else ""
    keyword = gap.kind.replace("-", " ")
    return f"{at}{keyword}{about} changed from {shown(_plain(gap.before))} to {shown(_plain(gap.after))}"


def _plain(value: object) -> object:
    """What is shown of a schema."""
    if isinstance(value, tuple):
        return value[0] if len(value) == 1 else list(value) or True
    return value


def _without_true(schemas: Schemas) -> Schemas:
    return tuple(one for one in schemas if one is not True)
