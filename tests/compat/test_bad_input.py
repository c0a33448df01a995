"""Contracts that can't be compared, or are made to keep the comparison from ending."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from sdkgen.compat.compare import compare
from sdkgen.errors import ContractError
from tests.compat.support import document, judged
from tests.support.command import CONTRACTS, paviour

GOOD = json.dumps(document({"type": "string"}, "request"))
BAD = {
    "absent": (None, "can't be read"),
    "no JSON": ('{"openapi": ', "malformed JSON"),
    "no contract": ("[]", "holds no object"),
    "Swagger": ('{"swagger": "2.0"}', "not OpenAPI 3"),
    "not valid": (json.dumps({"openapi": "3.0.3", "info": {}, "paths": {}}), "/info"),
    "nested": ("[" * 100_000 + "]" * 100_000, "nested deeper"),
    "nested in a schema": (
        GOOD.replace('{"type": "string"}', '{"not": ' * 100_000 + "{}" + "}" * 100_000),
        "nested deeper",
    ),
    "a reference to itself": (
        GOOD.replace('"schemas": {', '"schemas": {"Loop": {"$ref": "#/components/schemas/Loop"}, '),
        "leads back to itself",
    ),
    "a reference to nothing": (
        GOOD.replace('{"type": "string"}', '{"$ref": "#/components/schemas/None"}'),
        "leads nowhere",
    ),
}


@pytest.mark.parametrize("side", ["old", "new"])
@pytest.mark.parametrize(("text", "said"), BAD.values(), ids=BAD.keys())
def test_a_contract_that_is_none_is_refused_with_its_place(
    text: str | None, said: str, side: str, tmp_path: Path
) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(GOOD, "utf-8")
    if text is not None:
        bad.write_text(text, "utf-8")
    pair = (bad, good) if side == "old" else (good, bad)

    with pytest.raises(ContractError, match=said) as error:
        compare(*pair)
    assert error.value.place.file == bad


def test_the_command_says_it_in_one_line(tmp_path: Path) -> None:
    good = tmp_path / "good.json"
    good.write_text(GOOD, "utf-8")
    run = paviour("contract", "diff", good, tmp_path / "none.json")
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)
    assert "none.json: can't be read: no such file or directory" in run.stderr


def _judged_soon(folder: Path, was: Any, becomes: Any, schemas: tuple[Any, Any] = ({}, {})) -> str:
    old, new = document(was, "request", "3.1"), document(becomes, "request", "3.1")
    for side, extra in zip((old, new), schemas, strict=True):
        side["components"]["schemas"] |= extra
    began = time.monotonic()
    verdict = judged(folder, old, new).axes["wire"]
    assert time.monotonic() - began < 60
    return verdict


def test_a_pattern_that_explodes(tmp_path: Path) -> None:
    evil = {"type": "string", "pattern": "^(a+)+(b|c)?$", "enum": ["a" * 60 + "!", "aa"]}
    assert _judged_soon(tmp_path, evil | {"maxLength": 90}, evil) in ("same", "compatible", "unknown")
    other = {"type": "object", "patternProperties": {"^(a|a)*$": {"type": "string"}}}
    assert _judged_soon(tmp_path, other, {"type": "object", "patternProperties": {"^(a|aa)+$": {}}}) != "same"


def test_recursive_schemas(tmp_path: Path) -> None:
    def tree(bound: int) -> dict[str, Any]:
        children = {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}
        return {"Tree": {"type": "object", "properties": {"v": {"type": "integer", "maximum": bound}, "c": children}}}

    node = {"$ref": "#/components/schemas/Tree"}
    assert _judged_soon(tmp_path, node, node, (tree(9), tree(9))) == "same"
    assert _judged_soon(tmp_path, node, node, (tree(9), tree(10))) == "compatible"
    assert _judged_soon(tmp_path, node, node, (tree(9), tree(8))) == "breaking"


def test_a_recursive_schema_written_out_one_level_more(tmp_path: Path) -> None:
    node = {"type": "object", "properties": {"n": {"$ref": "#/components/schemas/N"}}}
    assert _judged_soon(tmp_path, node, {"$ref": "#/components/schemas/N"}, ({"N": node}, {"N": node})) == "same"


def test_a_long_chain_of_references(tmp_path: Path) -> None:
    def chain(last: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {"S400": last}
        for number in range(400):
            found[f"S{number}"] = {
                "type": "object",
                "properties": {"n": {"$ref": f"#/components/schemas/S{number + 1}"}},
            }
        return found

    schemas = chain({"type": "string"}), chain({"type": "string", "maxLength": 5})
    start = {"$ref": "#/components/schemas/S0"}
    assert _judged_soon(tmp_path, start, start, schemas) in ("breaking", "unknown")


@pytest.mark.parametrize(
    "inside", [{"$ref": "#/components/schemas/L{}"}, {"anyOf": [False, {"$ref": "#/components/schemas/L{}"}]}]
)
def test_values_that_double_at_each_level(inside: Any, tmp_path: Path) -> None:
    def levels(bound: int) -> dict[str, Any]:
        found: dict[str, Any] = {"L12": {"type": "string", "maxLength": bound}}
        for level in range(12):
            below = json.loads(json.dumps(inside).replace("{}", str(level + 1)))
            found[f"L{level}"] = {"properties": dict.fromkeys("abcd", below), "required": [*"abcd"]}
        return found

    start = {"$ref": "#/components/schemas/L0"}
    assert _judged_soon(tmp_path, start, start, (levels(9), levels(8))) in ("breaking", "unknown")


def test_many_values(tmp_path: Path) -> None:
    was, becomes = ({"enum": [f"v{at}" for at in range(start, start + 10_000)]} for start in (0, 5))
    assert _judged_soon(tmp_path, was, becomes) == "breaking"
    assert _judged_soon(tmp_path, {"allOf": [was, becomes]}, was) == "compatible"


def test_alternatives_of_alternatives(tmp_path: Path) -> None:
    def many(bound: int) -> dict[str, Any]:
        return {"allOf": [{"anyOf": [{"maximum": bound + n, "minimum": m} for n in range(6)]} for m in range(8)]}

    assert _judged_soon(tmp_path, many(10), many(9)) in ("breaking", "unknown", "compatible")


def test_300_against_310_compares_what_is_meant(tmp_path: Path) -> None:
    old = document({"type": "integer", "minimum": 0, "exclusiveMinimum": True, "nullable": True}, "request", "3.0")
    new = document({"type": ["integer", "null"], "exclusiveMinimum": 0}, "request", "3.1")
    assert judged(tmp_path, old, new).axes["wire"] == "same"


@pytest.mark.skipif(not CONTRACTS.is_dir(), reason=f"the real contracts are not at hand ({CONTRACTS} is absent)")
@pytest.mark.parametrize(
    "name", ["mef/quote-8.0.1.yaml", "mef/product-inventory.yaml", "mef/quote-notification.yaml", "digitalocean.json"]
)
def test_a_real_contract_is_the_same_as_itself(name: str, tmp_path: Path) -> None:
    copy = tmp_path / Path(name).name
    copy.write_bytes((CONTRACTS / name).read_bytes())
    assert compare(CONTRACTS / name, copy).changes == []


@pytest.mark.skipif(not CONTRACTS.is_dir(), reason=f"the real contracts are not at hand ({CONTRACTS} is absent)")
def test_what_a_publisher_called_a_patch() -> None:
    result = compare(CONTRACTS / "mef" / "quote-8.0.0-nosec.yaml", CONTRACTS / "mef" / "quote-8.0.1-nosec.yaml")
    assert result.bump() == "major"
    wire = {change.id: change for change in result.changes if change.axis == "wire"}
    assert set(wire) == {"request-property-removed", "response-property-removed", "response-property-required"}
    removed = wire["request-property-removed"]
    assert removed.pointer == "/components/schemas/GeographicSubAddress/properties/id"
    assert removed.witness is not None
    assert wire["response-property-required"].pointer == "/components/schemas/Price"
