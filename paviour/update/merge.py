"""What becomes of each path, decided from three files: the service's, the old standard's and the new one's.

Nothing is written here, and nothing is read but the service's files.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from paviour.errors import UserError
from paviour.render import File, Files
from paviour.suite import ANSWERS
from paviour.zones import FILE, Zone, Zones

Action: TypeAlias = Literal[
    "added", "replaced", "removed", "merged", "healed", "kept", "conflict", "regenerated", "migrated"
]
Sides: TypeAlias = tuple[File | None, File | None, File | None]
"""Of an unmerged path: the old standard's, the service's, the new standard's."""


@dataclass(frozen=True, slots=True)
class Change:
    path: str
    zone: Zone
    action: Action
    why: str = ""
    """Why it is not simply what the new standard has; empty where it is."""
    file: File | None = None
    """What the path becomes; None: it goes, or it stays as it is where the action is `kept` or there are `sides`."""
    needs_person: bool = False
    sides: Sides | None = None


@dataclass(frozen=True, slots=True)
class Merge:
    """One service between two renders."""

    ours: Callable[[str], File | None]
    """The service's file at a path; raises UserError for what is neither a file nor absent."""
    base: Files
    new: Files
    ejected: frozenset[str] = frozenset()

    def changes(self) -> list[Change]:
        """In the order of their paths; a path on which nothing happens has none."""
        before, after = Zones.parse(self.base[FILE].content), Zones.parse(self.new[FILE].content)
        found: list[Change] = []
        for path in sorted({*self.base, *self.new} - self.ejected):
            zone = after.zone(path)
            sides = (self.base.get(path), self.ours(path), self.new.get(path))
            if zone == "platform":
                found += self._platform(path, before.zone(path), sides)
            elif zone == "shared":
                found += self._shared(path, sides)
        return found

    def _platform(self, path: str, was: Zone, sides: Sides) -> Iterator[Change]:
        base, ours, new = sides
        if ours == new:
            return
        if ours is None:
            why = "it was deleted here" if base else ""
            yield Change(path, "platform", "healed" if base else "added", why, new)
        elif ours == base or path == ANSWERS:
            yield Change(path, "platform", "replaced" if new else "removed", file=new)
        elif base is None:
            why = "the standard now has a file of this name; the one that was here is at HEAD"
            yield Change(path, "platform", "conflict", why, new, needs_person=True)
        elif was == "platform":
            why = "it was changed here; the change is at HEAD" + ("" if new else ", and the standard no longer has it")
            yield Change(path, "platform", "healed" if new else "removed", why, new)
        else:
            why = f"it was {was} and is now the platform's; what was changed here is at HEAD"
            yield Change(path, "platform", "conflict", why, new, needs_person=True)

    def _shared(self, path: str, sides: Sides) -> Iterator[Change]:
        base, ours, new = sides
        if base == new or ours == new:
            return
        if ours == base:
            yield Change(path, "shared", "removed" if new is None else "replaced" if base else "added", file=new)
        elif ours is None:
            yield Change(path, "shared", "kept", "it was deleted here, so its change in the standard is left out")
        elif new is None:
            why = "the standard no longer has it, and it was changed here: keep it (git add) or delete it (git rm)"
            yield Change(path, "shared", "conflict", why, needs_person=True, sides=sides)
        else:
            yield _merged(path, base, ours, new)


def _merged(path: str, base: File | None, ours: File, new: File) -> Change:
    sides = (base, ours, new)
    base = base or File(b"")
    executable = new.executable if ours.executable == base.executable else ours.executable
    if b"\0" in ours.content + new.content:
        why = "it is no text, and both sides changed it: yours stays; the standard's is `git show :3:./PATH`"
        return Change(path, "shared", "conflict", why, needs_person=True, sides=sides)
    text, conflicts = merge_file(ours.content, base.content, new.content)
    if conflicts:
        why = "both sides changed the same lines"
        return Change(path, "shared", "conflict", why, File(text, executable), needs_person=True, sides=sides)
    return Change(path, "shared", "merged", "both sides changed it", File(text, executable))


def merge_file(ours: bytes, base: bytes, new: bytes) -> tuple[bytes, bool]:
    """Merge three texts as `git merge-file` does; and whether conflicts are marked in the result."""
    if ours == base:
        return new, False
    if base == new or ours == new:
        return ours, False
    with tempfile.TemporaryDirectory(prefix="paviour-merge-") as room:
        for name, content in {"ours": ours, "base": base, "new": new}.items():
            (Path(room) / name).write_bytes(content)
        labels = ("-L", "before updating", "-L", "last update", "-L", "after updating")
        command = ["git", "merge-file", "--stdout", *labels, "ours", "base", "new"]
        done = subprocess.run(command, cwd=room, capture_output=True, check=False)  # noqa: S603
    if done.returncode > 127:
        raise UserError(f"git merge-file failed: {done.stderr.decode('utf-8', 'replace').strip()}")
    return done.stdout, done.returncode > 0
