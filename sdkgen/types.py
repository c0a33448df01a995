"""The types of a contract, without a language: what every emitter prints in its own words.

Two kinds of things have names: objects, and aliases for everything else that the contract names. Names are given once,
here, so that a program written against one stack reads like one written against another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from sdkgen import schema
from sdkgen.load import Key, Node
from sdkgen.model import Contract
from sdkgen.naming import attribute, pascal_case, type_name, unique

Kind: TypeAlias = Literal["string", "integer", "number", "boolean", "null", "date-time", "date", "any"]


@dataclass(frozen=True, slots=True)
class Plain:
    kind: Kind


@dataclass(frozen=True, slots=True)
class Values:
    """One of a few constants: text, integers or null."""

    values: tuple[str | int | None, ...]


@dataclass(frozen=True, slots=True)
class ListOf:
    items: Type


@dataclass(frozen=True, slots=True)
class MapOf:
    values: Type


@dataclass(frozen=True, slots=True)
class Named:
    """A type of the symbol table, by name."""

    name: str


@dataclass(frozen=True, slots=True)
class OneOf:
    members: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class Discriminated:
    """A union whose member is chosen by the value of one property."""

    property: str
    mapping: tuple[tuple[str, str], ...]
    """Pairs of a value and the name of an object type."""
    otherwise: Type | None
    """The type for any other value; None where the contract allows no other."""


Type: TypeAlias = Plain | Values | ListOf | MapOf | Named | OneOf | Discriminated

_UNLISTED = ("patternProperties", "if", "dependentSchemas")
"""Keywords that admit properties which `properties` does not list."""

ANY = Plain("any")
NULL = Plain("null")


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    """As in JSON."""
    attribute: str
    type: Type
    required: bool
    description: str | None


@dataclass(slots=True)
class Object:
    """An object type. Undeclared properties are kept where it is open."""

    name: str
    node: Node
    description: str | None
    open: bool
    base: str | None = None
    fields: list[Field] = field(default_factory=list)


@dataclass(slots=True)
class Alias:
    name: str
    description: str | None
    type: Type
    recursive: bool = False


class Symbols:
    """The named types of one contract, in the order of its text."""

    def __init__(self, contract: Contract, reserved: Collection[str] = ()) -> None:
        """Build the table. `reserved` are names that the emitted modules need for themselves."""
        self.contract = contract
        self.objects: dict[str, Object] = {}
        self.aliases: dict[str, Alias] = {}
        self._documents = contract.documents
        self._classes: dict[Key, str] = {}
        self._hierarchies = schema.Hierarchies(contract)
        self._names: dict[Key, str] = {}
        self._taken: set[str] = set(reserved)
        self._types: dict[Key, Type] = {}
        self._unfinished: set[Key] = set()
        for name, node in contract.schemas.items():
            self._names[node.key] = self._name(type_name(name))
        for node in contract.schemas.values():
            name = self._names[node.key]
            found = self.type(node, name)
            if name not in self.objects and name not in self.aliases:
                self.aliases[name] = Alias(name, None, found)

    def type(self, node: Node, hint: str) -> Type:
        """The type of a schema; `hint` names it where the contract does not."""
        if not isinstance(node.value, dict):
            return ANY
        if schema.is_reference(self.contract, node):
            target = self._documents.target(node)
            return self.type(target, pascal_case(target.pointer[-1]) if target.pointer else hint)
        if node.key not in self._types:
            if node.key in self._unfinished:
                return self._recursive(node)
            self._unfinished.add(node.key)
            found = self._build(node, self._names.get(node.key) or hint)
            self._unfinished.discard(node.key)
            if node.key not in self._types:  # an object type is known before its fields are
                self._types[node.key] = self._alias(node, found)
        return self._types[node.key]

    def _recursive(self, node: Node) -> Type:
        name = self._names.get(node.key)
        if name is None:
            return ANY
        self.aliases.setdefault(name, Alias(name, None, ANY)).recursive = True
        return Named(name)

    def _alias(self, node: Node, found: Type) -> Type:
        """What the contract names keeps its name, even where it is no object."""
        name = self._names.get(node.key)
        if name is None or name in self.objects:
            return found
        alias = self.aliases.setdefault(name, Alias(name, None, ANY))
        alias.type = found
        alias.description = node.value.get("description")
        return Named(name)

    def _name(self, wanted: str) -> str:
        name = unique(wanted, self._taken)
        self._taken.add(name)
        return name

    def _build(self, node: Node, hint: str) -> Type:
        value = node.value
        if "const" in value:
            return _values([value["const"]])
        if isinstance(value.get("enum"), list):
            return _nullable(_values(value["enum"])) if value.get("nullable") is True else _values(value["enum"])
        wrapped = self._wrapped(node)
        if wrapped is not None:
            found = self.type(wrapped, hint)
        elif schema.is_object(self.contract, node):
            return self._object_or_other(node, hint)
        elif "oneOf" in value or "anyOf" in value:
            found = self._union(node, hint)
        elif "allOf" in value or "$ref" in value:
            found = self._narrowest(node, hint)
        else:
            found = self._by_type(node, hint)
        return _nullable(found) if schema.is_nullable(node) else found

    def _wrapped(self, node: Node) -> Node | None:
        """The schema that this one stands for: OpenAPI 3.0 has no other way to describe a reference or let it be null.

        A named schema that a discriminator can name is a type of its own, though.
        """
        value = node.value
        if not schema.is_wrapper(value) or (node.key in self._names and self._hierarchies.is_subtype(node)):
            return None
        return node.child("allOf", "0")

    def _object_or_other(self, node: Node, hint: str) -> Type:
        others = (schema.kinds(self.contract, node) or set()) - {"object", "null"}
        if not others:
            return self._object(node, self._names.get(node.key) or self._name(type_name(hint)))
        found = self._object(node, self._name(f"{type_name(hint)}Object"), alone=False)
        return _one_of([found, *(self._of_type(node, kind, hint) for kind in sorted(others))])

    def _narrowest(self, node: Node, hint: str) -> Type:
        """Of several schemas that must all hold, the type of one: of one that names its type, if there is any."""
        members = [self._documents.target(node)] if "$ref" in node.value else []
        members += [member for _, member in node.members("allOf")]
        members.sort(key=lambda member: schema.kinds(self.contract, member) is None)
        own = self._by_type(node, hint)
        return next((found for member in members if (found := self.type(member, hint)) != ANY), own)

    def _by_type(self, node: Node, hint: str) -> Type:
        found = [self._of_type(node, name, hint) for name in schema.types(node)]
        return _one_of(found) if found else ANY

    def _of_type(self, node: Node, name: str, hint: str) -> Type:
        if name == "string":
            form = node.value.get("format")
            return Plain("date-time") if form == "date-time" else Plain("date") if form == "date" else Plain("string")
        if name in ("integer", "number", "boolean", "null"):
            return Plain(name)  # type: ignore[arg-type]  # the metaschema allows no other name
        if name == "array":
            items = node.get("items")
            return ListOf(self.type(items, f"{hint}Item") if items and "prefixItems" not in node.value else ANY)
        return self._map(node, hint)

    def _map(self, node: Node, hint: str) -> Type:
        additional = node.get("additionalProperties")
        if additional is None or "patternProperties" in node.value:
            return MapOf(ANY)
        return MapOf(self.type(additional, f"{hint}Value"))

    def _union(self, node: Node, hint: str) -> Type:
        keyword = "oneOf" if "oneOf" in node.value else "anyOf"
        listed = [member for _, member in node.members(keyword)]
        union = _one_of([self.type(member, f"{hint}Option{number}") for number, member in enumerate(listed, 1)])
        hierarchy = self._hierarchies.of(node)
        if hierarchy is None:
            return union
        mapping = self._mapping(hierarchy)
        targets = [self._documents.follow(member) for member in listed]
        if mapping is None or {name for _, name in mapping} != {self._classes.get(target.key) for target in targets}:
            return union
        told = all(self._tells(target, hierarchy) for target in targets)
        return Discriminated(hierarchy.property, mapping, None if told else union)

    def _mapping(self, hierarchy: schema.Hierarchy) -> tuple[tuple[str, str], ...] | None:
        """Pairs of a value and an object type; None where a value names what is no object type."""
        pairs = []
        for value, target in hierarchy.mapping.items():
            self.type(target, pascal_case(target.pointer[-1]) if target.pointer else hierarchy.property)
            if target.key not in self._classes:
                return None
            pairs.append((value, self._classes[target.key]))
        return tuple(pairs)

    def _tells(self, node: Node, hierarchy: schema.Hierarchy) -> bool:
        """Does a value of this schema always name one that the discriminator knows?"""
        composed = list(schema.parts(self.contract, node, ("allOf",)))
        declared = [part.value.get("properties", {}).get(hierarchy.property) for part in composed]
        values = [_constants(found) for found in declared if isinstance(found, dict)]
        required = any(hierarchy.property in part.value.get("required", ()) for part in composed)
        known = hierarchy.mapping
        listed = (found for found in values if found is not None)
        return required and any(all(isinstance(one, str) and one in known for one in found) for found in listed)

    def _object(self, node: Node, name: str, *, alone: bool = True) -> Type:
        hierarchy = self._hierarchies.of(node)
        own = Object(name, node, node.value.get("description"), self._is_open(node))
        self.objects[name] = own
        self._classes[node.key] = name
        any_name = self._name(f"Any{name}") if hierarchy else name
        found: Type = Named(any_name)
        if schema.accepts_null(self.contract, node):
            found = _nullable(found)
        if alone:  # else it is only one of the types that the schema allows
            self._types[node.key] = found
        own.fields = list(self._fields(node, name))
        own.base = self._base(node)
        if hierarchy:
            mapping = self._mapping(hierarchy)
            known = Discriminated(
                hierarchy.property, mapping or (), None if self._tells(node, hierarchy) else Named(name)
            )
            self.aliases[any_name] = Alias(any_name, None, known if mapping else Named(name))
        return found

    def _is_open(self, node: Node) -> bool:
        """May there be properties that the type has no field for?"""
        composed = list(schema.parts(self.contract, node))
        if any(keyword in part.value for part in composed for keyword in _UNLISTED) or any(
            part.value.get("additionalProperties") not in (None, False) for part in composed
        ):
            return True
        return not any(
            part.value.get(keyword) is False
            for part in schema.parts(self.contract, node, ("allOf",))
            for keyword in ("additionalProperties", "unevaluatedProperties")
        )

    def _base(self, node: Node) -> str | None:
        """The class that this one takes over, so that all of a hierarchy are instances of its base."""
        for part in schema.parts(self.contract, node, ("allOf",)):
            hierarchy = self._hierarchies.of(part) if part.key != node.key else None
            if hierarchy is not None and hierarchy.has(node):
                self.type(part, "Base")
                return self._classes.get(part.key)
        return None

    def _fields(self, node: Node, name: str) -> Iterator[Field]:
        taken_over = list(schema.parts(self.contract, node, ("allOf",)))
        sure = {part.key for part in taken_over}
        required = {entry for part in taken_over for entry in part.value.get("required", ())}
        declared: dict[str, list[Node]] = {}
        for part in schema.parts(self.contract, node):
            for key, found in part.members("properties"):
                # One alternative says nothing of what another allows under the same name.
                declared.setdefault(key, []).extend([found] if part.key in sure else [])
        taken: set[str] = set()
        for key, nodes in declared.items():
            attribute_name = unique(attribute(key), taken)
            taken.add(attribute_name)
            yield Field(
                name=key,
                attribute=attribute_name,
                type=_tightest([self.type(found, f"{name}{pascal_case(key)}") for found in nodes]),
                required=key in required and not any(self._is_one_way(found) for found in nodes),
                description=next((found.value["description"] for found in nodes if _described(found)), None),
            )

    def _is_one_way(self, node: Node) -> bool:
        """A property that only responses or only requests have can't be required of the type both share."""
        return any(schema.is_marked(self.contract, node, marker) for marker in ("readOnly", "writeOnly"))


def _tightest(types: list[Type]) -> Type:
    """Of what several schemas say of one property, which must all hold, the one that says most."""
    known = [found for found in types if found != ANY]
    constants = [found for found in known if isinstance(found, Values)]
    return (constants or known or [ANY])[-1]


def _described(node: Node) -> bool:
    return isinstance(node.value, dict) and isinstance(node.value.get("description"), str)


def _constants(value: dict[str, Any]) -> list[Any] | None:
    found = [value["const"]] if "const" in value else value.get("enum")
    return found if isinstance(found, list) else None


def _values(values: list[object]) -> Type:
    found = {type(value) for value in values} - {type(None)}
    if found == {bool}:
        return _nullable(Plain("boolean")) if None in values else Plain("boolean")
    if bool in found or not found <= {str, int}:
        return ANY  # numbers, objects, lists, and `true` among others, which equals 1: the schema checks them
    return Values(tuple(values)) if found else NULL  # type: ignore[arg-type]  # text, integers and null


def _one_of(members: list[Type]) -> Type:
    flat: list[Type] = []
    for member in members:
        for one in member.members if isinstance(member, OneOf) else (member,):
            if one not in flat:
                flat.append(one)
    if ANY in flat:
        return ANY
    flat.sort(key=lambda one: one != Plain("boolean"))  # `true` is taken for a constant 1 where that comes first
    return flat[0] if len(flat) == 1 else OneOf(tuple(flat))


def _nullable(found: Type) -> Type:
    return _one_of([found, NULL])


def is_nullable(found: Type, symbols: Symbols, seen: frozenset[str] = frozenset()) -> bool:
    """May a value of this type be null? `seen` are the names on the way, which may lead back."""
    if isinstance(found, Named):
        alias = symbols.aliases.get(found.name) if found.name not in seen else None
        return alias is not None and is_nullable(alias.type, symbols, seen | {found.name})
    if isinstance(found, OneOf):
        return any(is_nullable(member, symbols, seen) for member in found.members)
    return found in (NULL, ANY) or (isinstance(found, Values) and None in found.values)
