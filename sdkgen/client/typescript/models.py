"""`src/types.ts`: the named types of the contract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sdkgen import schema
from sdkgen.client.typescript.annotations import Annotations
from sdkgen.client.typescript.names import comment, helpers, key, string
from sdkgen.client.typescript.uses import Use
from sdkgen.types import Alias, Discriminated, ListOf, MapOf, Named, Object, OneOf, Symbols, Type

_HEAD = "/** The types of the contract. */\n"


def render(symbols: Symbols, uses: Iterable[Use], payloads: Iterable[Type]) -> str:
    """The module's text. What responses and webhooks may hold can grow, and is open; what only requests hold is not."""
    uses = tuple(uses)
    opened = _reached(symbols, [*payloads, *(found for use in uses for found in use.results.values())])
    told = _told(symbols, [found for use in uses for found in use.types()])
    annotations = Annotations(symbols)
    parts = [
        _interface(one, annotations, told.get(one.name, {}), is_open=one.name in opened, is_map=_is_map(symbols, one))
        for one in symbols.objects.values()
    ]
    parts += [_alias(one, annotations, is_open=one.name in opened) for one in symbols.aliases.values()]
    text = "".join(f"\n{part}" for part in parts)
    imports = helpers(text, "./runtime")
    return _HEAD + (f"\n{imports}" if imports else "") + text


def _interface(
    found: Object, annotations: Annotations, told: dict[str, tuple[str, ...]], *, is_open: bool, is_map: bool
) -> str:
    lines = [comment(found.description), f"export interface {found.name} {{\n"]
    for entry in found.fields:
        lines.append(comment(entry.description, indent="  "))
        if entry.name in told:
            lines.append(f"  {key(entry.name)}: {_constants(told[entry.name])};\n")
        else:
            mark = "" if entry.required else "?"
            written = annotations.laid_out(entry.type, is_open=is_open, indent="  ")
            lines.append(f"  {key(entry.name)}{mark}:{written};\n")
    listed = {entry.name for entry in found.fields}
    lines += [f"  {key(name)}: {_constants(values)};\n" for name, values in told.items() if name not in listed]
    if is_map:
        lines.append("  [name: string]: unknown;\n")
    return "".join(lines) + "}\n"


def _alias(found: Alias, annotations: Annotations, *, is_open: bool) -> str:
    written = annotations.laid_out(found.type, is_open=is_open)
    return f"{comment(found.description)}export type {found.name} ={written};\n"


def _is_map(symbols: Symbols, found: Object) -> bool:
    """Are properties that are not listed a part of what the contract means, and not only tolerated?"""
    composed = list(schema.parts(symbols.contract, found.node))
    return any(
        part.value.get("additionalProperties") not in (None, False)
        or "patternProperties" in part.value
        or ("discriminator" in part.value and "mapping" not in part.value["discriminator"] and not found.base)
        for part in composed
    )


def _constants(values: tuple[str, ...]) -> str:
    return " | ".join(string(value) for value in values)


def _told(symbols: Symbols, used: list[Type]) -> dict[str, dict[str, tuple[str, ...]]]:
    """For each object type that a discriminator names, the property that tells it and the values it has then."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    every = used + [alias.type for alias in symbols.aliases.values()]
    every += [entry.type for one in symbols.objects.values() for entry in one.fields]
    for union in (one for top in every for one in _inside(top) if isinstance(one, Discriminated)):
        for value, name in union.mapping:
            values = found.setdefault(name, {})
            values[union.property] = tuple(dict.fromkeys((*values.get(union.property, ()), value)))
    return found


def _reached(symbols: Symbols, starts: Iterable[Type]) -> set[str]:
    """The named types that values of some types may hold."""
    names: set[str] = set()
    rest = list(starts)
    while rest:
        for one in _inside(rest.pop()):
            more = [one.name] if isinstance(one, Named) else []
            if isinstance(one, Discriminated):
                more += [name for _, name in one.mapping]
                more += [base for name in list(more) if (base := symbols.objects[name].base)]
            for name in more:
                if name not in names:
                    names.add(name)
                    known = symbols.objects.get(name)
                    rest += [entry.type for entry in known.fields] if known else [symbols.aliases[name].type]
    return names


def _inside(found: Type) -> Iterator[Type]:
    """A type and those it is written with."""
    yield found
    if isinstance(found, (ListOf, MapOf)):
        yield from _inside(found.items if isinstance(found, ListOf) else found.values)
    elif isinstance(found, OneOf):
        for member in found.members:
            yield from _inside(member)
    elif isinstance(found, Discriminated) and found.otherwise:
        yield from _inside(found.otherwise)
