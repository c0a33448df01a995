"""The space of edits: each field of each object, by the metaschemas of OpenAPI, added, removed or changed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]

EDITS = ("added", "removed", "changed")
DIRECTIONS = ("request", "response")
_VOCABULARIES = "core applicator unevaluated validation meta-data format-annotation content".split()
_DIRECTED = frozenset(
    "parameter header request-body content media-type encoding responses response schema discriminator xml".split()
)
"""What may stand in a request as well as in a response (in a callback, if nowhere else)."""
_PATTERNS = {
    r"^\/": "{path}",
    "^/": "{path}",
    r"^[1-5](?:\d{2}|XX)$": "{status}",
    "^[1-5](?:[0-9]{2}|XX)$": "{status}",
    "^x-": "x-",
    r"^\$ref$": "$ref",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One edit of one field, for values that go in one direction; `both` where there is none."""

    place: str
    edit: str
    direction: str


def cells() -> list[Cell]:
    """All edits there are."""
    places = {place for version, key in (("3.0", "definitions"), ("3.1", "$defs")) for place in _places(version, key)}
    return [
        Cell(place, edit, direction)
        for place in sorted(places)
        for edit in EDITS
        for direction in (DIRECTIONS if place.split("/")[0] in _DIRECTED else ("both",))
    ]


def _places(version: str, key: str) -> Iterator[str]:
    name = f"openapi_spec_validator/resources/schemas/v{version}/schema.json"
    text = Path(str(distribution("openapi-spec-validator").locate_file(name))).read_text("utf-8")
    document = json.loads(text)
    yield from (f"document/{field}" for field in document["properties"])
    for definition, schema in document[key].items():
        kind = re.sub("(?<=[a-z0-9])(?=[A-Z])", "-", definition.replace("OAuth", "Oauth")).lower()
        yield from (f"{_kind(kind)}/{field}" for field in _fields(schema))
    if version == "3.1":
        for vocabulary in _VOCABULARIES:
            contents: Any = REGISTRY.contents(f"https://json-schema.org/draft/2020-12/meta/{vocabulary}")
            yield from (f"schema/{field}" for field in contents["properties"])


def _kind(name: str) -> str:
    if name.endswith("-or-reference"):
        return "reference"
    if name.endswith("security-scheme"):
        return "security-scheme"
    if name.endswith("flow"):
        return "oauth-flow"
    return {"callbacks": "callback", "examples": "media-type", "example-xor-examples": "media-type"}.get(name, name)


def _fields(schema: Any) -> Iterator[str]:
    """The fields that a definition speaks of, wherever in it."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for pattern in schema.get("patternProperties", {}):
            if pattern in _PATTERNS:
                yield _PATTERNS[pattern]
            elif pattern.startswith("^("):
                yield from re.findall(r"[a-zA-Z]+", pattern)
        if isinstance(schema.get("additionalProperties"), dict) and "properties" not in schema:
            yield "{name}"
        for key in ("allOf", "anyOf", "oneOf", "$defs", "dependentSchemas"):
            inner = schema.get(key, ())
            for one in inner.values() if isinstance(inner, dict) else inner:
                yield from _fields(one)
