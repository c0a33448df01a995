"""The names of an operation in TypeScript."""

from __future__ import annotations

from sdkgen.model import Operation
from sdkgen.naming import unique, words

_NO_METHODS = frozenset({"constructor"})


def camel_case(text: str) -> str:
    """Never empty, and never starting with a digit."""
    first, *rest = words(text) or ("value",)
    name = (first.lower() if first.isupper() else first[0].lower() + first[1:]) + "".join(
        word[0].upper() + word[1:] for word in rest
    )
    return f"n{name}" if name[0].isdigit() else name


def handler(operation: Operation) -> str:
    """The method of the team's class that serves the operation."""
    name = camel_case(operation.id)
    return f"{name}_" if name in _NO_METHODS else name


def attributes(operation: Operation) -> dict[tuple[str, str], str]:
    """The property of the request for each parameter, by location and name."""
    found: dict[tuple[str, str], str] = {}
    for parameter in operation.parameters:
        taken = {"body", *found.values()}
        name = camel_case(parameter.name)
        name = name if name not in taken else camel_case(f"{parameter.location}_{parameter.name}")
        found[parameter.location, parameter.name] = unique(name, taken)
    return found
