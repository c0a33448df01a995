"""The service's repository on disk: what has to be true before an update, and what Git is told of it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from paviour.errors import UserError
from paviour.git import GitError, git
from paviour.render import File
from paviour.update.merge import Change

try:
    import fcntl
except ImportError:  # on Windows, where nobody runs two at once
    fcntl = None  # type: ignore[assignment]

_UNMERGED = {"DD", "AU", "UD", "UA", "DU", "AA", "UU"}


@dataclass(frozen=True, slots=True)
class Workspace:
    """A service's folder in a Git repository, at the top or further down."""

    root: Path
    state: Path
    """Where updates keep their journal, under `.git`."""
    prefix: str
    """The service's folder as the repository's paths have it: empty, or ending in a slash."""

    @classmethod
    def of(cls, root: Path) -> Workspace:
        """Raises UserError where the folder is in no Git repository, or nothing was committed."""
        try:
            folder, prefix, _ = git(root, "rev-parse", "--absolute-git-dir", "--show-prefix", "--verify", "HEAD").split(
                "\n", 2
            )
        except GitError:
            raise UserError(
                f"{root} has no commit in a Git repository; commit it, so that updates can be merged"
            ) from None
        return cls(root, Path(folder) / "paviour", prefix)

    def refuse_uncommitted(self) -> None:
        """Raises UserError for what is not committed: it could not be told from what the update does."""
        entries = git(self.root, "status", "--porcelain", "-z", "--untracked-files=all", "--", ".").split("\0")
        changes = [(entry[:2], entry[3:]) for entry in entries if entry[2:3] == " "]
        unmerged = [path for code, path in changes if code in _UNMERGED]
        if unmerged:
            raise UserError(f"{unmerged[0]} has a conflict that is not resolved; resolve and commit it first")
        if changes:
            others = f" and {len(changes) - 1} more" if len(changes) > 1 else ""
            raise UserError(f"{changes[0][1]}{others} not committed; commit or stash first")

    def tracked(self) -> list[str]:
        """Paths of all files that Git has, relative to the service; a submodule is none."""
        listed = git(self.root, "ls-files", "-z").split("\0")
        return [path for path in filter(None, listed) if (place := self.root / path).is_symlink() or place.is_file()]

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Raises UserError where another update of this service is under way. Killed, it leaves nothing behind."""
        self.state.mkdir(exist_ok=True)
        with (self.state / "lock").open("w") as lock:
            if fcntl is not None:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise UserError(f"another update of {self.root} is under way; wait for its end") from None
            yield

    def refuse_in_the_way(self, coming: Mapping[str, File | None]) -> None:
        """Raises UserError for a file that would be replaced, and that Git does not have: it would be lost."""
        tracked = set(self.tracked())
        for path in coming:
            for place in (path, *(parent.as_posix() for parent in PurePosixPath(path).parents[:-1])):
                lost = os.path.lexists if place == path else os.path.isfile
                if place not in tracked and lost(self.root / place):
                    raise UserError(
                        f"{place} is in the way, and Git ignores it, so that it would be lost; move it away"
                    )

    def unmerged(self, changes: Sequence[Change]) -> list[str]:
        """Lines for `git update-index --index-info` that make the conflicts unmerged paths."""
        lines: list[str] = []
        for change in changes:
            if change.sides is None:
                continue
            path = f"{self.prefix}{change.path}"
            stages = []
            for stage, file in enumerate(change.sides, start=1):
                if file is not None:
                    blob = git(self.root, "hash-object", "-w", "--stdin", given=file.content)
                    stages.append(f"{'100755' if file.executable else '100644'} {blob.strip()} {stage}\t{path}")
            lines += [f"0 {'0' * len(stages[0].split()[1])}\t{path}", *stages]
        return lines
