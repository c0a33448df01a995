"""Where this suite's templates are, and renders of them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

from paviour import __version__
from paviour.errors import UserError
from paviour.render import Files, Template

ANSWERS = ".copier-answers.yml"
_PACKAGED = Path(__file__).parent / "suite"


@cache
def template() -> Template:
    """The templates that came with this installation: in the package, else in the checkout."""
    return Template(_PACKAGED if _PACKAGED.is_dir() else Path(__file__).parents[1])


def migrations() -> Path:
    """The folder of all migrations, one folder in it for each version."""
    return template().root / "hooks" / "migrations"


def changes() -> Path:
    """The folder of what changed in the standard, one folder in it for each version."""
    return template().root / "changes"


def source() -> str:
    """The repository that updates come from."""
    for entry in metadata("paviour").get_all("Project-URL") or ():
        label, _, url = entry.partition(", ")
        if label == "Source":
            return str(url)
    raise UserError("this installation of paviour does not name its source repository; install it again")


def files(answers: Mapping[str, Any], origin: str | None = None) -> Files:
    """A fresh render in memory. Raises UserError for a refused answer."""
    return template().files(answers, commit=f"v{__version__}", source=origin or source())


@contextmanager
def rendered(answers: Mapping[str, Any]) -> Iterator[Path]:
    """A fresh render in a folder of its own, which goes away afterwards. Raises UserError for a refused answer."""
    with tempfile.TemporaryDirectory(prefix="paviour-") as room:
        target = Path(room) / "service"
        template().render(answers, target, commit=f"v{__version__}", source=source())
        yield target
