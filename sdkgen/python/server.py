"""The server projection for Python: the package `contract` of a service."""

from __future__ import annotations

from pathlib import Path

from sdkgen.artefacts import write_artefacts
from sdkgen.model import Contract
from sdkgen.python import models, operations, routes
from sdkgen.python.layout import HEADER, tidy
from sdkgen.types import Symbols

_PACKAGE = '''"""What a module of operations needs: `models`, requests and responses, and what a handler is given."""

from ..platform.auth import Principal as Principal
from ..platform.context import Context as Context
from ..platform.problems import NotImplementedYet as NotImplementedYet
from . import models as models
from .operations import *  # noqa: F403
from .routes import BASE_PATH as BASE_PATH
from .routes import OPERATIONS as OPERATIONS
'''


def write(contract: Contract, folder: Path) -> None:
    """Write all files of the package into an empty folder. The same contract gives the same bytes."""
    symbols = Symbols(contract, models.IMPORTED)
    modules = {
        "__init__.py": HEADER + _PACKAGE,
        "operations.py": operations.render(symbols),
        "models.py": models.render(symbols),  # last: operations name types too
        "routes.py": routes.render(contract),
    }
    for name, text in modules.items():
        (folder / name).write_text(text, "utf-8")
    tidy(folder)
    write_artefacts(contract, folder)
