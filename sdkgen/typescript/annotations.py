"""Types of a contract as TypeScript types."""

from __future__ import annotations

from sdkgen import types
from sdkgen.types import Symbols
from sdkgen.typescript.layout import key, string

PLAIN: dict[types.Kind, str] = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
    "date-time": "string",
    "date": "string",
    "any": "unknown",
}


class Annotations:
    """Writes types; `module` (with its dot) stands before the names of a contract's own where they are imported."""

    def __init__(self, symbols: Symbols, module: str = "") -> None:
        self._symbols = symbols
        self._module = module

    def of(self, found: types.Type) -> str:
        return " | ".join(self.members(found))

    def members(self, found: types.Type) -> list[str]:
        """The alternatives of a type, each once, with null as the last."""
        if isinstance(found, types.OneOf):
            listed = [one for member in found.members for one in self.members(member)]
        elif isinstance(found, types.Discriminated):
            listed = self._discriminated(found)
        elif isinstance(found, types.Values):
            listed = [_constant(value) for value in found.values]
        else:
            listed = [self._single(found)]
        return ["unknown"] if "unknown" in listed else sorted(dict.fromkeys(listed), key="null".__eq__)

    def _single(self, found: types.Type) -> str:
        if isinstance(found, types.Plain):
            return PLAIN[found.kind]
        if isinstance(found, types.ListOf):
            items = self.members(found.items)
            return f"{items[0]}[]" if len(items) == 1 and "&" not in items[0] else f"({' | '.join(items)})[]"
        if isinstance(found, types.MapOf):
            # Not Record<string, …>: an alias may refer to itself in here.
            return f"{{ [name: string]: {self.of(found.values)} }}"
        if isinstance(found, types.Named):
            return self._module + found.name
        raise TypeError(found)

    def _discriminated(self, found: types.Discriminated) -> list[str]:
        by_name: dict[str, list[str]] = {}
        for value, name in found.mapping:
            by_name.setdefault(name, []).append(value)
        listed = [self._told(name, found.property, values) for name, values in by_name.items()]
        return listed + (self.members(found.otherwise) if found.otherwise else [])

    def _told(self, name: str, property: str, values: list[str]) -> str:
        """A member of a union, and by which values of the property it is known, where its type does not say so."""
        declared = next((entry.type for entry in self._symbols.objects[name].fields if entry.name == property), None)
        if isinstance(declared, types.Values) and set(declared.values) <= set(values):
            return self._module + name
        return f"({self._module}{name} & {{ {key(property)}: {' | '.join(map(string, values))} }})"


def _constant(value: str | int | None) -> str:
    return string(value) if isinstance(value, str) else "null" if value is None else str(value)
