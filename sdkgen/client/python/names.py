"""Names of the symbol table as names in a generated module: an underscore follows where the module needs the name."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Mapping

from sdkgen import naming
from sdkgen.client.policy import Policy
from sdkgen.naming import snake_case, unique

_NEEDED = frozenset(dir(builtins)) - {"id"} | frozenset(
    """additional_keys additional_properties client cls d datetime field_dict files from_dict json prop prop_dict
    prop_name quote self src_dict to_dict to_multipart types""".split()
)


def attribute(name: str) -> str:
    """An attribute of a model, an argument of a function."""
    return f"{name}_" if name in _NEEDED else name


def attributes(known: Mapping[str, str], properties: Iterable[str]) -> dict[str, str]:
    """For each property of an object its attribute; `known` are those of the symbol table."""
    found: dict[str, str] = {}
    for name in properties:
        found[name] = unique(attribute(known.get(name) or naming.attribute(name)), found.values())
    return found


def arguments(policy: Policy) -> dict[str, str]:
    """For each argument of the policy record its name in Python."""
    return {one.argument: attribute(one.argument) for one in policy.arguments}


def modules(types: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """A module for each type: no two in the same file, on any file system, and none called as one of its attributes."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name, attributes in types.items():
        found[name] = unique(attribute(snake_case(name)), {*taken, *attributes})
        taken.add(found[name])
    return found
