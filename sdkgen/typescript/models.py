"""The named types of a contract as interfaces and aliases: their values are the JSON itself, by the names it has."""

from __future__ import annotations

from sdkgen import schema
from sdkgen.types import Alias, Object, Symbols
from sdkgen.typescript.annotations import Annotations
from sdkgen.typescript.layout import HEADER, INDENT, doc, key, union

_OPENING = ("additionalProperties", "unevaluatedProperties", "patternProperties")


def render(symbols: Symbols, header: str = HEADER) -> str:
    """The module's text. To be called last: whatever else is rendered may name types too."""
    annotations = Annotations(symbols)
    parts = [_interface(found, symbols, annotations) for found in symbols.objects.values()]
    parts += [_alias(found, annotations) for found in symbols.aliases.values()]
    # A module without a declaration is none.
    return header + "".join(f"\n{part}" for part in parts or ["export {};\n"])


def _interface(found: Object, symbols: Symbols, annotations: Annotations) -> str:
    lines = [doc(found.description), f"export interface {found.name} {{\n"]
    for entry in found.fields:
        lines.append(doc(entry.description, INDENT))
        mark = "" if entry.required else "?"
        lines.append(union(f"{INDENT}{key(entry.name)}{mark}:", annotations.members(entry.type)))
    if _is_opened(found, symbols):
        lines.append(f"{INDENT}[name: string]: unknown;\n")
    return "".join([*lines, "}\n"])


def _is_opened(found: Object, symbols: Symbols) -> bool:
    """Does the contract say that there may be more properties? By silence alone, a misspelt name would be one."""
    return found.open and any(
        part.value.get(keyword) not in (None, False)
        for part in schema.parts(symbols.contract, found.node)
        for keyword in _OPENING
    )


def _alias(found: Alias, annotations: Annotations) -> str:
    return doc(found.description) + union(f"export type {found.name} =", annotations.members(found.type))
