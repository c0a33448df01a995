"""Findings name the line of what they are about, in JSON as in YAML, however it is written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sdkgen import positions
from sdkgen.load import Node, Source, read
from tests.support.command import REPOSITORY

STARTER = read(REPOSITORY / "templates" / "{{ starter }}" / "contract" / "openapi.yaml").value
ODD = {'a"b': [], "ü\n": {"": [[1, {"x": "}],"}], -2.5e3]}, "~1/": {"{": None, "[": [True, {}]}}


@pytest.mark.parametrize("value", [STARTER, ODD], ids=["starter", "odd"])
@pytest.mark.parametrize("form", [{"indent": 2}, {"indent": "\t"}, {}, {"separators": (" ,\r\n", " : ")}], ids=str)
def test_lines_in_json_are_those_that_reading_it_as_yaml_finds(
    value: Any, form: dict[str, Any], tmp_path: Path
) -> None:
    source = _saved(tmp_path, json.dumps(value, **form))
    nodes = list(_all(Node(source, (), source.value)))
    assert positions.places(nodes) == {node.key: node.place for node in nodes}


@pytest.mark.parametrize(
    "text",
    [
        "{a: 1, 'b': [x y, 2]}",
        '{"a": 1,\n"b": [x y, 2]} # end',
        '{"a": 1 2,\n"b": ["x",\n2,],}',
        '\ufeff{"a":\n1, "b": [\n3]}',
    ],
)
def test_lines_in_yaml_that_looks_like_json(text: str, tmp_path: Path) -> None:
    source = _saved(tmp_path, text)
    nodes = list(_all(Node(source, (), source.value)))
    assert positions.places(nodes) == {node.key: node.place for node in nodes}


def test_a_span_has_the_key_and_the_value(tmp_path: Path) -> None:
    source = _saved(tmp_path, '{\n "a" : {"b":  [1, "two"]}}')
    text = positions.text_of(source)
    spans = positions.spans(source, [("a", "b", "1")])
    assert {
        pointer: (text[span.start : span.value], text[span.value : span.end]) for pointer, span in spans.items()
    } == {
        (): ("", text),
        ("a",): ('"a" : ', '{"b":  [1, "two"]}'),
        ("a", "b"): ('"b":  ', '[1, "two"]'),
        ("a", "b", "1"): ("", '"two"'),
    }


def _saved(folder: Path, text: str) -> Source:
    file = folder / "contract.yaml"
    file.write_bytes(text.encode())
    return read(file)


def _all(node: Node) -> Iterator[Node]:
    yield node
    for _, child in node.items():
        yield from _all(child)
