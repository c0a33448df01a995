"""The files of a service as an update works on them: read where they are, changed in memory."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from paviour.errors import UserError
from paviour.render import File, Files

LEFT_BEHIND = {".git", ".venv", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", "node_modules"}
"""Folders that tools leave in a service, and that are no part of it."""


class Origin(Protocol):
    """Where a service's files are."""

    @property
    def files(self) -> Collection[str]:
        """Paths of all files: relative, with forward slashes."""

    @property
    def links(self) -> Collection[str]:
        """Paths of what is there and no file, such as a symbolic link."""

    def read(self, path: str) -> File: ...


class Folder:
    """Files of a folder on disk: those that are named, or all of them."""

    def __init__(self, root: Path, paths: Collection[str] | None = None) -> None:
        self.root = root
        found = _walked(root) if paths is None else paths
        self.links = {path for path in found if (root / path).is_symlink()}
        self.files = {path for path in found if path not in self.links}

    def read(self, path: str) -> File:
        place = self.root / path
        return File(place.read_bytes(), bool(place.stat().st_mode & 0o100))


class Tree:
    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._changed: dict[str, File | None] = {}

    def __iter__(self) -> Iterator[str]:
        """The paths of all files."""
        yield from (path for path in self._origin.files if path not in self._changed)
        yield from (path for path, file in self._changed.items() if file is not None)

    def __contains__(self, path: str) -> bool:
        return self._changed[path] is not None if path in self._changed else path in self._origin.files

    def __getitem__(self, path: str) -> File:
        """Raises KeyError where there is none."""
        file = self._changed[path] if path in self._changed else self._read(path)
        if file is None:
            raise KeyError(path)
        return file

    def __setitem__(self, path: str, file: File | None) -> None:
        """Put a file in a place, or take it away."""
        self._changed[path] = file

    def get(self, path: str) -> File | None:
        """Raises UserError for what is neither a file nor absent."""
        if path in self:
            return self[path]
        if path in self._origin.links or path in self.folders:
            kind = "link" if path in self._origin.links else "folder"
            raise UserError(f"{path} is a {kind} here and a file in the standard; move it")
        if any(parent in self for parent in _parents(path)):
            raise UserError(f"{path} has a file on its way here, where the standard has a folder; move it")
        return None

    def original(self, path: str) -> File | None:
        """The file as the origin has it."""
        return self._read(path)

    @property
    def folders(self) -> set[str]:
        return {parent for path in (*self, *self._origin.links) for parent in _parents(path)}

    def changes(self) -> dict[str, File | None]:
        """Each path whose file is not the origin's; None for one that is gone."""
        return {
            path: file
            for path, file in self._changed.items()
            if file != (self._read(path) if path in self._origin.files else None)
        }

    @contextmanager
    def laid_out(self, wanted: Callable[[str], bool] = lambda _: True) -> Iterator[Path]:
        """The wanted files in a folder of its own; what becomes of them there, the tree has afterwards.

        Links are left out: through one, what runs there would write elsewhere.
        """
        with tempfile.TemporaryDirectory(prefix="paviour-") as room:
            root = Path(room).resolve()
            before: Files = {path: self[path] for path in self if wanted(path)}
            for path, file in before.items():
                file.write(root / path)
            yield root
            after = Folder(root)
            for path in after.files:
                if (file := after.read(path)) != before.get(path):
                    self[path] = file
            for path in before.keys() - set(after.files):
                self[path] = None

    def _read(self, path: str) -> File | None:
        return self._origin.read(path) if path in self._origin.files else None


def _parents(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _walked(root: Path) -> list[str]:
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in LEFT_BEHIND]
        found += [Path(folder, name).relative_to(root).as_posix() for name in names]
    return sorted(found)
