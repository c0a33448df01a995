"""Whatever the contract accepts is parsed by the generated models, and leaves as it came."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from sdkgen.errors import ContractError
from sdkgen.model import Contract
from sdkgen.python.models import IMPORTED
from sdkgen.reader import read
from sdkgen.types import Discriminated, Named, Symbols
from tests.contract.sampling import Sampler
from tests.contract.schemas import components
from tests.contract.support import Service, dumped, parsed

INSTANCES = 10
# The same examples each time. None is made smaller when it fails, for that takes minutes.
SETTINGS = settings(
    max_examples=25,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)
VERSIONS = {"3.0": "3.0.3", "3.1": "3.1.0"}


def contract_of(folder: Path, schemas: dict[str, Any], version: str) -> Contract:
    """A contract with an operation for each schema, which takes it and answers with it."""
    path = folder / "openapi.json"
    paths = {}
    for number, name in enumerate(schemas):
        content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
        paths[f"/{number}"] = {
            "put": {
                "operationId": f"echo{number}",
                "requestBody": {"content": content, "required": True},
                "responses": {"200": {"description": "The same", "content": content}},
            }
        }
    head = {"openapi": VERSIONS[version], "info": {"title": "Everything", "version": "1"}}
    path.write_text(json.dumps(head | {"paths": paths, "components": {"schemas": schemas}}), "utf-8")
    try:
        return read(path)
    except ContractError as error:
        assume("leads back to itself" not in str(error))
        raise


def same(found: Any, value: Any, nulls_may_go: bool) -> bool:
    """Are two values the same JSON? `1` and `1.0` are, `1` and `true` are not."""
    if isinstance(found, dict) and isinstance(value, dict):
        gone = [name for name in value if name not in found]
        return (
            found.keys() <= value.keys()
            and all(nulls_may_go and value[name] is None for name in gone)
            and all(same(found[name], value[name], nulls_may_go) for name in found)
        )
    if isinstance(found, list) and isinstance(value, list):
        pairs = zip(found, value, strict=False)
        return len(found) == len(value) and all(same(one, other, nulls_may_go) for one, other in pairs)
    return isinstance(found, bool) is isinstance(value, bool) and bool(found == value)


def class_named(symbols: Symbols, name: str, value: Any) -> str | None:
    """The class that a discriminator names for this value; None where there is none to name any."""
    found = symbols.type(symbols.contract.schemas[name], name)
    union = symbols.aliases.get(found.name) if isinstance(found, Named) else None
    if union is None or not isinstance(union.type, Discriminated) or not isinstance(value, dict):
        return None
    return dict(union.type.mapping).get(str(value.get(union.type.property)))


@pytest.mark.parametrize("version", VERSIONS)
@SETTINGS
@given(data=st.data())
def test_what_the_contract_accepts_comes_back_whole(
    version: str, data: st.DataObject, service: Service, tmp_path: Path
) -> None:
    schemas = data.draw(components(version))
    generated = service.generate(contract_of(tmp_path, schemas, version))
    symbols = Symbols(generated.contract, IMPORTED)
    sampler = Sampler(generated.contract, random.Random(data.draw(st.integers(0, 10_000))))  # noqa: S311
    # A null that one alternative forbids and another, open one lets pass undeclared is absence to the first.
    nulls_may_go = any(keyword in json.dumps(schemas) for keyword in ("oneOf", "anyOf"))

    for number, (name, node) in enumerate(generated.contract.schemas.items()):
        place = ("operations", f"echo{number}")
        request = generated.schemas.validator(*place, "body", "application/json")
        response = generated.schemas.validator(*place, "responses", "200", "application/json")
        adapter = generated.adapter(f"Echo{number}200")
        for value in [sampler.value(node) for _ in range(INSTANCES)]:
            if response.is_valid(value):
                found = parsed(adapter, value)
                assert same(dumped(adapter, found), value, nulls_may_go)
                assert class_named(symbols, name, value) in (None, type(found).__name__)
            if request.is_valid(value):
                getattr(generated.module, f"Echo{number}Request").model_validate(
                    {"body": value}, by_alias=True, by_name=False
                )
