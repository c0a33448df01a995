"""The types of a contract, without a language: what every emitter prints in its own words.

Two kinds of things have names: objects, and aliases for everything else that the contract names. Names are given once,
here, so that a program written against one stack reads like one written against another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from sdkgen import schema
from sdkgen.load import Node
from sdkgen.model import Contract
from sdkgen.naming import attribute, pascal_case, type_name, unique

Kind: TypeAlias = Literal["string", "integer", "number", "boolean", "null", "date-time", "date", "any"]


@dataclass(frozen=True, slots=True)
class Plain:
    kind: Kind


@dataclass(frozen=True, slots=True)
class Values:
    """One of a few constants: text, integers, booleans or null."""

    values: tuple[str | int | bool | None, ...]


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
    otherwise: str | None
    """The object type for other values; None where the contract allows no other."""


Type: TypeAlias = Plain | Values | ListOf | MapOf | Named | OneOf | Discriminated

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
        self._hierarchies = schema.Hierarchies(contract)
        self._names: dict[object, str] = {}
        self._taken: set[str] = set(reserved)
        self._types: dict[object, Type] = {}
        self._unfinished: set[object] = set()
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
        if "$ref" in node.value and not schema.has_structure_beside_ref(self.contract, node):
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
        nullable = schema.is_nullable(node)
        if "const" in value:
            return _values([value["const"]])
        if isinstance(value.get("enum"), list):
            return _nullable(_values(value["enum"])) if value.get("nullable") is True else _values(value["enum"])
        mapping = self._hierarchies.mapping(node)
        if any(key in value for key in ("oneOf", "anyOf")) and not self._own_properties(node):
            found = self._union(node, mapping, hint)
        elif self._own_properties(node):
            found = self._object(node, hint, mapping)
        elif "allOf" in value or "$ref" in value:
            found = self._narrowest(node, hint)
        else:
            found = self._by_type(node, hint)
        return _nullable(found) if nullable else found

    def _own_properties(self, node: Node) -> bool:
        """Does the schema, or what it takes over through `allOf`, declare properties?"""
        return any("properties" in part.value for part in schema.parts(self._documents, node, ("allOf",)))

    def _narrowest(self, node: Node, hint: str) -> Type:
        members = [self._documents.target(node)] if "$ref" in node.value else []
        members += [member for _, member in node.child("allOf").items()] if "allOf" in node.value else []
        known = [found for found in (self.type(member, hint) for member in members) if found != ANY]
        own = self._by_type(node, hint)
        return known[0] if known else own

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
        if additional.value is False:
            return self._object(node, hint, {})
        return MapOf(self.type(additional, f"{hint}Value"))

    def _union(self, node: Node, mapping: dict[str, Node], hint: str) -> Type:
        keyword = "oneOf" if "oneOf" in node.value else "anyOf"
        listed = [member for _, member in node.child(keyword).items()]
        members = [self.type(member, f"{hint}Option{number}") for number, member in enumerate(listed, 1)]
        names = {value: self.type(target, pascal_case(target.pointer[-1])) for value, target in mapping.items()}
        chosen = {value: named.name for value, named in names.items() if isinstance(named, Named)}
        objects = {name for name in chosen.values() if name in self.objects}
        if chosen and len(objects) == len(set(chosen.values())) and {Named(name) for name in objects} == set(members):
            return Discriminated(node.value["discriminator"]["propertyName"], tuple(chosen.items()), None)
        return _one_of(members)

    def _object(self, node: Node, hint: str, mapping: dict[str, Node]) -> Type:
        name = self._names.get(node.key) or self._name(type_name(hint))
        own = Object(name, node, node.value.get("description"), self._is_open(node))
        self.objects[name] = own
        any_name = self._name(f"Any{name}") if mapping else name
        found = Named(any_name)
        self._types[node.key] = _nullable(found) if schema.is_nullable(node) else found
        own.fields = list(self._fields(node, name))
        own.base = self._base(node)
        if mapping:
            names = tuple((value, self._object_name(target)) for value, target in mapping.items())
            property_name = node.value["discriminator"]["propertyName"]
            otherwise = None if self._is_closed_hierarchy(node, property_name, mapping) else name
            self.aliases[any_name] = Alias(any_name, None, Discriminated(property_name, names, otherwise))
        return found

    def _object_name(self, node: Node) -> str:
        self.type(node, pascal_case(node.pointer[-1]))
        return self._names[node.key]

    def _is_closed_hierarchy(self, node: Node, property_name: str, mapping: dict[str, Node]) -> bool:
        declared = node.value.get("properties", {}).get(property_name, {})
        values = declared.get("enum") if isinstance(declared, dict) else None
        return values is not None and set(values) <= set(mapping)

    def _is_open(self, node: Node) -> bool:
        return not any(
            part.value.get(keyword) is False
            for part in schema.parts(self._documents, node, ("allOf",))
            for keyword in ("additionalProperties", "unevaluatedProperties")
        )

    def _base(self, node: Node) -> str | None:
        """The class of the discriminator's base, so that all of a hierarchy are instances of it."""
        for part in schema.parts(self._documents, node, ("allOf",)):
            if part.key != node.key and "discriminator" in part.value and self._own_properties(part):
                self.type(part, "Base")
                name = self._names.get(part.key)
                if name in self.objects:
                    return name
        return None

    def _fields(self, node: Node, name: str) -> Iterator[Field]:
        taken_over = list(schema.parts(self._documents, node, ("allOf",)))
        sure = {part.key for part in taken_over}
        required = {entry for part in taken_over for entry in part.value.get("required", ())}
        declared: dict[str, list[Node]] = {}
        for part in schema.parts(self._documents, node):
            properties = part.get("properties")
            for key, found in properties.items() if properties else []:
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
                required=key in required and not any(_one_way(found) for found in nodes),
                description=next((found.value["description"] for found in nodes if _described(found)), None),
            )


def _tightest(types: list[Type]) -> Type:
    """Of what several schemas say of one property, which must all hold, the one that says most."""
    known = [found for found in types if found != ANY]
    constants = [found for found in known if isinstance(found, Values)]
    return (constants or known or [ANY])[-1]


def _described(node: Node) -> bool:
    return isinstance(node.value, dict) and isinstance(node.value.get("description"), str)


def _one_way(node: Node) -> bool:
    """A property that only responses or only requests have can't be required of the type both share."""
    return isinstance(node.value, dict) and (node.value.get("readOnly") is True or node.value.get("writeOnly") is True)


def _values(values: list[object]) -> Type:
    constants = tuple(value for value in values if value is None or isinstance(value, (str, int)))
    if len(constants) != len(values):
        return ANY  # numbers, objects and lists as constants: the schema checks them
    return Values(constants) if any(value is not None for value in constants) else NULL


def _one_of(members: list[Type]) -> Type:
    flat: list[Type] = []
    for member in members:
        for one in member.members if isinstance(member, OneOf) else (member,):
            if one not in flat:
                flat.append(one)
    if ANY in flat:
        return ANY
    return flat[0] if len(flat) == 1 else OneOf(tuple(flat))


def _nullable(found: Type) -> Type:
    return _one_of([found, NULL])


def is_nullable(found: Type, symbols: Symbols) -> bool:
    """May a value of this type be null?"""
    if isinstance(found, Named):
        alias = symbols.aliases.get(found.name)
        return alias is not None and not alias.recursive and is_nullable(alias.type, symbols)
    if isinstance(found, OneOf):
        return any(is_nullable(member, symbols) for member in found.members)
    return found in (NULL, ANY) or (isinstance(found, Values) and None in found.values)
