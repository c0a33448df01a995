"""A contract is read as OpenAPI means its text, whatever the file looks like."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from sdkgen.load import read


def value(folder: Path, text: str | bytes, name: str = "file.yaml") -> Any:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read(path).value


def test_json_and_yaml_of_the_same_value_are_the_same(tmp_path: Path) -> None:
    document = {"openapi": "3.1.0", "list": [1, 2.5, True, None, "on"], "nested": {"a/b": {"~": "ü €"}}}
    as_yaml = 'openapi: 3.1.0\nlist: [1, 2.5, true, null, on]\nnested:\n  a/b:\n    "~": ü €\n'

    assert value(tmp_path, json.dumps(document), "file.json") == document
    assert value(tmp_path, json.dumps(document)) == document
    assert value(tmp_path, as_yaml) == document


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2030-01-31", "2030-01-31"),
        ("12:30:00", "12:30:00"),
        ("yes", "yes"),
        ("off", "off"),
        ("1_000", "1_000"),
        ("010", 10),
        ("0o17", 15),
        ("0x1F", 31),
        ("+1", 1),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("~", None),
        ("", None),
        ("Null", None),
        ("TRUE", True),
        ("'true'", "true"),
        ("!!str 1", "1"),
        ("18446744073709551616", 18446744073709551616),
        ("|\n  two\n  lines", "two\nlines"),
    ],
)
def test_scalars_are_those_of_yaml_1_2(tmp_path: Path, written: str, meant: Any) -> None:
    found = value(tmp_path, f"key: {written}")["key"]

    assert found == meant
    assert type(found) is type(meant)


def test_keys_are_always_text(tmp_path: Path) -> None:
    assert value(tmp_path, "200: a\ntrue: b\n2030-01-31: c\n1.0: d\nnull: e") == {
        "200": "a",
        "true": "b",
        "2030-01-31": "c",
        "1.0": "d",
        "null": "e",
    }


def test_aliases_and_merge_keys_mean_what_they_repeat(tmp_path: Path) -> None:
    text = """
base: &base {a: 1, b: 2}
other: &other {c: 4}
more: {<<: *base, b: 3}
both: {<<: [*base, *other]}
list: [*base]
"""

    found = value(tmp_path, text)

    assert found["more"] == {"a": 1, "b": 3}
    assert found["both"] == {"a": 1, "b": 2, "c": 4}
    assert found["list"] == [{"a": 1, "b": 2}]


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    assert value(tmp_path, b"\xef\xbb\xbfa: 1") == {"a": 1}
    assert value(tmp_path, b'\xef\xbb\xbf{"a": 1}', "file.json") == {"a": 1}


def test_characters_beyond_the_basic_plane_may_be_escaped(tmp_path: Path) -> None:
    assert value(tmp_path, '{"a": "\\ud83d\\ude00"}', "file.json") == {"a": "😀"}


@pytest.mark.parametrize(
    ("text", "pointer", "line"),
    [
        ("a:\n  b:\n    - c\n    - d: 1\n", ("a", "b", "1", "d"), 4),
        ('{\n "a": {\n  "b": ["c",\n   {"d": 1}]}}', ("a", "b", "1", "d"), 4),
        ('{\n "smile": "\\ud83d\\ude00",\n "a": 1}', ("a",), 3),
        ("a:\n  b: 1\n", ("a", "missing", "deeper"), 1),
    ],
)
def test_a_place_knows_its_line(tmp_path: Path, text: str, pointer: tuple[str, ...], line: int) -> None:
    path = tmp_path / "file.yaml"
    path.write_text(text, "utf-8")

    assert read(path).place(pointer).line == line


def test_a_large_file_takes_seconds_not_minutes(tmp_path: Path) -> None:
    text = "schemas:\n" + "".join(
        f"  name{number}: {{type: string, maxLength: {number}}}\n" for number in range(50_000)
    )

    start = time.monotonic()
    found = value(tmp_path, text)

    assert len(found["schemas"]) == 50_000
    assert time.monotonic() - start < 10
