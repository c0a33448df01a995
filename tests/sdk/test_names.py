"""The SDK is called as the contract gate says: a program that the gate calls safe compiles against it."""

from __future__ import annotations

import ast
from pathlib import Path

from paviour.sdk import Sdk, build
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


def test_a_type_that_is_called_as_something_of_the_language_has_one_name_for_both(tmp_path: Path) -> None:
    (tmp_path / "odd.yaml").write_text(
        """
openapi: 3.1.0
info: {title: Odd, version: 1.0.0}
paths:
  /odd:
    get:
      operationId: getOdd
      tags: [1-odd]
      parameters: [{name: type, in: query, schema: {type: string}}, {name: client, in: query, schema: {type: string}}]
      responses:
        '200': {description: Odd., content: {application/json: {schema: {$ref: '#/components/schemas/Response'}}}}
components:
  schemas:
    Response: {type: object, properties: {type: {type: string}, to_dict: {$ref: '#/components/schemas/ValueError'}}}
    ValueError: {type: object, properties: {n3xx: {$ref: '#/components/schemas/n3xx'}}}
    n3xx: {type: object, properties: {id: {type: string}}}
"""
    )
    build([Sdk("python", tmp_path / "sdk", tmp_path / "odd.yaml")])
    agree(tmp_path / "odd.yaml", tmp_path / "sdk/src/odd_client")
