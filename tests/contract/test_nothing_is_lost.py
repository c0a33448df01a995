"""Whatever a response schema accepts is parsed by the generated models and leaves as it came."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sdkgen.reader import read
from tests.contract.sampling import Sampler
from tests.contract.schemas import components
from tests.contract.support import Generated, Service

INSTANCES = 12


def contract_of(schemas: dict[str, Any], version: str) -> dict[str, Any]:
    """One operation for each schema, which answers with it."""
    return {
        "openapi": {"3.0": "3.0.3", "3.1": "3.1.0"}[version],
        "info": {"title": "Everything", "version": "1"},
        "components": {"schemas": schemas},
        "paths": {
            f"/{number}": {
                "get": {
                    "operationId": f"answer{number}",
                    "responses": {
                        "200": {
                            "description": "",
                            "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}},
                        }
                    },
                }
            }
            for number, name in enumerate(schemas)
        },
    }


def same(one: Any, other: Any) -> bool:
    """Are two values the same JSON? `1` and `1.0` are, `1` and `true` are not."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)


def accepted(generated: Generated, source: random.Random, instances: int = INSTANCES) -> Iterator[tuple[str, Any]]:
    sampler = Sampler(generated.contract, source)
    for number, (name, node) in enumerate(generated.contract.schemas.items()):
        validator = generated.validator("operations", f"answer{number}", "responses", "200", "application/json")
        for _ in range(instances):
            value = sampler.value(node)
            if validator.is_valid(value):
                yield f"Answer{number}200", value


STATS = [0, 0]


@pytest.mark.parametrize("version", ["3.0", "3.1"])
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(data=st.data())
def test_what_the_schema_accepts_comes_back_whole(service: Service, version: str, data: st.DataObject) -> None:
    schemas = data.draw(components(version))
    with tempfile.TemporaryDirectory() as room:
        path = Path(room) / "openapi.json"
        path.write_text(json.dumps(contract_of(schemas, version)), "utf-8")
        generated = service.generate(read(path))
    adapters: dict[str, Any] = {}
    STATS[0] += len(schemas) * INSTANCES
    for response, value in accepted(generated, random.Random(data.draw(st.integers(0, 1000)))):
        STATS[1] += 1
        if response not in adapters:
            adapters[response] = generated.adapter(response)
        parsed = adapters[response].validate_python(value, by_alias=True, by_name=False)
        dumped = json.loads(adapters[response].dump_json(parsed, by_alias=True, exclude_unset=True))
        assert same(dumped, value), (value, dumped)


def test_zz():
    print(STATS)
