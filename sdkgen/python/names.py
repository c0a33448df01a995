"""The names of an operation in Python, shared by all modules that speak of it."""

from __future__ import annotations

from sdkgen.model import Operation
from sdkgen.naming import attribute, snake_case, unique
from sdkgen.parameters import Array, Object, Scalar, Shape


def handler(operation: Operation) -> str:
    return snake_case(operation.id)


def attributes(operation: Operation) -> dict[tuple[str, str], str]:
    """The attribute of the request object for each parameter, by location and name."""
    found: dict[tuple[str, str], str] = {}
    for parameter in operation.parameters:
        taken = {"body", *found.values()}
        name = attribute(parameter.name)
        name = name if name not in taken else attribute(f"{parameter.location}_{parameter.name}")
        found[parameter.location, parameter.name] = unique(name, taken)
    return found


def shape(found: Shape) -> str:
    """How a parameter's text becomes a JSON value, as the routing table writes it."""
    if isinstance(found, Array):
        return f"Array({shape(found.items)})" if found.items else "Array()"
    if isinstance(found, Object):
        listed = ", ".join(f"{name!r}: {shape(declared)}" for name, declared in found.properties)
        return f"Object({{{listed}}}{', ' + shape(found.additional) if found.additional else ''})"
    return "Scalar()" if found == Scalar() else f"Scalar({found.types!r})"
