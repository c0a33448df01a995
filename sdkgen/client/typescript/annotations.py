"""Types of a contract as TypeScript writes them."""

from __future__ import annotations

from sdkgen import types
from sdkgen.client.typescript.names import LONG, string
from sdkgen.types import Symbols
from sdkgen.typescript.annotations import PLAIN as PLAIN


class Annotations:
    """Writes types; `module` (with its dot) stands before the names of the contract's types."""

    def __init__(self, symbols: Symbols, module: str = "") -> None:
        self._symbols = symbols
        self._module = module

    def written(self, found: types.Type, *, is_open: bool) -> str:
        """The type. `is_open`: it may come from the service, and so hold values that the contract does not list yet."""
        if isinstance(found, types.Plain):
            return PLAIN[found.kind]
        if isinstance(found, types.Named):
            return self._module + found.name
        if isinstance(found, types.Values) and _is_open(found, is_open=is_open):
            return f"$Open<{' | '.join(_constants(found))}>{' | null' if None in found.values else ''}"
        if isinstance(found, types.ListOf):
            items = self.written(found.items, is_open=is_open)
            return f"{items}[]" if _is_simple(found.items) else f"({items})[]"
        if isinstance(found, types.MapOf):
            return f"{{ [name: string]: {self.written(found.values, is_open=is_open)} }}"
        return " | ".join(self._members(found, is_open=is_open))

    def laid_out(self, found: types.Type, *, is_open: bool, indent: str = "", rest: str = "") -> str:
        """The type with the space before it; a long union has a line for each member. `rest` is a last member."""
        flat = self.written(found, is_open=is_open)
        flat = f"{flat} | {rest}" if rest else flat
        if len(flat) <= LONG or not isinstance(found, (types.Values, types.OneOf, types.Discriminated)):
            return f" {flat}"
        last = f"\n{indent}  | {rest}" if rest else ""
        if isinstance(found, types.Values) and _is_open(found, is_open=is_open):
            listed = "".join(f"\n{indent}  | {member}" for member in _constants(found))
            return (
                f" $Open<{listed}\n{indent}>{' | null' if None in found.values else ''}{f' | {rest}' if rest else ''}"
            )
        members = self._members(found, is_open=is_open)
        return "".join(f"\n{indent}  | {member}" for member in members) + last

    def _members(self, found: types.Values | types.OneOf | types.Discriminated, *, is_open: bool) -> list[str]:
        if isinstance(found, types.Values):
            return [*_constants(found), *(["null"] if None in found.values else [])]
        if isinstance(found, types.Discriminated):
            return self._subtypes(found)
        # null comes last, as people write it
        members = dict.fromkeys(self.written(member, is_open=is_open) for member in found.members)
        return sorted(members, key="null".__eq__)

    def _subtypes(self, found: types.Discriminated) -> list[str]:
        """The subtypes, and for any that this version does not know what they have in common."""
        names = list(dict.fromkeys(name for _, name in found.mapping))
        bases = {base for name in names if (base := self._symbols.objects[name].base)}
        bases |= {found.otherwise.name} if isinstance(found.otherwise, types.Named) else set()
        tag = string(found.property)
        others = [f"$Other<{self._module}{base}, {tag}>" for base in sorted(bases)]
        others = others or [f"$Other<{{ [name: string]: unknown }}, {tag}>"]
        return [*(self._module + name for name in names), *others]


def _is_simple(found: types.Type) -> bool:
    return isinstance(found, (types.Plain, types.Named, types.ListOf, types.MapOf))


def _is_open(found: types.Values, *, is_open: bool) -> bool:
    """A single value is a constant, by which unions are told apart."""
    return is_open and len(_constants(found)) > 1


def _constants(found: types.Values) -> list[str]:
    return [string(value) if isinstance(value, str) else str(value) for value in found.values if value is not None]
