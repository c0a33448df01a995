"""Schemas that say something else than was meant."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sdkgen.lint.called import called
from sdkgen.lint.edits import removed
from sdkgen.lint.index import Index
from sdkgen.lint.rule import Hit, rule
from sdkgen.naming import words
from sdkgen.schema import kind_of

_SAYS_NOTHING = frozenset(
    "description title summary example examples deprecated readOnly writeOnly externalDocs xml default nullable".split()
)


@rule("enum-duplicate", "warning", "remove it", fixable=True)
def enum_duplicate(index: Index) -> Iterator[Hit]:
    """An enum has each value once.

    `--fix` removes the later ones.
    """
    for node in index.schemas:
        seen: set[str] = set()
        for _, child in node.members("enum"):
            written = json.dumps(child.value, sort_keys=True)
            if written in seen:
                yield Hit(child, f"the value {written} stands twice in the enum", fix=removed(child))
            seen.add(written)


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
