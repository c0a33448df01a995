"""Does a program that was written against the SDK still compile against the next one? One verdict for each language.

What is handed in may be taken more freely, what is handed out must stay as narrow as it was. Names count as they are
spelled in the language; the name of a type that the contract does not name is nobody's to rely on.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sdkgen.compat.changes import LANGUAGES, Changes, Level
from sdkgen.compat.side import Side
from sdkgen.compat.symbols import Argument, Method, Table
from sdkgen.compat.written import fits, written
from sdkgen.load import Node
from sdkgen.naming import type_name
from sdkgen.types import Alias, Object, Type


def compare(old: Side, new: Side, changes: Changes) -> None:
    """Note what changes for programs."""
    _Source(Table(old), Table(new), changes).compare()


class _Source:
    def __init__(self, old: Table, new: Table, changes: Changes) -> None:
        self.old, self.new = old, new
        self.changes = changes
        self.pairs: dict[tuple[str, str], None] = {}
        """Types that stand for each other: what they are made of is compared in the end."""
        self.renamed = self._renamed()
        self.nodes_old, self.nodes_new = _nodes(old), _nodes(new)

    def _add(self, id: str, node: Node, message: str, languages: Any = LANGUAGES, **rest: Any) -> None:
        for language in languages:
            self.changes.add(id, node, message, axis=f"source.{language}", **rest)

    def compare(self) -> None:
        for key, method in self.old.methods.items():
            other = self.new.methods.get(key)
            operation = (other or method).operation
            if other is None:
                self._add("source-method-removed", method.node, f"`{method.name}` is gone", operation=operation)
            else:
                self._method(method, other, operation)
        for key, method in self.new.methods.items():
            if key not in self.old.methods:
                rest = {"operation": method.operation}
                self._add("source-method-added", method.node, f"`{method.name}` is new", **rest)
        self._components()
        done: set[tuple[str, str]] = set()
        while len(done) < len(self.pairs):
            for pair in [pair for pair in self.pairs if pair not in done]:
                done.add(pair)
                self._named(*pair)

    def _renamed(self) -> dict[str, str]:
        """Named types that are gone, and the new one that is made of the same; none where several might be meant."""
        gone = _by_shape(self.old, self.old.components - self.new.components)
        fresh = _by_shape(self.new, self.new.components - self.old.components)
        return {
            names[0]: fresh[shape][0]
            for shape, names in gone.items()
            if len(names) == 1 and len(fresh.get(shape, ())) == 1
        }

    def _components(self) -> None:
        for name in sorted(self.old.components):
            if name in self.new.components:
                self.pairs[name, name] = None
            elif name in self.renamed:
                message = f"the type `{name}` is called `{self.renamed[name]}` now"
                rest = {"name": name, "after": self.renamed[name]}
                self._add(
                    "source-type-renamed", self.nodes_new.get(self.renamed[name], self.new.side.root), message, **rest
                )
            elif name in self.nodes_old:
                self._add("source-type-removed", self.nodes_old[name], f"the type `{name}` is gone", name=name)
        for name in sorted(self.new.components - self.old.components - set(self.renamed.values())):
            if name in self.nodes_new:
                self._add("source-type-added", self.nodes_new[name], f"the type `{name}` is new", name=name)

    def _method(self, old: Method, new: Method, operation: str) -> None:
        if old.name != new.name:
            message = f"the method `{old.name}` is called `{new.name}` now"
            self._add("source-method-renamed", new.node, message, operation=operation, name=old.name, after=new.name)
        if old.module != new.module:
            message = f"`{new.name}` moved from `{old.module or 'the client'}` to `{new.module or 'the client'}`"
            rest = {"before": old.module, "after": new.module}
            self._add("source-module-changed", new.node, message, operation=operation, **rest)
        for key, argument in old.arguments.items():
            other = new.arguments.get(key)
            if other is None:
                message = f"the argument `{argument.name}` is gone"
                self._add("source-argument-removed", argument.node, message, operation=operation, name=argument.name)
            else:
                self._argument(argument, other, operation)
        for key, argument in new.arguments.items():
            if key not in old.arguments:
                kind = "required-argument" if argument.required else "argument"
                message = f"the {kind.replace('-', ' ')} `{argument.name}` is new"
                self._add(f"source-{kind}-added", argument.node, message, operation=operation, name=argument.name)
        for status, found in old.results.items():
            other_type = new.results.get(status)
            if other_type is not None:
                self._type("source-result-type-changed", found, other_type, new.node, operation, status, given=True)

    def _argument(self, old: Argument, new: Argument, operation: str) -> None:
        if old.name != new.name:
            message = f"the argument `{old.name}` is called `{new.name}` now"
            rest = {"name": old.name, "after": new.name}
            self._add("source-argument-renamed", new.node, message, operation=operation, **rest)
        if old.required != new.required:
            step = "required" if new.required else "optional"
            message = f"the argument `{new.name}` became {step}"
            self._add(f"source-argument-{step}", new.node, message, operation=operation, name=new.name)
        self._type("source-argument-type-changed", old.type, new.type, new.node, operation, new.name, taken=True)

    def _type(
        self,
        id: str,
        old: Type,
        new: Type,
        node: Node,
        operation: str | None,
        name: str,
        *,
        taken: bool = False,
        given: bool = False,
        path: tuple[str, ...] = (),
    ) -> None:
        for language in LANGUAGES:
            before, after = written(old, language), written(new, language)
            broken = (taken and not self._fits(old, new, language)) or (
                given and not self._fits(new, old, language, turned=True)
            )
            if broken or (before != after and not self._only_names(old, new)):
                level: Level = "breaking" if broken else "compatible"
                message = f"`{name}` was `{before}` and is `{after}`"
                rest = {"operation": operation, "level": level, "name": name, "before": before, "after": after}
                self._add(id, node, message, (language,), path=path, **rest)

    def _fits(self, value: Type, place: Type, language: str, *, turned: bool = False) -> bool:
        """May a value of one type stand where the other is wanted? `turned`: the first is the new one."""

        def named(left: str, right: str) -> bool:
            before, after = (right, left) if turned else (left, right)
            if before == after or not (before in self.old.components and after in self.new.components):
                self.pairs[before, after] = None
            if before == after:
                return True
            if before in self.old.components and after in self.new.components:
                return self.renamed.get(before) == after
            # An inline schema's type: TypeScript asks what it is made of, as long as the name is there to import.
            return language == "typescript" and self.new.named(before) is not None

        tables = (self.new, self.old) if turned else (self.old, self.new)
        return fits(value, place, language, named, tables)

    def _only_names(self, old: Type, new: Type) -> bool:
        """Do they differ in nothing but names that are told elsewhere, or that nobody relies on?"""
        return all(self._fits(old, new, one) and self._fits(new, old, one, turned=True) for one in LANGUAGES)

    def _named(self, before: str, after: str) -> None:
        old, new = self.old.named(before), self.new.named(after)
        taken = before in self.old.taken or before not in self.old.given
        given = before in self.old.given or before not in self.old.taken
        node = self.nodes_new.get(after) or getattr(new, "node", None) or self.new.side.root
        if isinstance(old, Object) and isinstance(new, Object):
            self._fields(old, new, taken=taken, given=given)
        elif isinstance(old, Alias) and isinstance(new, Alias):
            self._type("source-type-changed", old.type, new.type, node, None, before, taken=taken, given=given)
        elif old is not None and new is not None:
            message = f"the type `{before}` is of another kind"
            self._add("source-type-changed", node, message, name=before)

    def _fields(self, old: Object, new: Object, *, taken: bool, given: bool) -> None:
        before, after = ({entry.name: entry for entry in one.fields} for one in (old, new))
        for name, entry in before.items():
            other = after.get(name)
            if other is None:
                message = f"`{old.name}` has no attribute `{entry.attribute}` any more"
                self._add("source-attribute-removed", old.node, message, name=f"{old.name}.{entry.attribute}")
                continue
            label = f"{new.name}.{other.attribute}"
            if entry.attribute != other.attribute:
                message = f"the attribute `{entry.attribute}` is called `{other.attribute}` now"
                self._add("source-attribute-renamed", new.node, message, name=label)
            if entry.required != other.required:
                step = "required" if other.required else "optional"
                level: Level = "breaking" if (taken if other.required else given) else "compatible"
                message = f"`{label}` became {step}"
                self._add(f"source-attribute-{step}", new.node, message, name=label, level=level)
            place = _below(new.node, name)
            self._type(
                "source-attribute-type-changed", entry.type, other.type, place, None, label, taken=taken, given=given
            )
        for name, entry in after.items():
            if name not in before:
                label = f"{new.name}.{entry.attribute}"
                needed = entry.required and taken
                message = f"the {'required ' if needed else ''}attribute `{label}` is new"
                kind = "required-attribute" if needed else "attribute"
                self._add(f"source-{kind}-added", _below(new.node, name), message, name=label)


def _below(node: Node, name: str) -> Node:
    properties = node.get("properties")
    return (properties.get(name) if properties else None) or node


def _nodes(table: Table) -> dict[str, Node]:
    return {type_name(name): node for name, node in table.side.contract.schemas.items()}


def _by_shape(table: Table, names: Iterable[str]) -> dict[object, list[str]]:
    """The named types that are made of the same."""
    found: dict[object, list[str]] = {}
    for name in sorted(names):
        one = table.named(name)
        if one is not None:
            found.setdefault(_shape(one, name), []).append(name)
    return found


def _shape(one: Object | Alias, name: str) -> object:
    """What a type is made of, without its own name."""
    if isinstance(one, Object):
        return tuple((entry.name, _anonymous(entry.type, name), entry.required) for entry in one.fields)
    return "alias", _anonymous(one.type, name)


def _anonymous(found: Type, name: str) -> str:
    return written(found, "python").replace(name, "…")
