"""A contract as rules look at it: all objects by kind, the operations, and who uses what. Walked once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sdkgen import checks, schema
from sdkgen.lint.uses import Uses
from sdkgen.load import Documents, Node
from sdkgen.model import METHODS, Contract

if TYPE_CHECKING:
    from sdkgen.lint.judge import Judge


@dataclass(slots=True, eq=False)
class Operation:
    """An operation with what it inherits from its path. Nothing of it is known to be sound but by the metaschema."""

    node: Node
    path: str
    method: str
    parameters: list[Node]
    responses: dict[str, Node]
    body: Node | None
    security: Node | None
    """Its own `security`, else the contract's."""

    @property
    def id(self) -> str | None:
        found: str | None = self.node.value.get("operationId")
        return found

    @property
    def name(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @property
    def paved(self) -> dict[str, Any]:
        found = self.node.value.get("x-paved")
        return found if isinstance(found, dict) else {}

    def parameter(self, *names: str, location: str = "query") -> Node | None:
        wanted = {name.lower() for name in names}
        return next(
            (p for p in self.parameters if p.value["in"] == location and p.value["name"].lower() in wanted), None
        )

    def answers(self, *statuses: str) -> bool:
        """Is one of these statuses declared, by itself, by its range, or by `default`?"""
        ranges = {status[0] + "XX" for status in statuses} | {"default"}
        return any(status in statuses or status.upper() in ranges or status in ranges for status in self.responses)

    @property
    def is_public(self) -> bool:
        """May it be called without any credentials, by what is written down?"""
        return self.security is not None and (not self.security.value or {} in self.security.value)

    @property
    def is_secured(self) -> bool:
        return self.security is not None and any(self.security.value)


class Index:
    """The walk over all objects of a contract. Raises ContractError where the contract can't be used."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.documents: Documents = contract.documents
        self.root = contract.documents.node
        self.is_30 = contract.openapi == "3.0"
        self._kinds: dict[str, list[Node]] = {}
        for node, kind in checks.sound_objects(contract):
            self._kinds.setdefault(kind, []).append(node)

    def objects(self, *kinds: str) -> list[Node]:
        """All objects of these kinds of `walk`, each where it is defined and in the order of the text."""
        return [node for kind in kinds for node in self._kinds.get(kind, ()) if "$ref" not in node.value]

    def everything(self) -> list[Node]:
        return [node for nodes in self._kinds.values() for node in nodes]

    def references(self, *kinds: str) -> list[Node]:
        """All reference objects where these kinds are expected."""
        return [node for kind in kinds for node in self._kinds.get(kind, ()) if "$ref" in node.value]

    @cached_property
    def schemas(self) -> list[Node]:
        """All schema objects that are more than a reference."""
        return self.objects("schema", "subschema")

    @cached_property
    def shared_responses(self) -> dict[str, str]:
        """By status, the one reference that all operations have which declare it; none where they differ."""
        found: dict[str, set[str | None]] = {}
        for operation in self.operations:
            for status, node in operation.node.members("responses"):
                found.setdefault(status, set()).add(node.value.get("$ref") if isinstance(node.value, dict) else None)
        return {status: one for status, given in found.items() if len(given) == 1 and (one := next(iter(given)))}

    def component(self, section: str) -> list[tuple[str, Node]]:
        components = self.root.get("components")
        return components.members(section) if components else []

    @property
    def servers(self) -> list[Node]:
        return [server for _, server in self.root.members("servers")]

    @cached_property
    def paths(self) -> list[tuple[str, Node]]:
        """The templates of `paths` with their items, references followed."""
        items = self.root.members("paths")
        return [(path, self.documents.follow(item)) for path, item in items if path.startswith("/")]

    @cached_property
    def operations(self) -> list[Operation]:
        found = ((path, item, method) for path, item in self.paths for method in METHODS if method in item.value)
        return [self._operation(path, item, method) for path, item, method in found]

    def _operation(self, path: str, item: Node, method: str) -> Operation:
        node = item.child(method)
        parameters: dict[tuple[str, str], Node] = {}
        for owner in (item, node):
            for _, reference in owner.members("parameters"):
                parameter = self.documents.follow(reference)
                parameters[parameter.value["in"], parameter.value["name"]] = parameter
        responses = {
            status: self.documents.follow(reference)
            for status, reference in node.members("responses")
            if not status.startswith("x-")
        }
        body = node.get("requestBody")
        security = node.get("security") or self.root.get("security")
        followed = self.documents.follow(body) if body else None
        return Operation(node, path, method, list(parameters.values()), responses, followed, security)

    def content(self, owner: Node) -> list[tuple[str, Node, Node | None]]:
        """Of a body, response or parameter: each media type, its object and its schema, references followed."""
        found = []
        for name, media in owner.members("content"):
            declared = media.get("schema")
            found.append((name, media, self.documents.follow(declared) if declared else None))
        return found

    def types(self, node: Node) -> set[str]:
        """The JSON types that a schema allows, by itself and what it takes over."""
        if not isinstance(node.value, dict):
            return set()
        return schema.kinds(self.contract, node) or set(schema.types(node))

    def properties(self, node: Node) -> dict[str, Node]:
        """The properties that an object has by all that it is composed of with `allOf`."""
        parts = schema.parts(self.contract, node, ("allOf",))
        return {name: declared for part in parts for name, declared in part.members("properties")}

    def scheme(self, name: str) -> Node | None:
        return self._schemes.get(name)

    @cached_property
    def _schemes(self) -> dict[str, Node]:
        return {name: self.documents.follow(node) for name, node in self.component("securitySchemes")}

    @property
    def schemes(self) -> list[tuple[str, Node]]:
        return list(self._schemes.items())

    @cached_property
    def judge(self) -> Judge:
        """Holds values against the contract's schemas."""
        from sdkgen.lint.judge import Judge

        return Judge(self)

    @cached_property
    def _uses(self) -> Uses:
        return Uses(self)

    def is_input(self, node: Node) -> bool:
        """Can a caller send what this describes?"""
        return self._uses.is_input(node)

    def is_used(self, node: Node) -> bool:
        """Does something outside the components lead to this one?"""
        return self._uses.is_used(node)
