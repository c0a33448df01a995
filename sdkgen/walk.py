"""Every object of a contract, whichever file it stands in, with what kind of object OpenAPI takes it for.

Not everything that looks like a reference is one: examples, defaults and extensions are values, and properties may have
any name. So the walk knows which keys hold what.
"""

from __future__ import annotations

from collections.abc import Iterator

from sdkgen.load import Documents, Node

_SCHEMA = """schema items additionalProperties unevaluatedProperties unevaluatedItems contains propertyNames not if then
else contentSchema""".split()
_SCHEMAS = "schemas properties patternProperties dependentSchemas $defs allOf oneOf anyOf prefixItems".split()
_KINDS = (
    dict.fromkeys(_SCHEMA, "schema")
    | dict.fromkeys(_SCHEMAS, "schema*")
    | dict.fromkeys(("paths", "webhooks", "pathItems"), "path-item*")
    | {
        "callbacks": "callbacks*",
        "content": "media-type*",
        "examples": "example*",
        "headers": "header*",
        "links": "link*",
        "parameters": "parameter*",
        "requestBodies": "request-body*",
        "requestBody": "request-body",
        "responses": "response*",
        "securitySchemes": "security-scheme*",
    }
)
"""By key, the kind of the object there; with `*`, of those in the array or map there."""
_VALUES = frozenset("const default enum example value".split())
_LEAVES = frozenset(("example", "link"))
_EXTENSIBLE = frozenset(("path-item", "response"))
"""Kinds whose maps may hold extensions among the names."""


def component_kind(section: str) -> str:
    """The kind of what stands in a section of `components`."""
    return _KINDS.get(section, "").removesuffix("*")


def objects(documents: Documents) -> Iterator[tuple[Node, str]]:
    """All objects in the order of the text, each once, and after a reference what it leads to.

    The kind is that of the metaschema of OpenAPI 3.1 (`path-item`, `parameter`, …), `subschema` for a schema inside
    another, or empty. When the walk is at its end, all files of the contract are known.

    Raises ContractError for a reference that leads nowhere.
    """
    seen: set[int] = set()
    rest = [(documents.node, "")]
    while rest:
        node, kind = rest.pop()
        value = node.value
        if not isinstance(value, (dict, list)) or id(value) in seen:
            continue
        seen.add(id(value))
        below = [(child, child_kind) for _, child, child_kind in children(node, kind)]
        if isinstance(value, dict) and not kind.endswith("*"):
            yield node, kind
            if isinstance(value.get("$ref"), str):
                below.append((documents.target(node), kind.removeprefix("sub")))
            if "discriminator" in value and kind.endswith("schema"):
                below += [(documents.mapped(named), "schema") for named in _mapped(node)]
        rest.extend(reversed(below))
    documents.is_complete = True


def complete(documents: Documents) -> None:
    """Read all files that the contract refers to, if that is not done yet."""
    if not documents.is_complete:
        for _ in objects(documents):
            pass


def _mapped(node: Node) -> list[Node]:
    discriminator = node.get("discriminator")
    listed = discriminator.members("mapping") if discriminator else []
    return [named for _, named in listed if isinstance(named.value, str)]


def children(node: Node, kind: str) -> Iterator[tuple[str, Node, str]]:
    """The objects and arrays below that may be or hold objects: key or index, value, kind."""
    if kind.endswith("*") or isinstance(node.value, list):
        each = kind.removesuffix("*")
        for token, child in node.containers():
            if not (each in _EXTENSIBLE and token.startswith("x-")):
                yield token, child, each
    elif kind not in _LEAVES:
        inside = "sub" if kind.endswith("schema") else ""
        for key, child in node.containers():
            is_value = key in _VALUES or (key == "examples" and isinstance(child.value, list))
            if not is_value and not key.startswith("x-"):
                found = "path-item" if kind == "callbacks" else _KINDS.get(key, "")
                yield key, child, inside + found if found.startswith("schema") else found
