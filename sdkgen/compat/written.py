"""Types as a language writes them, and whether a value of one may stand where another is wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from sdkgen.client.typescript import annotations as typescript
from sdkgen.compat.symbols import Table
from sdkgen.types import ANY, Alias, Discriminated, Kind, ListOf, MapOf, Named, OneOf, Plain, Type, Values

_PLAIN: dict[str, Mapping[Kind, str]] = {
    "python": {
        "string": "str",
        "integer": "int",
        "number": "float",
        "boolean": "bool",
        "null": "None",
        "date-time": "datetime",
        "date": "date",
        "any": "Any",
    },
    "typescript": typescript.PLAIN,
}
_LIST = {"python": "list[{}]", "typescript": "{}[]"}
_MAP = {"python": "dict[str, {}]", "typescript": "Record<string, {}>"}
Same: TypeAlias = Callable[[str, str], bool]


def written(found: Type, language: str) -> str:
    """The type in the words of a language."""
    if isinstance(found, Plain):
        return _PLAIN[language][found.kind]
    if isinstance(found, Named):
        return found.name
    if isinstance(found, Values):
        return " | ".join(sorted(repr(value) for value in found.values))
    if isinstance(found, ListOf):
        return _LIST[language].format(written(found.items, language))
    if isinstance(found, MapOf):
        return _MAP[language].format(written(found.values, language))
    members = found.members if isinstance(found, OneOf) else [Named(name) for _, name in found.mapping]
    return " | ".join(dict.fromkeys(written(member, language) for member in members))


def fits(value: Type, place: Type, language: str, same: Same, tables: tuple[Table, Table], depth: int = 0) -> bool:
    """May a value of the first type stand where the second is wanted?

    `same` says whether two named types stand for each other; `tables` are those that the names of either are from.
    """

    def inner(left: Type, right: Type) -> bool:
        return fits(left, right, language, same, tables, depth + 1)

    if place == ANY or (value == place and not isinstance(value, Named)):
        return True
    if isinstance(value, Named) and isinstance(place, Named):
        return same(value.name, place.name)
    if isinstance(value, OneOf):
        return all(inner(member, place) for member in value.members)
    if isinstance(place, OneOf):
        return any(inner(value, member) for member in place.members)
    if isinstance(value, Named) and depth < 20:
        known = tables[0].named(value.name)
        return isinstance(known, Alias) and known.type != value and inner(known.type, place)
    if isinstance(place, Named) and depth < 20:
        known = tables[1].named(place.name)
        return isinstance(known, Alias) and known.type != place and inner(value, known.type)
    if isinstance(value, Discriminated) and isinstance(place, Discriminated):
        return all(any(same(name, other) for _, other in place.mapping) for _, name in value.mapping)
    if isinstance(value, Values):
        if isinstance(place, Values):
            return set(map(repr, value.values)) <= set(map(repr, place.values))
        return isinstance(place, Plain) and all(_is_of(one, place.kind, language) for one in value.values)
    if isinstance(value, Plain) and isinstance(place, Plain):
        return _PLAIN[language][value.kind] == _PLAIN[language][place.kind]
    if isinstance(value, ListOf) and isinstance(place, ListOf):
        return inner(value.items, place.items)
    return isinstance(value, MapOf) and isinstance(place, MapOf) and inner(value.values, place.values)


def _is_of(value: object, kind: Kind, language: str) -> bool:
    names: dict[type, Kind] = {str: "string", int: "integer", type(None): "null"}
    return _PLAIN[language][names[type(value)]] == _PLAIN[language][kind]
