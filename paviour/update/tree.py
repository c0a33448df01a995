"""The copy that an update is made in, and what in it is not as in the work tree."""

from __future__ import annotations

from pathlib import Path

from paviour.errors import UserError
from paviour.git import git
from paviour.render import File
from paviour.update.merge import Change
from paviour.update.workspace import Workspace


def write(changes: list[Change], root: Path) -> None:
    for change in changes:
        if change.file is not None:
            change.file.write(root / change.path)
        elif change.action == "removed":
            (root / change.path).unlink()


def file_at(root: Path, path: str) -> File | None:
    """Raises UserError for what is neither a file nor absent."""
    place = root / path
    if place.is_file() and not place.is_symlink():
        return File(place.read_bytes(), bool(place.stat().st_mode & 0o100))
    if place.is_symlink() or place.exists():
        raise UserError(
            f"{path} is a {'link' if place.is_symlink() else 'folder'} here and a file in the standard; move it"
        )
    if any(parent.is_file() for parent in place.parents if parent.is_relative_to(root)):
        raise UserError(f"{path} has a file on its way here, where the standard has a folder; move it")
    return None


def different(workspace: Workspace, tree: Path) -> dict[str, File | None]:
    """Each path whose file in the tree is not the one in the work tree; None for one that is gone."""
    tracked = [path for path in workspace.tracked() if not (workspace.root / path).is_symlink()]
    there = [path.relative_to(tree).as_posix() for path in tree.rglob("*") if path.is_file() and not path.is_symlink()]
    found: dict[str, File | None] = {}
    for path in {*tracked, *there}:
        old, new = file_at(workspace.root, path), file_at(tree, path)
        if old != new:
            if old is not None and path not in tracked:
                raise UserError(f"{path} is in the way, and Git ignores it, so that it would be lost; move it away")
            found[path] = new
    return found


def unmerged(workspace: Workspace, changes: list[Change]) -> list[str]:
    """Lines for `git update-index --index-info` that make the conflicts unmerged paths."""
    lines: list[str] = []
    for change in changes:
        if change.sides is None:
            continue
        path = f"{workspace.prefix}{change.path}"
        stages = []
        for stage, file in enumerate(change.sides, start=1):
            if file is not None:
                blob = git(workspace.root, "hash-object", "-w", "--stdin", given=file.content)
                stages.append(f"{'100755' if file.executable else '100644'} {blob.strip()} {stage}\t{path}")
        lines += [f"0 {'0' * len(stages[0].split()[1])}\t{path}", *stages]
    return lines
