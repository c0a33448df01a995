"""The team's `operations.py`: a method for each new operation, written once and never touched again."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

from sdkgen.errors import ContractError, Place
from sdkgen.model import Contract, Operation
from sdkgen.python import names
from sdkgen.python.layout import docstring, laid_out, string
from sdkgen.python.operations import signature

CLASS = "Operations"
_IMPORT = "from . import contract"

_MODULE = '''"""What this service does: one method for each operation of the contract."""

from __future__ import annotations

from . import contract


'''


def module(contract: Contract) -> str:
    """A whole `operations.py`, for a service that has none yet."""
    return _MODULE + _methods(contract.operations)


def missing(contract: Contract, package: Path) -> list[Operation]:
    """The operations that no module of the team defines a method for.

    The class may be made of several, in modules of their own, so every one of them is looked into.
    """
    defined = {name for path in _team_modules(package) for name in _functions(_parsed(path))}
    return [operation for operation in contract.operations if names.handler(operation) not in defined]


def extended(path: Path, operations: Iterable[Operation]) -> str:
    """The text of the team's module with methods for these operations at the end of its class.

    Raises ContractError where the module has no such class.
    """
    text = path.read_text("utf-8")
    if not any(isinstance(node, ast.ImportFrom) and _imports_contract(node) for node in _parsed(path).body):
        raise ContractError(Place(path), "does not import `contract`, which new operations need", f"add {_IMPORT!r}")
    found = [node for node in _parsed(path).body if isinstance(node, ast.ClassDef) and node.name == CLASS]
    if not found:
        raise ContractError(
            Place(path), f"has no class {CLASS}, so new operations have no place to go", f"define class {CLASS} there"
        )
    lines = text.splitlines(keepends=True)
    end = found[0].end_lineno or len(lines)
    if not lines[end - 1].endswith("\n"):
        lines[end - 1] += "\n"
    methods = _methods(operations).partition("\n")[2]
    return "".join(lines[:end]) + "\n" + methods + "".join(lines[end:])


def _imports_contract(node: ast.ImportFrom) -> bool:
    return any(alias.name == "contract" and alias.asname is None for alias in node.names)


def _methods(operations: Iterable[Operation]) -> str:
    """The methods as they stand in the class, which comes with the first line."""
    return laid_out(f"class {CLASS}:\n" + "\n".join(map(_method, operations)))


def _method(operation: Operation) -> str:
    summary = docstring(
        operation.summary or operation.description or f"{operation.method} {operation.path}", "        "
    )
    body = f"        raise contract.NotImplementedYet({string(operation.id)})\n"
    return f"    {signature(operation, 'contract.')}:\n{summary}{body}"


def _team_modules(package: Path) -> list[Path]:
    theirs = {"contract", "platform", "migrations"}
    return [path for path in sorted(package.rglob("*.py")) if path.relative_to(package).parts[0] not in theirs]


def _functions(tree: ast.Module) -> set[str]:
    return {
        member.name
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        for member in node.body
        if isinstance(member, (ast.AsyncFunctionDef, ast.FunctionDef))
    }


def _parsed(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_text("utf-8"))
    except SyntaxError as error:
        raise ContractError(Place(path, (), error.lineno), "is no Python", "correct it, then generate again") from None
