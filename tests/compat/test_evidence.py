"""What a verdict rests on: no payload contradicts what is called compatible."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sdkgen.compat.gaps import Direction
from sdkgen.compat.oracle import Oracle
from sdkgen.compat.samples import Samples
from sdkgen.compat.view import Views
from tests.compat.support import document, judged, schema, sides

_KEYWORDS: dict[str, st.SearchStrategy[Any]] = {
    "minimum": st.integers(-3, 3),
    "maximum": st.integers(-3, 3),
    "multipleOf": st.integers(1, 4),
    "minLength": st.integers(0, 3),
    "maxLength": st.integers(0, 3),
    "pattern": st.sampled_from(["^a", "b$", "^[a-c]+$", "^x?$"]),
    "enum": st.lists(st.sampled_from([0, 1, 2, "a", "b", True, None]), min_size=1, max_size=3),
    "minItems": st.integers(0, 2),
    "maxItems": st.integers(0, 2),
    "uniqueItems": st.booleans(),
    "required": st.lists(st.sampled_from(["a", "b"]), max_size=2, unique=True),
    "additionalProperties": st.booleans(),
    "maxProperties": st.integers(0, 2),
    "type": st.sampled_from(["string", "integer", "number", "boolean", "array", "object", ["string", "null"]]),
}
_PLAIN = st.fixed_dictionaries({}, optional=_KEYWORDS)


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, min_size=1, max_size=2)
    properties = st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2)
    combined = {"properties": properties, "items": inner, "not": inner}
    combined |= dict.fromkeys(("allOf", "anyOf", "oneOf"), several)
    return st.builds(lambda left, right: left | right, _PLAIN, st.fixed_dictionaries({}, optional=combined))


SCHEMAS = st.recursive(_PLAIN, _nested, max_leaves=4)


def _edited(schema: Any, key: str, draw: dict[str, Any]) -> Any:
    """The schema with one keyword put in, replaced, or taken out, at the top or one level down."""
    for way in ("properties", "items", "allOf", "anyOf", "oneOf", "not"):
        inner = schema.get(way)
        if inner and key != "type":
            if isinstance(inner, list):
                return schema | {way: [_edited(inner[0], key, draw), *inner[1:]]}
            if way == "properties":
                name = next(iter(inner))
                return schema | {way: inner | {name: _edited(inner[name], key, draw)}}
            return schema | {way: _edited(inner, key, draw)}
    rest = {name: value for name, value in schema.items() if name != key}
    return rest | {key: draw[key]} if key in draw else rest


EDITED = st.builds(_edited, st.shared(SCHEMAS, key="was"), st.sampled_from([*_KEYWORDS]), _PLAIN)


@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(was=st.shared(SCHEMAS, key="was"), becomes=EDITED, role=st.sampled_from(["request", "response"]))
def test_no_payload_contradicts_a_verdict(
    was: Any, becomes: Any, role: Direction, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("drawn")
    verdict = judged(folder, document(was, [role], "3.1"), document(becomes, [role], "3.1")).axes["wire"]
    if verdict not in ("same", "compatible"):
        return
    old, new = sides(folder)
    inside, outside = (old, new) if role == "request" else (new, old)
    within, around = schema(inside, role), schema(outside, role)
    payloads = Samples(Views(inside.normal)).some(within, 60)
    payloads += [{"it": value} for value in _VALUES]
    contradicting = [
        payload
        for payload in payloads
        if Oracle(inside.normal).valid(within, payload) and Oracle(outside.normal).valid(around, payload) is False
    ]
    assert contradicting == [], json.dumps([was, becomes, role])


_VALUES: list[Any] = [None, True, 0, 1, 2, -1, 4, 0.5, "", "a", "b", "ab", "ba", "xyz", [], [1], [1, 1], ["a", "b"]]
_VALUES += [{}, {"a": 1}, {"b": "b"}, {"a": "a", "b": None}, {"c": 1}, {"a": {}, "b": [], "c": 0}]


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(drawn=SCHEMAS, role=st.sampled_from(["request", "response"]))
def test_a_contract_is_the_same_as_itself_in_another_order(
    drawn: Any, role: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    turned = dict(reversed(list(drawn.items())))
    folder = tmp_path_factory.mktemp("drawn")
    assert judged(folder, document(drawn, [role], "3.1"), document(turned, [role], "3.1")).changes == []
