"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def write(path: Path, text: str) -> None:
    """Put the text in place of what is there, which keeps its mode. Raises OSError, and then leaves that as it was."""
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_text(text, "utf-8", newline="")
        if path.exists():
            shutil.copymode(path, beside)
        os.replace(beside, path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def swap(fresh: Path, target: Path, aside: Path) -> None:
    """Put the fresh folder in place of the old one: two renames, so that there is never half of one.

    The old one is `aside` then.
    """
    if target.exists():
        os.replace(target, aside)
    try:
        os.replace(fresh, target)
    except OSError:
        if aside.exists():
            os.replace(aside, target)
        raise
