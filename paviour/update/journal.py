"""The last step of an update: files move into the work tree, so that killed at any point it can be finished.

What shall be done is written down first, beside the files that shall come. Until that is complete nothing has happened;
from then on every step can be done again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from paviour.errors import UserError
from paviour.git import git
from paviour.render import File
from paviour.update.workspace import Workspace


class Journal:
    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._folder = workspace.state / "update"
        self._plan = self._folder / "plan.json"

    @property
    def is_unfinished(self) -> bool:
        return self._plan.is_file()

    def write(
        self, files: Mapping[str, File | None], index: list[str], printed: Mapping[str, str], status: int
    ) -> None:
        """Note what each path shall become (None: be gone), the lines for Git's index, and what shall be said then.

        Raises UserError where files can't be moved from here into the work tree.
        """
        root = self._workspace.root
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        if self._folder.stat().st_dev != root.stat().st_dev:
            raise UserError(f"{self._folder} is on another file system than {root}; update a plain clone instead")
        steps = []
        for number, (path, file) in enumerate(sorted(files.items())):
            if file is not None:
                file.write(self._folder / str(number))
            steps.append({"path": path, "before": _digest(root / path), "comes": file is not None})
        beside = self._plan.with_suffix(".new")
        beside.write_text(json.dumps({"steps": steps, "index": index, "printed": printed, "status": status}), "utf-8")
        _synced(beside)
        os.replace(beside, self._plan)

    def finish(self) -> tuple[dict[str, str], int]:
        """Do what is noted and not done yet; returns the report in its forms, and the exit status.

        Raises UserError where a file was changed meanwhile.
        """
        plan = json.loads(self._plan.read_text("utf-8"))
        root = self._workspace.root
        to_do = [(number, step) for number, step in enumerate(plan["steps"]) if not self._is_done(number, step)]
        for _, step in to_do:
            if _digest(root / step["path"]) != step["before"]:
                raise UserError(
                    f"{step['path']} was changed after the update had been interrupted; put your change aside "
                    "(git stash), then run paviour update again"
                )
        for number, step in to_do:
            target = root / step["path"]
            if step["comes"]:
                target.parent.mkdir(parents=True, exist_ok=True)
                os.replace(self._folder / str(number), target)
            else:
                target.unlink()
                _remove_empty(target.parent, root)
        if plan["index"]:
            git(root, "update-index", "--index-info", given="".join(f"{line}\n" for line in plan["index"]).encode())
        self._plan.unlink()
        shutil.rmtree(self._folder, ignore_errors=True)
        return plan["printed"], plan["status"]

    def _is_done(self, number: int, step: dict[str, object]) -> bool:
        if step["comes"]:
            return not (self._folder / str(number)).exists()
        return not os.path.lexists(self._workspace.root / str(step["path"]))


def _digest(path: Path) -> str:
    if path.is_symlink():
        return f"link to {path.readlink()}"
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _synced(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _remove_empty(folder: Path, root: Path) -> None:
    while folder != root and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
