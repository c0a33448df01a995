"""What is said of two contracts: each change with its verdict, and the sum of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from sdkgen.compat import rules
from sdkgen.compat.witness import Witness
from sdkgen.errors import pointer_text
from sdkgen.load import Node

Level: TypeAlias = Literal["same", "compatible", "unknown", "breaking"]
Bump: TypeAlias = Literal["none", "patch", "minor", "major"]
LANGUAGES = ("python", "typescript")
LEVELS: tuple[Level, ...] = ("same", "compatible", "unknown", "breaking")
BUMPS: tuple[Bump, ...] = ("none", "patch", "minor", "major")


@dataclass(slots=True)
class Change:
    """One change on one axis."""

    id: str
    axis: str
    """`wire`, `policy`, or `source.` and a language."""
    level: Level
    pointer: str
    """Where it stands in the new contract; in the old one, where it is gone from the new."""
    message: str
    node: Node
    operations: list[str] = field(default_factory=list)
    before: Any = None
    after: Any = None
    name: str | None = None
    """The parameter, property, scope or value that it is about."""
    path: tuple[str, ...] = ()
    """The properties on the way through the payload, where it is about one."""
    witness: Witness | None = None
    argument: str | None = None
    """Why it is compatible, or why nothing could be decided."""
    consumers: list[str] = field(default_factory=list)
    """Who uses what it is about; empty where nobody was asked about."""
    approval: dict[str, str] | None = None
    """Who answers for it, and why, where it is approved."""

    @property
    def operation(self) -> str | None:
        """The first operation that it concerns."""
        return self.operations[0] if self.operations else None

    @property
    def fingerprint(self) -> str:
        """The same for the same change, whatever else changes in the contract, and wherever its files lie."""
        told = (self.id, self.axis, self.pointer, self.name, shown(self.before), shown(self.after))
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def shown(value: Any) -> str:
    """A value of a contract, short enough to stand in a line."""
    if isinstance(value, str):
        text = value
    else:
        text = "none" if value is None else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 120 else f"{text[:100]}… {hashlib.sha256(text.encode()).hexdigest()[:8]}"


class Changes:
    """The changes found so far: one that several operations share stands here once."""

    def __init__(self) -> None:
        self._by_key: dict[tuple[object, ...], Change] = {}
        self._noted: list[Change] = []
        """As often as each was noted, in that order."""
        self._shared: dict[object, list[Change]] = {}

    def shared(self, key: object, operation: str, find: Callable[[], None]) -> None:
        """Find the changes of what operations share: once, and for each further operation note them as its own too."""
        if key in self._shared:
            for change in self._shared[key]:
                self._note(change, operation)
            return
        start = len(self._noted)
        find()
        self._shared[key] = list({id(one): one for one in self._noted[start:]}.values())

    def add(
        self,
        id: str,
        node: Node,
        message: str,
        *,
        operation: str | None = None,
        axis: str | None = None,
        level: Level | None = None,
        **rest: Any,
    ) -> Change:
        """Note a change. Axis and level are the rule's, unless the case at hand says otherwise."""
        rule = rules.RULES[id]
        axis = axis or rule.axis
        pointer = pointer_text(node.pointer)
        key = (id, axis, pointer, rest.get("name"), shown(rest.get("before")), shown(rest.get("after")))
        found = self._by_key.get(key)
        if found is None:
            found = Change(id, axis, level or rule.level, pointer, message, node, **rest)
            self._by_key[key] = found
        elif level is not None and LEVELS.index(level) > LEVELS.index(found.level):
            found.level, found.witness = level, rest.get("witness")
            found.argument = rest.get("argument")
        self._note(found, operation)
        return found

    def _note(self, change: Change, operation: str | None) -> None:
        self._noted.append(change)
        if operation and operation not in change.operations:
            change.operations.append(operation)

    def all(self) -> list[Change]:
        """The worst first; then in the order in which they were found."""
        return sorted(self._by_key.values(), key=lambda change: -LEVELS.index(change.level))


@dataclass(frozen=True, slots=True)
class Result:
    """The verdict on two contracts."""

    changes: list[Change]
    version: str = "1.0.0"
    """The old contract's."""

    def verdict(self, axis: str) -> Level:
        return max((change.level for change in self.changes if change.axis == axis), key=LEVELS.index, default="same")

    def worst(self, axes: Sequence[str]) -> Level:
        """The worst level on these axes of what is not approved; `source` stands for all languages."""
        found = (
            change.level
            for change in self.changes
            if change.approval is None and (change.axis in axes or change.axis.partition(".")[0] in axes)
        )
        return max(found, key=LEVELS.index, default="same")

    @property
    def axes(self) -> dict[str, Level]:
        names = ("wire", "policy", *(f"source.{language}" for language in LANGUAGES))
        return {name: self.verdict(name) for name in names}

    def bump(self, language: str | None = None) -> Bump:
        """The version step of the contract, or of the SDK in a language: the highest that any change asks for."""
        axes = {"wire", "policy"} | ({f"source.{language}"} if language else set())
        steps: dict[Level, Bump] = {"same": "patch", "compatible": "minor", "unknown": "major", "breaking": "major"}
        found = [steps[change.level] for change in self.changes if change.axis in axes]
        if not language and not found and self.changes:
            found = ["patch"]
        return max(found, key=BUMPS.index, default="none")
