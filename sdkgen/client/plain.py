"""The plain form of a contract: the same operations and types, said so simply that every generator takes them whole.

Generators choke on rich contracts, each on something else, and leave out what they can't read. So they are not given
the contract but a document written from the model that everything else is made from (`sdkgen.types`): each object is a
named component with all its properties in one place, nothing is composed but by `anyOf`, and each name is the one of
the symbol table, which is also what the contract gate judges by.

It is open where the contract may grow: a value that an enumeration does not list and a subtype that a discriminator
does not name are valid, so that a client reads on what a newer service sends.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from sdkgen.client.policy import Policy, policies, represented
from sdkgen.load import Node
from sdkgen.model import Contract, MediaType, Operation, Parameter, Response
from sdkgen.naming import pascal_case, unique
from sdkgen.types import (
    ANY,
    Discriminated,
    ListOf,
    MapOf,
    Named,
    Object,
    OneOf,
    Plain,
    Symbols,
    Type,
    Values,
)

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

_BINARY: Json = {"type": "string", "format": "binary"}
_TEXT: Json = {"type": "string"}


@dataclass
class PlainForm:
    """A contract in plain form."""

    contract: Contract
    symbols: Symbols
    policies: tuple[Policy, ...]
    document: Json
    """OpenAPI 3.1. The operationIds and tags are the names in code of the policy records; all else is as in JSON."""
    attributes: dict[str, dict[str, str]] = field(default_factory=dict)
    """For each object type, the name in code of each property."""
    enumerations: dict[str, tuple[str | int, ...]] = field(default_factory=dict)
    """The values that named enumerations list."""

    @property
    def schemas(self) -> dict[str, Json]:
        """The named types."""
        found: dict[str, Json] = self.document["components"]["schemas"]
        return found

    @cached_property
    def operations(self) -> dict[str, Json]:
        """The Operation Objects by their names in code."""
        operations = (one for item in self.document["paths"].values() for one in item.values())
        return {operation["operationId"]: operation for operation in operations}

    def turns_pages(self, policy: Policy) -> bool:
        """Does the contract declare pages, and has the response what it says of them?"""
        if policy.pagination is None:
            return False
        schemas = self.answers(policy)
        if len(schemas) != 1 or None in schemas:
            return False
        properties = self.schemas.get((schemas[0] or {}).get("$ref", "").rpartition("/")[2], {}).get("properties", {})
        items, following = (properties.get(name) for name in (policy.pagination.items, policy.pagination.next))
        return following is not None and items is not None and items.get("type") == "array"

    def answers(self, policy: Policy) -> list[Json | None]:
        """The schemas of what a success answers with; None among them where one answers with nothing, too."""
        responses = self.operations[policy.name]["responses"]
        wanted = [one for status, one in responses.items() if status[0] in "23"]
        contents = [list(one.get("content", {}).values()) for one in wanted or [responses.get("default", {})]]
        found: list[Json | None] = [content[0]["schema"] if content else None for content in contents]
        return found if any(schema is not None for schema in found) else []

    @property
    def has_webhooks(self) -> bool:
        """Does the contract say what the service sends on its own?"""
        return bool(self.contract.documents.node.value.get("webhooks"))


def plain(contract: Contract) -> PlainForm:
    """Write a contract in plain form. The same contract gives the same document."""
    return _Writer(contract).write()


class _Writer:
    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.symbols = Symbols(contract, RESERVED)
        self.schemas: dict[str, Json] = {}
        self.enumerations: dict[str, tuple[str | int, ...]] = {}
        self.taken: set[str] = set()
        self.closed: dict[str, dict[str, tuple[str, ...]]] = {}
        """For each subtype, the property that tells it, and the values by which it is told."""
        self.fallbacks: set[str] = set()
        self.unfinished: set[str] = set()
        self.unknown: str | None = None
        self.forms: dict[str, Object] = {}

    def write(self) -> PlainForm:
        records = policies(self.contract)
        uses = [self._uses(operation) for operation in self.contract.operations]
        # Only now every type has its name.
        self.taken = {*self.symbols.objects, *self.symbols.aliases, *RESERVED}
        self._tell_apart(uses)
        for found in self.symbols.objects.values():
            self.schemas[found.name] = self._object(found)
        for name in self.symbols.aliases:
            self._alias(name)
        paths: dict[str, Json] = {}
        for operation, record, use in zip(self.contract.operations, records, uses, strict=True):
            paths.setdefault(operation.path, {})[operation.method.lower()] = self._operation(operation, record, use)
        return PlainForm(
            contract=self.contract,
            symbols=self.symbols,
            policies=records,
            document=self._document(paths),
            attributes={
                name: {entry.name: entry.attribute for entry in found.fields}
                for name, found in (self.symbols.objects | self.forms).items()
            },
            enumerations=self.enumerations,
        )

    def _document(self, paths: dict[str, Json]) -> Json:
        info = {"title": self.contract.title, "version": self.contract.version}
        servers = self.contract.documents.node.value.get("servers")
        return {
            "openapi": "3.1.1",
            "info": info,
            **({"servers": servers} if servers else {}),
            "paths": paths,
            "components": {"schemas": self.schemas},
        }

    # What operations take and give

    def _uses(self, operation: Operation) -> _Use:
        """The types an operation is made of. They are asked for in the order in which the contract gate does."""
        hint = pascal_case(operation.id)
        use = _Use()
        for parameter in operation.parameters:
            inner = hint + pascal_case(parameter.name)
            use.parameters.append((inner, self._type(parameter.schema, inner)))
        for media in operation.body.content if operation.body else ():
            use.bodies[media.name] = (f"{hint}Body", self._type(media.schema, f"{hint}Body"))
        for response in operation.responses:
            media_type = represented(response.content)
            if media_type is not None and media_type.is_json:
                use.results[response.status] = self._type(media_type.schema, f"{hint}{response.status}")
        return use

    def _type(self, node: Node | None, hint: str) -> Type:
        return self.symbols.type(node, hint) if node is not None else ANY

    def _operation(self, operation: Operation, record: Policy, use: _Use) -> Json:
        written: Json = {"operationId": record.name, "tags": [record.module]}
        for key, value in (("summary", operation.summary), ("description", operation.description)):
            if value:
                written[key] = value
        if operation.deprecated:
            written["deprecated"] = True
        if operation.parameters:
            written["parameters"] = [
                self._parameter(parameter, *found)
                for parameter, found in zip(operation.parameters, use.parameters, strict=True)
            ]
        if operation.body and operation.body.content:
            written["requestBody"] = {
                "required": operation.body.required,
                "content": {
                    media.name: {"schema": self._body(media, *use.bodies[media.name])}
                    for media in operation.body.content
                },
            }
        written["responses"] = {
            response.status: self._response(response, use.results.get(response.status), pascal_case(operation.id))
            for response in operation.responses
        }
        return written

    def _parameter(self, parameter: Parameter, hint: str, found: Type) -> Json:
        written: Json = {"name": parameter.name, "in": parameter.location, "required": parameter.required}
        if parameter.description:
            written["description"] = parameter.description
        if parameter.media_type is not None:
            return written | {"content": {parameter.media_type: {"schema": self._schema(found, hint)}}}
        return written | {
            "style": parameter.style,
            "explode": parameter.explode,
            "schema": self._schema(found, hint),
        }

    def _body(self, media: MediaType, hint: str, found: Type) -> Json:
        if media.is_json or media.essence == "application/x-www-form-urlencoded":
            return self._schema(found, hint)
        if media.essence == "multipart/form-data":
            return self._form(media, hint, found)
        return dict(_BINARY)

    def _form(self, media: MediaType, hint: str, found: Type) -> Json:
        """An object whose files are files: a type of its own, since in JSON the same property would be text."""
        target = self.symbols.objects.get(found.name) if isinstance(found, Named) else None
        if target is None:
            return self._schema(found, hint)
        name = self._new(f"{hint}Form")
        self.forms[name] = target
        written = self._object(target)
        for key, node in _properties(self.contract, media.schema):
            if isinstance(node.value, dict) and node.value.get("format") == "binary":
                written["properties"][key] = dict(_BINARY)
        self.schemas[name] = written
        return _reference(name)

    def _response(self, response: Response, found: Type | None, hint: str) -> Json:
        written: Json = {"description": response.description}
        media = represented(response.content)
        if media is None:
            return written
        if found is not None:
            schema = self._schema(found, f"{hint}{response.status}")
        else:
            schema = dict(_TEXT if media.essence.startswith("text/") else _BINARY)
        return written | {"content": {media.name: {"schema": schema}}}

    # Types

    def _tell_apart(self, uses: list[_Use]) -> None:
        """Which object types are told by a constant, and which stand for whatever has no type of its own."""
        found = [one for use in uses for one in use.types()]
        found += [alias.type for alias in self.symbols.aliases.values()]
        found += [entry.type for one in self.symbols.objects.values() for entry in one.fields]
        for union in (one for top in found for one in _unions(top)):
            if (base := self._base(union)) is not None:
                self.fallbacks.add(base)
            for value, name in union.mapping:
                values = self.closed.setdefault(name, {})
                values[union.property] = tuple(dict.fromkeys((*values.get(union.property, ()), value)))

    def _object(self, found: Object) -> Json:
        told = {} if found.name in self.fallbacks else self.closed.get(found.name, {})
        written: Json = {"type": "object"}
        if found.description:
            written["description"] = found.description
        written["properties"] = {}
        required = []
        for entry in found.fields:
            if entry.name in told:
                schema = _constant(told[entry.name])
            else:
                schema = self._schema(entry.type, f"{found.name}{pascal_case(entry.name)}")
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
        self.unfinished.add(name)
        alias = self.symbols.aliases[name]
        found = alias.type
        if isinstance(found, Values):
            self._enumeration(name, found)
        elif isinstance(found, MapOf):
            self.schemas[name] = self._map(found, name)
        else:
            self.schemas[name] = self._schema(found, name)
        if alias.description and "$ref" not in self.schemas[name]:
            self.schemas[name]["description"] = alias.description
        self.unfinished.discard(name)

    def _schema(self, found: Type, hint: str) -> Json:
        """A type as a schema; what needs a name and has none is called after where it stands."""
        if isinstance(found, Plain):
            return _plain(found)
        if isinstance(found, Named):
            return self._named(found.name)
        if isinstance(found, ListOf):
            return {"type": "array", "items": self._schema(found.items, f"{hint}Item")}
        if isinstance(found, MapOf):
            name = self._new(hint)
            self.schemas[name] = {}  # so that the names come in order
            self.schemas[name] = self._map(found, name)
            return _reference(name)
        if isinstance(found, Values):
            return self._values(found, hint)
        if isinstance(found, Discriminated):
            return self._discriminated(found)
        return self._union(found, hint)

    def _named(self, name: str) -> Json:
        if name in self.unfinished:
            return {}
        if name in self.symbols.aliases:
            self._alias(name)
        return _reference(name)

    def _map(self, found: MapOf, hint: str) -> Json:
        values = self._schema(found.values, f"{hint}Value")
        return {"type": "object", "additionalProperties": values or True}

    def _values(self, found: Values, hint: str) -> Json:
        if not _is_uniform(found):
            kinds = {"integer" if isinstance(value, int) else "string" for value in found.values if value is not None}
            members: list[Json] = [{"type": kind} for kind in sorted(kinds)]
            return _any_of([*members, *([{"type": "null"}] if None in found.values else [])])
        name = self._new(hint)
        self._enumeration(name, found)
        return _reference(name)

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
        known = [_reference(name) for name in names if name not in self.fallbacks]
        rest = [_reference(name) for name in names if name in self.fallbacks]
        base = self._base(found)
        if base is not None:
            rest.append(_reference(base))
        elif found.otherwise is not None:
            rest.append(self._schema(found.otherwise, found.property))
        return _any_of([*known, *(rest or [self._unknown()])])

    def _base(self, found: Discriminated) -> str | None:
        """The object type for a value that names no subtype, which the contract may not foresee."""
        if found.otherwise is not None:
            return found.otherwise.name if isinstance(found.otherwise, Named) else None
        bases = [self.symbols.objects[name].base for _, name in found.mapping]
        return next((base for base in bases if base is not None), None)

    def _unknown(self) -> Json:
        """An object of a type that this version does not know."""
        if self.unknown is None:
            self.unknown = self._new("Unknown")
            text = "A value of a type that this version does not know; everything in it is kept."
            self.schemas[self.unknown] = {"type": "object", "description": text, "additionalProperties": True}
        return _reference(self.unknown)

    def _union(self, found: OneOf, hint: str) -> Json:
        """Objects that need more come first, since whatever reads the value takes the first that fits."""
        members = sorted(found.members, key=self._demand, reverse=True)
        numbers = {id(member): number for number, member in enumerate(found.members, 1)}
        return _any_of([self._schema(member, f"{hint}Option{numbers[id(member)]}") for member in members])

    def _demand(self, found: Type) -> int:
        one = self.symbols.objects.get(found.name) if isinstance(found, Named) else None
        return sum(entry.required for entry in one.fields) + 1 if one else 0

    def _new(self, wanted: str) -> str:
        name = unique(wanted, self.taken)
        self.taken.add(name)
        return name


@dataclass(slots=True)
class _Use:
    parameters: list[tuple[str, Type]] = field(default_factory=list)
    bodies: dict[str, tuple[str, Type]] = field(default_factory=dict)
    results: dict[str, Type] = field(default_factory=dict)

    def types(self) -> list[Type]:
        given = [*self.parameters, *self.bodies.values()]
        return [found for _, found in given] + list(self.results.values())


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


def _reference(name: str) -> Json:
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


def _properties(contract: Contract, node: Node | None) -> list[tuple[str, Node]]:
    """The properties that a schema lists itself, followed through references."""
    if node is None:
        return []
    found = contract.documents.follow(node)
    return [(name, contract.documents.follow(one)) for name, one in found.members("properties")]
