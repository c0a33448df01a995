"""The types of a contract in plain form: named schemas that compose nothing but by `anyOf`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from sdkgen.naming import pascal_case, unique
from sdkgen.types import Discriminated, ListOf, MapOf, Named, Object, OneOf, Plain, Symbols, Type, Values

Json: TypeAlias = dict[str, Any]

RESERVED = frozenset(
    """Any Argument AsyncIterator AuthenticatedClient BinaryIO BytesIO Client File FileTypes Generator Generic
    HTTPStatus Iterator Literal Mapping Operation RequestFiles Response Self T TextIO TypeVar UNSET Unset
    ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError BrokenPipeError
    BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError ConnectionRefusedError
    ConnectionResetError DeprecationWarning EOFError Ellipsis EncodingWarning EnvironmentError Exception ExceptionGroup
    FileExistsError FileNotFoundError FloatingPointError FutureWarning GeneratorExit IOError ImportError ImportWarning
    IndentationError IndexError InterruptedError IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError
    ModuleNotFoundError NameError NotADirectoryError NotImplemented NotImplementedError OSError OverflowError
    PendingDeprecationWarning PermissionError ProcessLookupError PythonFinalizationError RecursionError ReferenceError
    ResourceWarning RuntimeError RuntimeWarning StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError
    SystemExit TabError TimeoutError TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError
    UnicodeTranslateError UnicodeWarning UserWarning ValueError Warning ZeroDivisionError
    Array Blob Date Promise Record""".split()
)
"""No type of an SDK is called like these: the generated code, or the language around it, needs the name."""


class PlainTypes:
    """Writes schemas. To be made when every type has its name; `used` are the types that operations are made of."""

    def __init__(self, symbols: Symbols, used: Iterable[Type]) -> None:
        self.schemas: dict[str, Json] = {}
        """The named ones."""
        self.enumerations: dict[str, tuple[str | int, ...]] = {}
        """The values that named enumerations list."""
        self._symbols = symbols
        self._taken = {*symbols.objects, *symbols.aliases, *RESERVED}
        self._told: dict[str, dict[str, tuple[str, ...]]] = {}
        """For each subtype, the property that tells it, and the values by which it is told."""
        self._fallbacks: set[str] = set()
        self._unfinished: set[str] = set()
        self._unknown_name: str | None = None
        self._tell_apart(used)
        for found in symbols.objects.values():
            self.schemas[found.name] = self.object(found)
        for name in symbols.aliases:
            self._alias(name)

    def _tell_apart(self, used: Iterable[Type]) -> None:
        """Which object types are told by a constant, and which stand for whatever has no type of its own."""
        found = list(used)
        found += [alias.type for alias in self._symbols.aliases.values()]
        found += [entry.type for one in self._symbols.objects.values() for entry in one.fields]
        for union in (one for top in found for one in _unions(top)):
            if (base := self._base(union)) is not None:
                self._fallbacks.add(base)
            for value, name in union.mapping:
                values = self._told.setdefault(name, {})
                values[union.property] = tuple(dict.fromkeys((*values.get(union.property, ()), value)))

    def object(self, found: Object) -> Json:
        """An object type as a schema, which has no name yet."""
        told = {} if found.name in self._fallbacks else self._told.get(found.name, {})
        written: Json = {"type": "object"}
        if found.description:
            written["description"] = found.description
        written["properties"] = {}
        required = []
        for entry in found.fields:
            if entry.name in told:
                schema = _constant(told[entry.name])
            else:
                schema = self.schema(entry.type, f"{found.name}{pascal_case(entry.name)}")
            if entry.description and "$ref" not in schema:
                schema = schema | {"description": entry.description}
            written["properties"][entry.name] = schema
            if entry.required or entry.name in told:
                required.append(entry.name)
        missing = [name for name in told if name not in written["properties"]]
        for name in missing:
            written["properties"][name] = _constant(told[name])
            required.append(name)
        if required:
            written["required"] = required
        return written

    def _alias(self, name: str) -> None:
        """Write an alias after those it is made of. One that is made of itself is cut there: anything goes."""
        if name in self.schemas:
            return
        self._unfinished.add(name)
        alias = self._symbols.aliases[name]
        found = alias.type
        if isinstance(found, Values):
            self._enumeration(name, found)
        elif isinstance(found, MapOf):
            self.schemas[name] = self._map(found, name)
        else:
            self.schemas[name] = self.schema(found, name)
        if alias.description and "$ref" not in self.schemas[name]:
            self.schemas[name]["description"] = alias.description
        self._unfinished.discard(name)

    def schema(self, found: Type, hint: str) -> Json:
        """A type as a schema; what needs a name and has none is called after where it stands."""
        if isinstance(found, Plain):
            return _plain(found)
        if isinstance(found, Named):
            return self._named(found.name)
        if isinstance(found, ListOf):
            return {"type": "array", "items": self.schema(found.items, f"{hint}Item")}
        if isinstance(found, MapOf):
            name = self.named(hint)
            self.schemas[name] = {}  # so that the names come in order
            self.schemas[name] = self._map(found, name)
            return reference(name)
        if isinstance(found, Values):
            return self._values(found, hint)
        if isinstance(found, Discriminated):
            return self._discriminated(found)
        return self._union(found, hint)

    def _named(self, name: str) -> Json:
        if name in self._unfinished:
            return {}
        if name in self._symbols.aliases:
            self._alias(name)
        return reference(name)

    def _map(self, found: MapOf, hint: str) -> Json:
        values = self.schema(found.values, f"{hint}Value")
        return {"type": "object", "additionalProperties": values or True}

    def _values(self, found: Values, hint: str) -> Json:
        if not _is_uniform(found):
            kinds = {"integer" if isinstance(value, int) else "string" for value in found.values if value is not None}
            members: list[Json] = [{"type": kind} for kind in sorted(kinds)]
            return _any_of([*members, *([{"type": "null"}] if None in found.values else [])])
        name = self.named(hint)
        self._enumeration(name, found)
        return reference(name)

    def _enumeration(self, name: str, found: Values) -> None:
        """A named enumeration: the values it lists, and whatever else comes."""
        if not _is_uniform(found):
            self.schemas[name] = self._values(found, name)
            return
        listed = [value for value in found.values if value is not None]
        kind = "integer" if isinstance(listed[0], int) else "string"
        self.enumerations[name] = tuple(listed)
        members: list[Json] = [{"title": name, "type": kind, "enum": listed}, {"type": kind}]
        self.schemas[name] = _any_of([*members, *([{"type": "null"}] if None in found.values else [])])

    def _discriminated(self, found: Discriminated) -> Json:
        names = list(dict.fromkeys(name for _, name in found.mapping))
        known = [reference(name) for name in names if name not in self._fallbacks]
        rest = [reference(name) for name in names if name in self._fallbacks]
        base = self._base(found)
        if base is not None:
            rest.append(reference(base))
        elif found.otherwise is not None:
            rest.append(self.schema(found.otherwise, found.property))
        return _any_of([*known, *(rest or [self._unknown()])])

    def _base(self, found: Discriminated) -> str | None:
        """The object type for a value that names no subtype, which the contract may not foresee."""
        if found.otherwise is not None:
            return found.otherwise.name if isinstance(found.otherwise, Named) else None
        bases = [self._symbols.objects[name].base for _, name in found.mapping]
        return next((base for base in bases if base is not None), None)

    def _unknown(self) -> Json:
        """An object of a type that this version does not know."""
        if self._unknown_name is None:
            self._unknown_name = self.named("Unknown")
            text = "A value of a type that this version does not know; everything in it is kept."
            self.schemas[self._unknown_name] = {"type": "object", "description": text, "additionalProperties": True}
        return reference(self._unknown_name)

    def _union(self, found: OneOf, hint: str) -> Json:
        """Objects that need more come first, since whatever reads the value takes the first that fits."""
        members = sorted(found.members, key=self._demand, reverse=True)
        numbers = {id(member): number for number, member in enumerate(found.members, 1)}
        return _any_of([self.schema(member, f"{hint}Option{numbers[id(member)]}") for member in members])

    def _demand(self, found: Type) -> int:
        one = self._symbols.objects.get(found.name) if isinstance(found, Named) else None
        return sum(entry.required for entry in one.fields) + 1 if one else 0

    def named(self, wanted: str) -> str:
        """A name that no other type has."""
        name = unique(wanted, self._taken)
        self._taken.add(name)
        return name


def _plain(found: Plain) -> Json:
    if found.kind == "any":
        return {}
    if found.kind in ("date-time", "date"):
        return {"type": "string", "format": found.kind}
    return {"type": found.kind}


def _constant(values: tuple[str, ...]) -> Json:
    """The closed set of values by which a subtype is told."""
    if len(values) > 1:
        return {"type": "string", "enum": list(values)}
    return {"type": "string", "const": values[0], "default": values[0]}


def reference(name: str) -> Json:
    """That named type."""
    return {"$ref": f"#/components/schemas/{name}"}


def _any_of(members: list[Json]) -> Json:
    distinct = [member for number, member in enumerate(members) if member not in members[:number]]
    return distinct[0] if len(distinct) == 1 else {"anyOf": distinct}


def _is_uniform(found: Values) -> bool:
    return len({type(value) for value in found.values if value is not None}) == 1


def _unions(found: Type) -> Iterator[Discriminated]:
    rest = [found]
    while rest:
        one = rest.pop()
        if isinstance(one, Discriminated):
            yield one
            rest += [one.otherwise] if one.otherwise else []
        elif isinstance(one, OneOf):
            rest += one.members
        elif isinstance(one, (ListOf, MapOf)):
            rest.append(one.items if isinstance(one, ListOf) else one.values)
