"""The plain form of a contract: the same operations and types, said so simply that every generator takes them whole.

Generators choke on rich contracts, each on something else, and leave out what they can't read. So they are not given
the contract but a document written from the model that everything else is made from (`sdkgen.types`): each object is a
named component with all its properties in one place, nothing is composed but by `anyOf`, and each name is the one of
the symbol table, which is also what the contract gate judges by.

It is open where the contract may grow: a value that an enumeration does not list and a subtype that a discriminator
does not name are valid, so that a client reads on what a newer service sends.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from sdkgen.client.plain_types import RESERVED, Json, PlainTypes, reference
from sdkgen.client.policy import Policy, policies, represented
from sdkgen.load import Node
from sdkgen.model import Contract, MediaType, Operation, Parameter, Response
from sdkgen.naming import pascal_case
from sdkgen.types import ANY, Named, Object, Symbols, Type

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
        self.uses = [self._uses(operation) for operation in contract.operations]
        # Only now every type has its name.
        self.types = PlainTypes(self.symbols, [found for use in self.uses for found in use.types()])
        self.forms: dict[str, Object] = {}

    def write(self) -> PlainForm:
        records = policies(self.contract)
        paths: dict[str, Json] = {}
        for operation, record, use in zip(self.contract.operations, records, self.uses, strict=True):
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
            enumerations=self.types.enumerations,
        )

    def _document(self, paths: dict[str, Json]) -> Json:
        info = {"title": self.contract.title, "version": self.contract.version}
        servers = self.contract.documents.node.value.get("servers")
        return {
            "openapi": "3.1.1",
            "info": info,
            **({"servers": servers} if servers else {}),
            "paths": paths,
            "components": {"schemas": self.types.schemas},
        }

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
            return written | {"content": {parameter.media_type: {"schema": self.types.schema(found, hint)}}}
        return written | {
            "style": parameter.style,
            "explode": parameter.explode,
            "schema": self.types.schema(found, hint),
        }

    def _body(self, media: MediaType, hint: str, found: Type) -> Json:
        if media.is_json or media.essence == "application/x-www-form-urlencoded":
            return self.types.schema(found, hint)
        if media.essence == "multipart/form-data":
            return self._form(media, hint, found)
        return dict(_BINARY)

    def _form(self, media: MediaType, hint: str, found: Type) -> Json:
        """An object whose files are files: a type of its own, since in JSON the same property would be text."""
        target = self.symbols.objects.get(found.name) if isinstance(found, Named) else None
        if target is None:
            return self.types.schema(found, hint)
        name = self.types.named(f"{hint}Form")
        self.forms[name] = target
        written = self.types.object(target)
        for key, node in _properties(self.contract, media.schema):
            if isinstance(node.value, dict) and node.value.get("format") == "binary":
                written["properties"][key] = dict(_BINARY)
        self.types.schemas[name] = written
        return reference(name)

    def _response(self, response: Response, found: Type | None, hint: str) -> Json:
        written: Json = {"description": response.description}
        media = represented(response.content)
        if media is None:
            return written
        if found is not None:
            schema = self.types.schema(found, f"{hint}{response.status}")
        else:
            schema = dict(_TEXT if media.essence.startswith("text/") else _BINARY)
        return written | {"content": {media.name: {"schema": schema}}}


@dataclass(slots=True)
class _Use:
    parameters: list[tuple[str, Type]] = field(default_factory=list)
    bodies: dict[str, tuple[str, Type]] = field(default_factory=dict)
    results: dict[str, Type] = field(default_factory=dict)

    def types(self) -> list[Type]:
        given = [*self.parameters, *self.bodies.values()]
        return [found for _, found in given] + list(self.results.values())


def _properties(contract: Contract, node: Node | None) -> list[tuple[str, Node]]:
    """The properties that a schema lists itself, followed through references."""
    if node is None:
        return []
    found = contract.documents.follow(node)
    return [(name, contract.documents.follow(one)) for name, one in found.members("properties")]
