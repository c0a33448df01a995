"""Types of a contract as Python annotations."""

from __future__ import annotations

from sdkgen import types
from sdkgen.python.layout import string

_PLAIN: dict[types.Kind, str] = {
    "string": "str",
    "integer": "int",
    "number": "Number",
    "boolean": "bool",
    "null": "None",
    "date-time": "DateTime",
    "date": "date",
    "any": "Any",
}


def annotation(found: types.Type, module: str = "") -> str:
    """Write the annotation; `module` (with its dot) stands before names of the models where they are imported."""
    if isinstance(found, types.Plain):
        return _PLAIN[found.kind]
    if isinstance(found, types.Values):
        return f"Literal[{', '.join(_constant(value) for value in found.values)}]"
    if isinstance(found, types.ListOf):
        return f"list[{annotation(found.items, module)}]"
    if isinstance(found, types.MapOf):
        return f"dict[str, {annotation(found.values, module)}]"
    if isinstance(found, types.Named):
        return module + found.name
    if isinstance(found, types.OneOf):
        # None comes last, as people write it.
        return " | ".join(sorted((annotation(member, module) for member in found.members), key="None".__eq__))
    return _discriminated(found, module)


def or_none(written: str) -> str:
    """Let the annotation allow None too."""
    return written if written in ("Any", "None") or written.endswith("| None") else f"{written} | None"


def _discriminated(found: types.Discriminated, module: str) -> str:
    members = {name: module + name for _, name in found.mapping}
    tag = None
    if found.otherwise is not None:
        tag = found.otherwise.name if isinstance(found.otherwise, types.Named) else "otherwise"
        members[tag] = annotation(found.otherwise, module)
    tagged = " | ".join(f"Annotated[{written}, Tag({string(name)})]" for name, written in members.items())
    mapping = ", ".join(f"{string(value)}: {string(name)}" for value, name in found.mapping)
    otherwise = f", {string(tag)}" if tag else ""
    return f"Annotated[{tagged}, discriminated({string(found.property)}, {{{mapping}}}{otherwise})]"


def _constant(value: str | int | None) -> str:
    return string(value) if isinstance(value, str) else repr(value)
