"""`contract/models.py`: the named types of the contract as Pydantic models and aliases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from sdkgen.python.annotations import annotation, or_none
from sdkgen.python.layout import HEADER, docstring, string
from sdkgen.types import (
    NULL,
    Alias,
    Discriminated,
    Field,
    ListOf,
    MapOf,
    Named,
    Object,
    OneOf,
    Symbols,
    Type,
    is_nullable,
)

_PREAMBLE = '''"""The types of the contract."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import ConfigDict, Tag
from typing_extensions import TypeAliasType

from ..platform.model import DateTime, Model, Number, discriminated, optional, wire
'''
IMPORTED = frozenset("""Annotated Any ConfigDict DateTime Literal Model Number Tag TypeAlias TypeAliasType""".split())
"""No type of the contract may be called like these."""

_Named = TypeVar("_Named", Object, Alias)


def render(symbols: Symbols) -> str:
    """The module's text, not yet laid out."""
    parts = [_class(found, symbols) for found in _in_order(symbols.objects, lambda found: [found.base or ""])]
    # An alias is evaluated where it stands, so those it is made of come before it; a recursive one when it is used.
    parts += [
        _alias(found)
        for found in _in_order(symbols.aliases, lambda found: () if found.recursive else _names(found.type))
    ]
    return HEADER + _PREAMBLE + "".join(f"\n\n{part}" for part in parts)


def _class(found: Object, symbols: Symbols) -> str:
    inherited = _inherited(found, symbols)
    lines = [f"class {found.name}({found.base or 'Model'}):\n", docstring(found.description)]
    if not found.open:
        lines.append('    model_config = ConfigDict(extra="forbid")\n')
    lines += [_field(entry, symbols) for entry in found.fields if inherited.get(entry.name) != entry]
    return "\n".join(line for line in lines if line) if any(lines[1:]) else lines[0] + "    pass\n"


def _inherited(found: Object, symbols: Symbols) -> dict[str, Field]:
    base = symbols.objects[found.base] if found.base else None
    return _inherited(base, symbols) | {entry.name: entry for entry in base.fields} if base else {}


def _field(found: Field, symbols: Symbols) -> str:
    written = annotation(found.type)
    name = string(found.name) if found.name != found.attribute else ""
    marker = f"wire({name})" if name else ""
    default = ""
    if not found.required:
        # None means null where the schema allows null, and else that the property is left out.
        marker = marker if is_nullable(found.type, symbols) else f"optional({name})"
        written, default = or_none(written), " = None"
    text = f"Annotated[{written}, {marker}]" if marker else written
    return f"    {found.attribute}: {text}{default}\n{docstring(found.description)}"


def _alias(found: Alias) -> str:
    # `None` is no type by itself: `None | None` is an error.
    written = "Literal[None]" if found.type == NULL else annotation(found.type)
    if found.recursive:
        return f"{found.name} = TypeAliasType({string(found.name)}, {string(written)})\n"
    return f"{found.name}: TypeAlias = {written}\n{docstring(found.description, '')}"


def _in_order(found: dict[str, _Named], needs: Callable[[_Named], Iterable[str]]) -> Iterator[_Named]:
    """Each after those it needs, and else as they come."""
    done: set[str] = set()

    def visit(name: str) -> Iterator[_Named]:
        if name in found and name not in done:
            done.add(name)
            for needed in needs(found[name]):
                yield from visit(needed)
            yield found[name]

    for name in found:
        yield from visit(name)


def _names(found: Type) -> Iterator[str]:
    if isinstance(found, Named):
        yield found.name
    elif isinstance(found, ListOf):
        yield from _names(found.items)
    elif isinstance(found, MapOf):
        yield from _names(found.values)
    elif isinstance(found, OneOf):
        for member in found.members:
            yield from _names(member)
    elif isinstance(found, Discriminated):
        yield from (name for _, name in found.mapping)
        yield from _names(found.otherwise) if found.otherwise else ()
