"""Whatever a contract holds, the linter ends with findings or with one located error."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path
from typing import Any

import pytest

from sdkgen.errors import ContractError
from sdkgen.lint import lint
from tests.lint.support import BASE, changed

ODD: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    1e300,
    "",
    "http://[",
    "{",
    "a/b~c %",
    "#/components/schemas/Thing",
    "application/json",
    "2.0",
    [],
    [[]],
    [None],
    {},
    {"": {}},
    {"$ref": "#/components/schemas/Thing"},
    {"$ref": "#/components/responses/Problem404"},
    {"$ref": "#"},
    {"type": ["string", "null"]},
    {"type": "array", "items": True},
    {"properties": {"items": True, "data": False}},
    {"enum": [None, {}, [], 1.5]},
    {"allOf": [True, {"$ref": "#/components/schemas/Problem"}]},
    {"discriminator": {"propertyName": "x"}, "oneOf": []},
    {"get": {"responses": {}}},
    {"description": "", "content": {"a": {}}},
]
ADDED = """x-paved example default schema items properties security required enum const tags deprecated pattern servers
content additionalProperties allOf oneOf headers examples""".split()


def mutated(seed: int) -> dict[str, Any]:
    """The small contract with some members replaced, removed or added."""
    chance = random.Random(seed)  # noqa: S311 - to be the same each time
    document = changed({"openapi": chance.choice(["3.0.3", "3.1.0"])})
    for _ in range(chance.randint(1, 3)):
        owner = chance.choice(list(_objects(document)))
        key = chance.choice([*owner, chance.choice(ADDED)])
        if key in owner and chance.random() < 0.3:
            del owner[key]
        else:
            alike = [odd for odd in ODD if type(odd) is type(owner.get(key, {}))]
            owner[key] = json.loads(json.dumps(chance.choice(alike)))
    return document


def _objects(value: Any) -> Any:
    if isinstance(value, dict):
        yield value
        for member in value.values():
            yield from _objects(member)
    elif isinstance(value, list):
        for member in value:
            yield from _objects(member)


@pytest.mark.parametrize("start", range(0, 1200, 200))
def test_it_ends_with_findings_or_one_error(tmp_path: Path, start: int) -> None:
    path = tmp_path / "openapi.json"
    refused = 0
    for seed in range(start, start + 200):
        path.write_text(json.dumps(mutated(seed)))
        try:
            lint(path, "mef-lso" if seed % 2 else None)
        except ContractError:
            refused += 1
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error
    assert refused < 180, "too few of them are contracts at all"


def test_without_paths(tmp_path: Path) -> None:
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps({"openapi": "3.1.0", "info": BASE["info"], "components": {}}))
    assert [finding.id for finding in lint(path)] == ["server-missing"]


LARGE: dict[str, dict[str, Any]] = {
    "paths that all meet": {
        "paths": {
            path: {"get": {"operationId": f"g{at}", "responses": {"200": {"description": "ok"}}}}
            for at in range(1500)
            for path in (f"/a{at}/{{x}}", f"/{{x}}/b{at}")
        }
    },
    "an enum": {"components": {"schemas": {"A": {"enum": [str(at % 5000) for at in range(10_000)]}}}},
    "properties": {
        "components": {"schemas": {"A": {"properties": {f"p{at}": {"type": "string"} for at in range(10_000)}}}}
    },
    "patterns that explode": {
        "components": {
            "schemas": {
                "A": {"type": "string", "pattern": "^(a+)+$", "example": "a" * 5000 + "!"},
                "B": {"type": "string", "pattern": r"^(a|aa)+(?=b)\1$", "example": "a" * 5000 + "!"},
                "C": {"type": "string", "pattern": "^[[a]--b]{1,5}$"},
            }
        }
    },
}


@pytest.mark.parametrize("what", LARGE)
def test_what_is_large_or_hostile_takes_seconds(tmp_path: Path, what: str) -> None:
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps({"openapi": "3.1.0", "info": BASE["info"]} | LARGE[what]))
    start = time.process_time()
    assert lint(path)
    assert time.process_time() - start < 30
