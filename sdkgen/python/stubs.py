"""The team's `operations.py`: a method for each new operation, written once and never touched again."""

from __future__ import annotations

import ast
import io
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
    """The operations that the team's class has no method for.

    It may be made of several, in modules of their own: its bases are looked for in all of them, by name.
    """
    classes: dict[str, ast.ClassDef] = {}
    for path in _team_modules(package):
        tree = _parsed(path, _text(path))
        classes |= {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    defined = _functions(CLASS, classes)
    return [operation for operation in contract.operations if names.handler(operation) not in defined]


def extended(path: Path, operations: Iterable[Operation]) -> str:
    """The text of the team's module with methods for these operations at the end of its class.

    Raises ContractError where the module has no class that they could be added to.
    """
    text = _text(path)
    tree = _parsed(path, text)
    if not any(isinstance(node, ast.ImportFrom) and _imports_contract(node) for node in tree.body):
        raise ContractError(Place(path), "does not import `contract`, which new operations need", f"add {_IMPORT!r}")
    found = next((node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == CLASS), None)
    if found is None:
        raise ContractError(
            Place(path), f"has no class {CLASS}, so new operations have no place to go", f"define class {CLASS} there"
        )
    lines = io.StringIO(text, newline="").readlines()  # as Python counts them
    newline = "\r\n" if lines[0].endswith("\r\n") else "\n"
    end = found.end_lineno or len(lines)
    lines[end - 1] = lines[end - 1].rstrip("\r\n") + newline
    methods = _methods(operations).partition("\n")[2].replace("\n", newline)
    written = "".join([*lines[:end], newline, methods, *lines[end:]])
    try:
        ast.parse(written)
    except SyntaxError:
        place = Place(path, (), found.lineno)
        mend = "write its body on lines of its own, indented by four spaces"
        raise ContractError(place, f"the class {CLASS} can't be added to as it is written", mend) from None
    return written


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


def _functions(name: str, classes: dict[str, ast.ClassDef]) -> set[str]:
    """The methods of a class and of its bases, as far as they are known."""
    found: set[str] = set()
    rest = [name]
    while rest:
        node = classes.pop(rest.pop(), None)
        if node is not None:
            found |= {one.name for one in node.body if isinstance(one, (ast.AsyncFunctionDef, ast.FunctionDef))}
            rest += [base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "") for base in node.bases]
    return found


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise ContractError(Place(path), "is not UTF-8", "save the file as UTF-8") from None


def _parsed(path: Path, text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError) as error:  # ValueError: it has a NUL
        line = getattr(error, "lineno", None)
        raise ContractError(Place(path, (), line), "is no Python", "correct it, then generate again") from None
