"""What makes a contract unusable, or says nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from sdkgen.lint.edits import removed
from sdkgen.lint.index import Index
from sdkgen.lint.rule import Hit, rule
from sdkgen.naming import is_reserved, pascal_case, snake_case, words
from sdkgen.schema import kind_of

_SAYS_NOTHING = frozenset(
    "description title summary example examples deprecated readOnly writeOnly externalDocs xml default nullable".split()
)


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
    segment beside a parameter, as in `/quotes/mine` and `/quotes/{id}`, is fine: the fixed one is taken.
    """
    by_length: dict[int, list[tuple[str, list[str]]]] = {}
    items = dict(index.root.members("paths"))
    for path, _ in index.paths:
        parts = re.sub(r"\{[^}]*\}", "{}", path).split("/")
        by_length.setdefault(len(parts), []).append((path, parts))
    for group in by_length.values():
        for (one, left), (other, right) in combinations(group, 2):
            if left == right:
                yield Hit(items[other], f"`{other}` is the same path as `{one}`")
            elif _overlap(left, right) and _methods(index, one) & _methods(index, other):
                yield Hit(items[other], f"`{other}` and `{one}` match the same requests", "warning")


def _overlap(left: list[str], right: list[str]) -> bool:
    """May one request match both, with neither more specific from the front to the back?"""
    more, less = False, False
    for one, other in zip(left, right, strict=True):
        if one == other:
            continue
        if "{}" not in one and "{}" not in other:
            return False
        if one == "{}" or other == "{}":
            more, less = more or other == "{}", less or one == "{}"
        else:
            return False  # parameters within segments: not judged
    return more and less


def _methods(index: Index, path: str) -> set[str]:
    return {operation.method for operation in index.operations if operation.path == path}


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


@rule("enum-duplicate", "warning", "remove it", fixable=True)
def enum_duplicate(index: Index) -> Iterator[Hit]:
    """An enum has each value once.

    `--fix` removes the later ones.
    """
    for node in index.schemas:
        seen: list[object] = []
        for _, child in node.members("enum"):
            twin = (type(child.value).__name__, child.value)
            if twin in seen:
                yield Hit(child, f"the value {child.value!r} stands twice in the enum", fix=removed(child))
            seen.append(twin)


@rule("enum-type", "error", "write values of the type, or correct the type")
def enum_type(index: Index) -> Iterator[Hit]:
    """The values of an enum, and a const, are of the schema's type.

    Any other can never be valid. `null` is taken where the schema is nullable.
    """
    for node in index.schemas:
        types = index.types(node)
        if not types:
            continue
        constants = node.members("enum") + ([("const", node.child("const"))] if "const" in node.value else [])
        for _, child in constants:
            kind = kind_of(child.value)
            is_whole = kind == "number" and child.value == int(child.value) and "integer" in types
            if kind not in types and not (kind == "integer" and "number" in types) and not is_whole:
                yield Hit(child, f"the value {child.value!r} is no {' or '.join(sorted(types))}")


@rule("required-undeclared", "warning", "declare the property, or correct its name")
def required_undeclared(index: Index) -> Iterator[Hit]:
    """What is `required` is declared among the properties.

    A name that is not is usually a misspelt one. Schemas that are composed of others, or are part of one, are left
    alone: their properties may be elsewhere.
    """
    for node in index.schemas:
        value = node.value
        in_composition = any(token in ("allOf", "oneOf", "anyOf", "not", "if", "then") for token in node.pointer[-2:])
        composed = any(key in value for key in ("allOf", "oneOf", "anyOf", "patternProperties"))
        if in_composition or composed or not isinstance(value.get("properties"), dict):
            continue
        for _, name in node.members("required"):
            if name.value not in value["properties"]:
                yield Hit(name, f"`{name.value}` is required and not declared")


@rule("schema-anything", "warning", "give it a type; write true or {} where any value is meant")
def schema_anything(index: Index) -> Iterator[Hit]:
    """A schema that is described says what it takes.

    One with a description and no type takes any value, usually by oversight. `{}` and `true` say so on purpose, and a
    property that is only described anew beside what `allOf` brings in is left alone.
    """
    for node in index.schemas:
        value = node.value
        says = {key for key in value if not key.startswith("x-")}
        if says and says <= _SAYS_NOTHING and "default" not in says and not _is_refined(node.pointer):
            yield Hit(node, f"{called(node.pointer)} has no type")


def _is_refined(pointer: tuple[str, ...]) -> bool:
    return any(token in ("allOf", "oneOf", "anyOf") for token in pointer)


@rule("ref-siblings", "warning", "move them into an allOf with the reference, or write OpenAPI 3.1")
def ref_siblings(index: Index) -> Iterator[Hit]:
    """In OpenAPI 3.0 nothing that constrains stands beside a `$ref`.

    It is ignored there (Reference Object), so the limit that somebody wrote is not one. Descriptions are ignored too,
    and harm nobody.
    """
    if not index.is_30:
        return
    for node in index.references("schema", "subschema"):
        beside = [key for key in node.value if key not in _SAYS_NOTHING | {"$ref"} and not key.startswith("x-")]
        if beside:
            yield Hit(node, f"`{beside[0]}` beside a $ref is ignored in OpenAPI 3.0")


@rule("nullable-ignored", "warning", "add null to the type")
def nullable_ignored(index: Index) -> Iterator[Hit]:
    """OpenAPI 3.1 has no `nullable`: null is one of the types."""
    for node in () if index.is_30 else index.schemas:
        if node.value.get("nullable") is True:
            yield Hit(node.child("nullable"), "`nullable` has no meaning in OpenAPI 3.1")


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


@rule("money-decimal", "warning", "write amounts as decimals in strings, or as integers of the smallest unit")
def money_decimal(index: Index) -> Iterator[Hit]:
    """Money is no binary floating-point number.

    0.1 + 0.2 is not 0.3 in any client that reads JSON numbers as doubles (RFC 8259, section 6). Found by name:
    `price`, `cost`, `fee`, and whatever is a number in an object that is called money or has a currency.
    """
    for node in index.schemas:
        name = node.pointer[-1] if node.pointer else ""
        has_currency = "currency" in {key.lower() for key in node.value.get("properties", ())}
        is_money = "money" in name.lower() or has_currency
        for key, declared in node.members("properties"):
            kind = declared.value.get("type") if isinstance(declared.value, dict) else None
            named = is_money and {word.lower() for word in words(key)} & {"amount", "value", "price", "total"}
            if kind == "number" and (named or key.lower() in ("price", "cost", "fee")):
                yield Hit(declared, f"the property `{key}` holds money as a floating-point number")


def called(pointer: tuple[str, ...]) -> str:
    """What a schema is, for people: its property, component, or the place it has."""
    if len(pointer) > 1 and pointer[-2] == "properties":
        return f"the property `{pointer[-1]}`"
    if len(pointer) == 3 and pointer[:2] == ("components", "schemas"):
        return f"the schema `{pointer[-1]}`"
    if len(pointer) > 2 and pointer[-2] in ("allOf", "oneOf", "anyOf"):
        return f"{'a part' if pointer[-2] == 'allOf' else 'an alternative'} of {called(pointer[:-2])}"
    last = {"items": "the items", "schema": "the schema", "additionalProperties": "the values"}
    what = last.get(pointer[-1], f"the schema `{pointer[-1]}`") if pointer else "the schema"
    if pointer[-1:] == ("items",) and len(pointer) > 2:
        return f"an item of {called(pointer[:-1])}"
    if pointer[-1:] == ("schema",) and "headers" in pointer[-3:]:
        return f"the header `{pointer[-2]}`"
    return what
