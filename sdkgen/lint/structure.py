"""What makes a contract unusable, or ambiguous."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

from sdkgen.lint.index import Index
from sdkgen.lint.rule import Hit, rule
from sdkgen.naming import is_reserved, pascal_case, snake_case


@rule("operation-id", "error", "add one: a verb and what it acts on")
def operation_id(index: Index) -> Iterator[Hit]:
    """Every operation has an operationId that gives a name in code.

    It names the handler, the method of the SDKs and the operation's metrics. It begins with a letter and is no reserved
    word in a language that SDKs are written in.
    """
    for operation in index.operations:
        if operation.id is None:
            yield Hit(operation.node, f"{operation.name} has no operationId")
            continue
        name = snake_case(operation.id)
        if not name.isidentifier() or not name.isascii() or is_reserved(name):
            node = operation.node.child("operationId")
            yield Hit(node, f"the operationId `{operation.id}` gives no name in code")


@rule("operation-id-unique", "error", "give each operation a name of its own")
def operation_id_unique(index: Index) -> Iterator[Hit]:
    """No two operations have the same operationId, in any spelling.

    `getQuote` and `get_quote` are one method in an SDK.
    """
    first: dict[str, str] = {}
    for operation in index.operations:
        for name in dict.fromkeys((snake_case(operation.id or ""), pascal_case(operation.id or ""))):
            if name and first.setdefault(name, operation.name) != operation.name:
                node = operation.node.child("operationId")
                yield Hit(node, f"the operationId `{operation.id}` is that of {first[name]} too")
                break


@rule("path-ambiguous", "error", "merge the two, or tell their paths apart by a fixed segment")
def path_ambiguous(index: Index) -> Iterator[Hit]:
    """A request belongs to one path.

    `/quotes/{id}` and `/quotes/{quote_id}` are the same (OpenAPI, Paths Object): an error. `/quotes/{id}/notes` and
    `/{kind}/new/notes` both match `/quotes/new/notes`, and routers differ in which they take: a warning. A fixed
    segment beside a parameter, as in `/quotes/mine` and `/quotes/{id}`, is fine: the fixed one is taken. Of several
    that a path meets, the first is named.
    """
    items = dict(index.root.members("paths"))
    methods: dict[str, set[str]] = {}
    for operation in index.operations:
        methods.setdefault(operation.path, set()).add(operation.method)
    before: _Tree = {}
    for path, _ in index.paths:
        parts = tuple(re.sub(r"\{[^}]*\}", "{}", path).split("/"))
        for other, others in _matching(before, parts):
            if parts == others:
                yield Hit(items[path], f"`{path}` is the same path as `{other}`")
                break
            if _is_undecided(parts, others) and methods.get(path, set()) & methods.get(other, set()):
                yield Hit(items[path], f"`{path}` and `{other}` match the same requests", "warning")
                break
        leaf = before
        for part in parts:
            leaf = leaf.setdefault(part, {})
        leaf.setdefault(_END, {})[path] = {}


_Tree: TypeAlias = dict[str, "_Tree"]
"""Paths by their segments; below `_END` those that end there."""
_END = "/"


def _matching(tree: _Tree, parts: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The paths of the tree that match a request which matches this one."""
    rest: list[tuple[_Tree, tuple[str, ...]]] = [(tree, ())]
    while rest:
        found, taken = rest.pop()
        if len(taken) == len(parts):
            yield from ((path, taken) for path in found.get(_END, ()))
            continue
        part = parts[len(taken)]
        ways = [way for way in found if way != _END] if part == "{}" else dict.fromkeys((part, "{}"))
        rest += [(found[way], (*taken, way)) for way in ways if way in found]


def _is_undecided(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Is neither more specific, because each has a parameter where the other is fixed?"""
    pairs = list(zip(left, right, strict=True))
    return any(a == "{}" != b for a, b in pairs) and any(b == "{}" != a for a, b in pairs)


@rule("path-parameter", "error", "declare each parameter of the path, and none that is not in it")
def path_parameter(index: Index) -> Iterator[Hit]:
    """The parameters in a path and those declared with `in: path` are the same, each once."""
    for operation in index.operations:
        templated = re.findall(r"\{([^}]*)\}", operation.path)
        declared = {p.value["name"]: p for p in operation.parameters if p.value["in"] == "path"}
        for name in dict.fromkeys(templated):
            if templated.count(name) > 1:
                yield Hit(operation.node, f"{operation.name} has `{{{name}}}` twice")
            elif name not in declared:
                yield Hit(operation.node, f"{operation.name} does not declare the path parameter `{name}`")
        for name, node in declared.items():
            if name not in templated:
                yield Hit(node, f"the path parameter `{name}` is not in `{operation.path}`")


@rule("parameter-duplicate", "error", "remove one of the two")
def parameter_duplicate(index: Index) -> Iterator[Hit]:
    """A list of parameters has each once: the same name at the same place is one parameter (OpenAPI, Operation)."""
    owners = [item for _, item in index.paths] + [operation.node for operation in index.operations]
    for owner in owners:
        seen: set[tuple[str, str]] = set()
        for _, reference in owner.members("parameters"):
            value = index.documents.follow(reference).value
            name = value["name"].lower() if value["in"] == "header" else value["name"]
            if (value["in"], name) in seen:
                yield Hit(reference, f"the {value['in']} parameter `{value['name']}` stands twice")
            seen.add((value["in"], name))


@rule("response-success", "warning", "add what it answers when all goes well")
def response_success(index: Index) -> Iterator[Hit]:
    """Every operation says what success looks like: a 2xx, a 3xx, 101, or `default`."""
    for operation in index.operations:
        if not any(status[0] in "23d" or status == "101" for status in operation.responses):
            yield Hit(operation.node, f"{operation.name} declares no success")


@rule("response-no-content", "error", "remove the content, or answer with another status")
def response_no_content(index: Index) -> Iterator[Hit]:
    """204, 205 and 304 have no content (RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5)."""
    for operation in index.operations:
        for status in ("204", "205", "304"):
            if operation.responses.get(status) and operation.responses[status].value.get("content"):
                yield Hit(operation.responses[status], f"{operation.name} declares content for {status}")


@rule("request-body-method", "warning", "send it in the query, or use POST")
def request_body_method(index: Index) -> Iterator[Hit]:
    """GET, HEAD and DELETE have no request body.

    RFC 9110 gives it no meaning there, and proxies drop it or refuse the request.
    """
    for operation in index.operations:
        if operation.method in ("get", "head", "delete") and operation.body:
            yield Hit(operation.node.child("requestBody"), f"{operation.name} declares a request body")


@rule("json-charset", "info", "write application/json")
def json_charset(index: Index) -> Iterator[Hit]:
    """A JSON media type has no `charset`.

    It is not defined for JSON, which is UTF-8 (RFC 8259, sections 8.1 and 11); a client that compares media types as
    text does not know `application/json;charset=utf-8`.
    """
    for node in index.objects("media-type"):
        name = node.pointer[-1]
        if "json" in name.lower() and "charset" in name.lower():
            yield Hit(node, f"the media type `{name}` has a charset")


@rule("unused-component", "warning", "remove it, or refer to it")
def unused_component(index: Index) -> Iterator[Hit]:
    """Every component is used by an operation, a webhook, or a component that is.

    What nobody uses is not tested, and wrong sooner or later. A schema that takes over one with a discriminator is used
    where that one is.
    """
    named = {name for op in index.operations if op.security for r in op.security.value for name in r}
    named |= {name for requirement in index.root.value.get("security", ()) for name in requirement}
    components = index.root.get("components")
    for section, group in components.items() if components else []:
        for name, node in group.items() if not section.startswith("x-") else []:
            used = name in named if section == "securitySchemes" else index.is_used(node)
            if not used:
                yield Hit(node, f"nothing uses the component `{section}/{name}`")
