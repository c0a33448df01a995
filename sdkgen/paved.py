"""The extension `x-paved` by its published schema: what the linter refuses, and the compiler where it reads it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

import jsonschema_rs

from sdkgen.errors import Pointer

Part: TypeAlias = Literal["info", "operation"]
_NAME = "x-paved.schema.json"
_PACKAGED = Path(__file__).with_name(_NAME)
_PUBLISHED = Path(__file__).parents[1] / "docs" / "reference" / "schemas" / _NAME


def faults(value: Any, part: Part) -> list[tuple[Pointer, str]]:
    """What is wrong with the value of `x-paved` at an Info or Operation Object: where below it, and what."""
    found = []
    for error in _validator(part).iter_errors(value):
        pointer = tuple(str(token) for token in error.instance_path)
        if error.kind.name == "additionalProperties":
            unknown = error.kind.unexpected
            found += [((*pointer, key), f"x-paved has no `{key}` here") for key in unknown]
        else:
            found.append((pointer, f"{error.message}"))
    return found


@cache
def _validator(part: Part) -> Any:
    path = _PACKAGED if _PACKAGED.is_file() else _PUBLISHED
    definitions = json.loads(path.read_text("utf-8"))["$defs"]
    schema = {"$defs": definitions, "$ref": f"#/$defs/{part}"}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
