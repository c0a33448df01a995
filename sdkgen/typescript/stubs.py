"""The team's `operations.ts`: a method for each new operation, written once and never touched again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from sdkgen.errors import ContractError, Place
from sdkgen.model import Contract, Operation
from sdkgen.typescript import names, source
from sdkgen.typescript.layout import INDENT, doc, string
from sdkgen.typescript.operations import signature

CLASS = "Operations"
_IMPORT = 'import * as contract from "./contract/index.ts";'
_IMPORTS_CONTRACT = re.compile(r"^import (type )?\* as contract from ", re.MULTILINE)

_MODULE = f"""/** What this service does: one method for each operation of the contract. */

{_IMPORT}

export class {CLASS} implements contract.Operations {{
"""


def module(contract: Contract) -> str:
    """A whole `operations.ts`, for a service that has none yet."""
    return _MODULE + _methods(contract.operations) + "}\n"


def missing(contract: Contract, folder: Path) -> list[Operation]:
    """The operations that the team's class has no method for.

    It may be made of several, in modules of their own: its bases are looked for in all of them, by name.
    """
    found: dict[str, source.Class] = {}
    for path in _team_modules(folder):
        found |= {one.name: one for one in _classes(path, source.read(path))}
    defined: set[str] = set()
    name: str | None = CLASS
    while name in found:
        one = found.pop(name)
        defined |= one.methods
        name = one.base
    return [operation for operation in contract.operations if names.handler(operation) not in defined]


def extended(path: Path, operations: Iterable[Operation]) -> str:
    """The text of the team's module with methods for these operations at the end of its class.

    Raises ContractError where the module has no class that they could be added to.
    """
    text = source.read(path)
    imported = _IMPORTS_CONTRACT.search(text)
    if imported is None:
        raise ContractError(Place(path), "does not import `contract`, which new operations need", f"add {_IMPORT!r}")
    # What has types only is not there when a stub is called; linters write it so where that is all that is used.
    text = text[: imported.start()] + imported[0].replace("type ", "") + text[imported.end() :]
    own = next((one for one in _classes(path, text) if one.name == CLASS), None)
    if own is None:
        mend = f"define class {CLASS} there"
        raise ContractError(Place(path), f"has no class {CLASS}, so new operations have no place to go", mend)
    newline = "\r\n" if "\r\n" in text else "\n"
    before = text[: own.end].rstrip()
    gap = newline if before.endswith("{") else newline * 2
    return before + gap + _methods(operations).replace("\n", newline) + text[own.end :]


def _methods(operations: Iterable[Operation]) -> str:
    return "\n".join(map(_method, operations))


def _method(operation: Operation) -> str:
    summary = doc(operation.summary or operation.description or f"{operation.method} {operation.path}", INDENT)
    head = signature(operation, "async ", "contract.")
    return (
        f"{summary}{head} {{\n{INDENT * 2}throw new contract.NotImplementedYet({string(operation.id)});\n{INDENT}}}\n"
    )


def _team_modules(folder: Path) -> list[Path]:
    theirs = {"contract", "platform", "migrations"}
    return [path for path in sorted(folder.rglob("*.ts")) if path.relative_to(folder).parts[0] not in theirs]


def _classes(path: Path, text: str) -> list[source.Class]:
    try:
        return source.classes(text)
    except ValueError as error:
        raise ContractError(Place(path), f"is no TypeScript: {error}", "correct it, then generate again") from None
