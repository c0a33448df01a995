"""The server projection for TypeScript: the folder `contract` of a service."""

from __future__ import annotations

from pathlib import Path

from sdkgen.artefacts import write_artefacts
from sdkgen.model import Contract
from sdkgen.types import Symbols
from sdkgen.typescript import models, operations, routes
from sdkgen.typescript.layout import HEADER

_INDEX = """
// What a module of operations needs: `models`, requests and responses, and what a handler is given.
export type { Principal } from "../platform/auth.ts";
export type { Context } from "../platform/context.ts";
export { NotImplementedYet } from "../platform/problems.ts";
export type * as models from "./models.ts";
export type * from "./operations.ts";
export { BASE_PATH, OPERATIONS } from "./routes.ts";
"""


def write(contract: Contract, folder: Path) -> None:
    """Write all files of the folder, which is empty. The same contract gives the same bytes."""
    symbols = Symbols(contract)
    modules = {
        "index.ts": HEADER + _INDEX,
        "operations.ts": operations.render(symbols),
        "routes.ts": routes.render(symbols),
        "models.ts": models.render(symbols),  # last: operations name types too
    }
    for name, text in modules.items():
        (folder / name).write_text(text, "utf-8")
    write_artefacts(contract, folder)
