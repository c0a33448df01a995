"""From files to a `Contract`: inheritance, defaults and security of OpenAPI resolved, names checked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sdkgen import checks, metaschema, paved, schema
from sdkgen.findings import Waivers
from sdkgen.load import Documents, Node
from sdkgen.model import (
    METHODS,
    Contract,
    Header,
    Location,
    MediaType,
    Operation,
    Parameter,
    RequestBody,
    Response,
    Security,
)
from sdkgen.naming import is_reserved, pascal_case, snake_case

_DEFAULT_STYLE: dict[str, str] = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
_IGNORED_HEADERS = {"accept", "content-type", "authorization"}
_READ = {
    "timeout": "write the seconds, more than 0",
    "rate": "write `quota`, the requests, and `window`, the seconds they are for",
    "deprecation": "write it as 2030-01-31T00:00:00Z",
    "sunset": "write it as 2030-01-31T00:00:00Z",
}
"""What is read of an operation's `x-paved`, and how it is written."""
_BEARER = {"oauth2", "openIdConnect"}


def read(path: Path) -> Contract:
    """Read the contract at `path`.

    Raises ContractError for the first thing that keeps it from being used. What can be used but not carried over whole
    is in `Contract.findings`.
    """
    documents = Documents.open(path)
    version = metaschema.check(documents)
    return _Reader(documents, version, Waivers.beside(path)).read()


class _Reader:
    def __init__(self, documents: Documents, version: metaschema.Version, waivers: Waivers) -> None:
        self.documents = documents
        self.root = documents.node
        info = self.root.value["info"]
        base_path = _base_path(self.root.get("servers"))
        self.contract = Contract(documents, version, info["title"], info["version"], base_path, waivers=waivers)

    def read(self) -> Contract:
        contract = self.contract
        checks.check(contract)
        schemas = self._component("schemas")
        contract.schemas = dict(schemas.items()) if schemas else {}
        contract.operations = tuple(self._operations())
        if self.root.get("webhooks"):
            contract.report("webhooks", self.root.child("webhooks"), "webhooks are not generated")
        return contract

    def _component(self, kind: str) -> Node | None:
        components = self.root.get("components")
        return components.get(kind) if components else None

    def _operations(self) -> list[Operation]:
        paths = self.root.get("paths")
        operations: list[Operation] = []
        by_name: dict[str, Operation] = {}
        by_route: dict[tuple[str, str], Operation] = {}
        for path, reference in paths.items() if paths else []:
            if not path.startswith("/"):
                continue  # an extension
            item = self.documents.follow(reference)
            for method in METHODS:
                node = item.get(method)
                if node is None:
                    continue
                operation = self._operation(path, method, item, node)
                for name in (snake_case(operation.id), pascal_case(operation.id)):
                    twin = by_name.setdefault(name, operation)
                    if twin is not operation:
                        raise node.child("operationId").error(
                            f"the operationId {operation.id!r} collides with {twin.id!r} of {twin.method} {twin.path}",
                            "give each operation a name of its own",
                        )
                twin = by_route.setdefault((method, re.sub(r"\{[^}]*\}", "{}", path)), operation)
                if twin is not operation:
                    raise node.error(
                        f"{operation.method} {path} is the same route as {operation.method} {twin.path}",
                        "merge the two, or tell their paths apart",
                    )
                operations.append(operation)
        return operations

    def _operation(self, path: str, method: str, item: Node, node: Node) -> Operation:
        value = node.value
        extension = _paved(node)
        if node.get("callbacks"):
            self.contract.report("callbacks", node.child("callbacks"), "callbacks are not generated")
        servers = node.get("servers") or item.get("servers")
        if servers and _base_path(servers) != self.contract.base_path:
            self.contract.report("operation-servers", servers, "the operation is served below the contract's base path")
        return Operation(
            node=node,
            id=self._id(node, method, path),
            method=method.upper(),
            path=path,
            summary=value.get("summary"),
            description=value.get("description"),
            tags=tuple(value.get("tags", ())),
            deprecated=value.get("deprecated", False),
            parameters=self._parameters(path, item, node),
            body=self._body(node),
            responses=self._responses(node),
            security=self._security(node),
            deprecation=extension.get("deprecation"),
            sunset=extension.get("sunset"),
            rate=(extension["rate"]["quota"], extension["rate"]["window"]) if "rate" in extension else None,
            timeout=extension.get("timeout"),
        )

    @staticmethod
    def _id(node: Node, method: str, path: str) -> str:
        named = node.get("operationId")
        if named is None:
            raise node.error(
                f"{method.upper()} {path} has no operationId", "add one: it names the method that serves the operation"
            )
        name = snake_case(named.value)
        if not name.isidentifier() or not name.isascii():
            raise named.error(
                f"the operationId {named.value!r} gives no name in code", "use letters and digits, letters first"
            )
        if is_reserved(name):
            raise named.error(
                f"the operationId {named.value!r} is a reserved word in a supported language", "add what it acts on"
            )
        return str(named.value)

    def _parameters(self, path: str, item: Node, operation: Node) -> tuple[Parameter, ...]:
        parameters: dict[tuple[str, str], Parameter] = {}
        for owner in (item, operation):
            declared: set[tuple[str, str]] = set()
            for _, reference in owner.members("parameters"):
                parameter = self._parameter(self.documents.follow(reference))
                is_header = parameter.location == "header"
                key = (parameter.location, parameter.name.lower() if is_header else parameter.name)
                if key in declared:
                    raise reference.error(
                        f"the {parameter.location} parameter {parameter.name!r} stands twice", "remove one of the two"
                    )
                declared.add(key)
                if not (is_header and key[1] in _IGNORED_HEADERS):
                    parameters[key] = parameter
        templated = re.findall(r"\{([^}]*)\}", path)
        for name in templated:
            if templated.count(name) > 1:
                raise operation.error(f"the path {path} has {{{name}}} twice", "give each its own name")
            if ("path", name) not in parameters:
                raise operation.error(
                    f"the path {path} has {{{name}}}, which is no declared path parameter",
                    "declare it under parameters",
                )
        for parameter in parameters.values():
            if parameter.location == "path" and parameter.name not in templated:
                raise parameter.node.error(
                    f"the path parameter {parameter.name!r} is not in {path}", "remove it, or add it to the path"
                )
        return tuple(parameters.values())

    def _parameter(self, node: Node) -> Parameter:
        value = node.value
        location: Location = value["in"]
        style = value.get("style", _DEFAULT_STYLE[location])
        media = next((MediaType(m, name, m.get("schema")) for name, m in node.members("content")), None)
        if media and not media.is_json and media.essence != "text/plain":
            self.contract.report("raw-parameter", media.node, f"a {media.essence} parameter is validated as its text")
        if value.get("allowEmptyValue") is True:
            self.contract.report("empty-parameter", node, "an empty value is validated like any other")
        declared = media.schema if media else node.get("schema")
        return Parameter(
            node=node,
            name=value["name"],
            location=location,
            required=value.get("required", False) or location == "path",
            style=style,
            explode=value.get("explode", style in ("form", "deepObject")),
            schema=declared,
            media_type=media.name if media else None,
            description=value.get("description"),
        )

    def _body(self, operation: Node) -> RequestBody | None:
        reference = operation.get("requestBody")
        if reference is None:
            return None
        node = self.documents.follow(reference)
        return RequestBody(node, node.value.get("required", False), self._content(node))

    def _content(self, owner: Node) -> tuple[MediaType, ...]:
        content = tuple(MediaType(node, name, node.get("schema")) for name, node in owner.members("content"))
        for media in content:
            if not media.is_json and media.schema and not schema.is_text(self.contract, media.schema):
                self.contract.report(
                    "raw-body", media.node, f"a {media.essence} body is handed over as bytes and not validated"
                )
        return content

    def _responses(self, operation: Node) -> tuple[Response, ...]:
        responses = []
        for status, reference in operation.members("responses"):
            if status.startswith("x-"):
                continue
            node = self.documents.follow(reference)
            if node.get("links"):
                self.contract.report("links", node.child("links"), "links are not generated")
            responses.append(
                Response(
                    node=node,
                    status=status,
                    description=node.value["description"],
                    headers=self._headers(node),
                    content=self._content(node),
                    component=_component_name(node, "responses") if node.key != reference.key else None,
                )
            )
        if not responses:
            raise operation.error("declares no response", "add those it gives under responses")
        return tuple(responses)

    def _headers(self, response: Node) -> tuple[Header, ...]:
        headers = []
        for name, reference in response.members("headers"):
            node = self.documents.follow(reference)
            if name.lower() == "content-type":
                continue
            declared = node.get("schema")
            kinds = schema.kinds(self.contract, declared) if declared else None
            if declared is None or (kinds and "object" in kinds):
                self.contract.report("header-content", node, f"the header {name} is sent as the text it is given as")
                declared = None
            headers.append(Header(node, name, node.value.get("required", False), declared))
        return tuple(headers)

    def _security(self, operation: Node) -> Security:
        requirements = operation.get("security") or self.root.get("security")
        if requirements is None:
            # Silence is not consent: any valid token, but a token.
            return Security(public=False, alternatives=((),))
        if not requirements.value:
            return Security(public=True, alternatives=())
        public = False
        alternatives: list[tuple[str, ...]] = []
        for _, requirement in requirements.items():
            if not requirement.value:
                public = True
                continue
            scopes: list[str] = []
            for name, required in requirement.items():
                if not self._is_verifiable(name, required):
                    break
                scopes.extend(scope for scope in required.value if scope not in scopes)
            else:
                alternatives.append(tuple(scopes))
        return Security(public, tuple(alternatives))

    def _is_verifiable(self, name: str, requirement: Node) -> bool:
        """Can the service itself verify this scheme? It verifies bearer tokens; the rest is the edge's."""
        schemes = self._component("securitySchemes")
        reference = schemes.get(name) if schemes else None
        if reference is None:
            raise requirement.error(
                f"the security scheme {name!r} is not declared", "declare it under components/securitySchemes"
            )
        scheme = self.documents.follow(reference).value
        if scheme["type"] in _BEARER or (scheme["type"] == "http" and scheme["scheme"].lower() == "bearer"):
            return True
        kind = scheme["type"] if scheme["type"] != "http" else f"http {scheme['scheme']}"
        self.contract.report(
            "security-scheme", reference, f"the service can't verify {kind}: what only this scheme opens stays closed"
        )
        return False


def _paved(operation: Node) -> dict[str, Any]:
    """The operation's `x-paved` (docs/reference/schemas/x-paved.schema.json); what the service reads of it is sound."""
    node = operation.get("x-paved")
    if node is None:
        return {}
    if not isinstance(node.value, dict):
        raise node.error("is no object", "write the keys of x-paved below it")
    for pointer, cause in paved.faults(node.value, "operation"):
        if pointer[:1] and pointer[0] in _READ:  # the linter refuses the rest
            raise node.child(*pointer).error(cause, _READ[pointer[0]])
    return dict(node.value)


def _base_path(servers: Node | None) -> str:
    if servers is None or not servers.value:
        return ""
    server = servers.child("0")
    url: str = server.value["url"]
    for name, variable in server.members("variables"):
        url = url.replace("{" + name + "}", variable.value["default"])
    try:
        path = urlsplit(url).path.rstrip("/")
    except ValueError:
        raise server.child("url").error(f"{url!r} is no URL", "write it as https://host/path") from None
    if "{" in path:
        raise server.child("url").error(f"the path {path} has a variable without a value", "declare it under variables")
    return path


def _component_name(node: Node, kind: str) -> str | None:
    return node.pointer[2] if len(node.pointer) == 3 and node.pointer[:2] == ("components", kind) else None
