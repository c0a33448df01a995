"""Nothing of a real contract is left out of the Python SDK, however large and odd it is."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from paviour.sdk import Sdk, build
from sdkgen.model import METHODS
from tests.support.command import CONTRACTS


@pytest.mark.slow
@pytest.mark.skipif(not CONTRACTS.is_dir(), reason=f"the real contracts are not at hand ({CONTRACTS} is absent)")
def test_digitalocean(tmp_path: Path) -> None:
    contract = CONTRACTS / "digitalocean.json"
    build([Sdk("python", tmp_path / "sdk", contract, "do-client")])
    api = tmp_path / "sdk/src/do_client/api"
    modules = {path.stem: ast.parse(path.read_text()) for path in api.glob("*/*.py") if path.stem != "__init__"}

    document = json.loads(contract.read_text())
    operations = [
        operation for item in document["paths"].values() for method, operation in item.items() if method in METHODS
    ]
    assert len(modules) == len(operations) == 659
    handled = [status for module in modules.values() for status in statuses(module)]
    assert len(handled) == sum(
        has_body(document, one) for operation in operations for one in operation["responses"].values()
    )
    for path in (tmp_path / "sdk/src").rglob("*.py"):
        compile(path.read_text(), str(path), "exec")


def statuses(module: ast.Module) -> set[object]:
    """The statuses whose body a module reads; True stands for any other."""
    reading = [one for one in module.body if isinstance(one, ast.FunctionDef) and one.name in ("_result", "_problem")]
    branches = [node for function in reading for node in function.body if isinstance(node, ast.If)]
    tests = [node.test for node in branches if ast.unparse(node.body[-1]) != "return None"]
    return {one.value for test in tests for one in ast.walk(test) if isinstance(one, ast.Constant)}


def has_body(document: dict[str, object], response: dict[str, object]) -> bool:
    while "$ref" in response:
        found: object = document
        for token in str(response["$ref"]).removeprefix("#/").split("/"):
            assert isinstance(found, dict)
            found = found[token]
        assert isinstance(found, dict)
        response = found
    return bool(response.get("content"))
