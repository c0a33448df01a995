"""What findings call a schema."""

from __future__ import annotations

from sdkgen.errors import Pointer


def called(pointer: Pointer) -> str:
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
