"""Where this suite's templates are, and how they are rendered."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

import yaml

from paviour import __version__
from paviour.errors import UserError

ANSWERS = ".copier-answers.yml"
_PACKAGED = Path(__file__).parent / "suite"


def root() -> Path:
    """The folder that holds `copier.yml`: in the installed package, else the checkout."""
    return _PACKAGED if _PACKAGED.is_dir() else Path(__file__).parents[1]


def source() -> str:
    """The repository that updates come from."""
    for entry in metadata("paviour").get_all("Project-URL") or ():
        label, _, url = entry.partition(", ")
        if label == "Source":
            return str(url)
    raise UserError("this installation of paviour does not name its source repository; install it again")


def questions() -> dict[str, Any]:
    """The questions of `copier.yml` that a person answers, by name."""
    documents = yaml.safe_load_all((root() / "copier.yml").read_text("utf-8"))
    return {
        name: question
        for document in documents
        for name, question in document.items()
        if not name.startswith("_") and question.get("when", True)
    }


@contextmanager
def rendered(answers: Mapping[str, Any]) -> Iterator[Path]:
    """A fresh render in a folder of its own, which goes away afterwards.

    It records the released version and the repository it comes from, so that it can be updated wherever it is moved.
    Raises UserError where an answer is refused.
    """
    with tempfile.TemporaryDirectory(prefix="paviour-") as room:
        target = Path(room) / "service"
        _render(answers, Path(room) / "suite", target)
        _record_source(target / ANSWERS)
        yield target


def _render(answers: Mapping[str, Any], templates: Path, target: Path) -> None:
    from copier import run_copy
    from copier.errors import CopierError

    # A copy outside of any repository: Copier would clone a checkout, and record its path.
    templates.mkdir()
    shutil.copy2(root() / "copier.yml", templates)
    shutil.copytree(root() / "templates", templates / "templates")
    try:
        run_copy(str(templates), target, data=dict(answers), defaults=True, quiet=True)
    except (CopierError, ValueError) as error:
        raise UserError(_one_line(error)) from None


def _record_source(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not re.match(r"_(src_path|commit):", line)]
    at = next((number for number, line in enumerate(kept) if not line.startswith("#")), len(kept))
    record = [f"_commit: v{__version__}\n", f"_src_path: {source()}\n"]
    path.write_text("".join(kept[:at] + record + kept[at:]), "utf-8")


def _one_line(error: Exception) -> str:
    text = " ".join(str(error).split())
    found = re.match(r"Validation error for question '(\w+)': (.*)", text)
    return f"--{found[1]}: {found[2]}" if found else text
