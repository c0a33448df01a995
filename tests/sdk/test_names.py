"""The SDK is called as the contract gate says: a program that the gate calls safe compiles against it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from sdkgen.client.plain import RESERVED
from sdkgen.client.python import names
from sdkgen.compat.side import Side
from sdkgen.compat.symbols import Table
from tests.sdk.conftest import STARTER
from tests.support.command import CONTRACTS


def classes(package: Path) -> dict[str, set[str]]:
    """The classes of the package's models, with their attributes."""
    found: dict[str, set[str]] = {}
    for path in (package / "models").glob("*.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef):
                fields = (entry.target for entry in node.body if isinstance(entry, ast.AnnAssign))
                found[node.name] = {field.id for field in fields if isinstance(field, ast.Name)}
    return found


def functions(package: Path) -> dict[tuple[str, str], set[str]]:
    """The operations by module and name, with the arguments of `sync`."""
    found: dict[tuple[str, str], set[str]] = {}
    for path in (package / "api").glob("*/*.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and node.name == "sync":
                arguments = {entry.arg for entry in (*node.args.args, *node.args.kwonlyargs)}
                found[path.parent.name, path.stem] = arguments - {"client"}
    return found


def agree(contract: Path, package: Path) -> None:
    table = Table(Side(contract))
    written = classes(package)
    for name, one in table.symbols.objects.items():
        assert {names.attribute(entry.attribute) for entry in one.fields} <= written[name], name
    assert functions(package) == {
        (method.module, method.name): {names.attribute(argument.name) for argument in method.arguments.values()}
        for method in table.methods.values()
    }


def test_the_starter(quotes_sdk: Path) -> None:
    agree(STARTER, quotes_sdk / "src/quotes_client")


def test_mef_quote(mef_sdk: Path) -> None:
    agree(CONTRACTS / "mef/quote-8.0.1.yaml", mef_sdk / "src/mef_client")


@pytest.mark.parametrize("name", ["Response", "Any", "ValueError"])
def test_no_type_takes_a_name_that_the_code_needs(name: str) -> None:
    assert name in RESERVED
