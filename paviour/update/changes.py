"""What changed in the standard and why: one fragment for each change, in a folder for each version.

A fragment is a Markdown file: a heading `Added: …`, `Changed: …`, `Fixed: …`, `Removed: …` or `Security: …`, the
reason, and a last line `Files:` with the patterns, as in .gitignore, of a service's files that it is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pathspec import GitIgnoreSpec

from paviour.errors import UserError
from paviour.update.versions import Release, release, shown

_FORM = re.compile(r"# (Added|Changed|Fixed|Removed|Security): (.+)\n\n(.+)\n\nFiles: (.+)\n?", re.DOTALL)

_ORDER = ("security", "removed", "changed", "fixed", "added")
"""As a reader wants them: what is urgent, then what may break, then what is new."""


@dataclass(frozen=True, slots=True)
class Fragment:
    version: Release
    kind: str
    what: str
    why: str
    files: GitIgnoreSpec

    @property
    def title(self) -> str:
        return f"{self.kind} in {shown(self.version)}: {self.what}"


def fragments(folder: Path, after: Release, until: Release) -> list[Fragment]:
    """Those of the versions after one and until another, oldest first. Raises UserError for one without the form."""
    versions = sorted((release(path.name), path) for path in folder.iterdir() if path.is_dir())
    return [
        fragment
        for version, path in versions
        if after < version <= until
        for fragment in sorted(_read(version, path), key=lambda entry: _ORDER.index(entry.kind))
    ]


def _read(version: Release, folder: Path) -> Iterator[Fragment]:
    for path in sorted(folder.glob("*.md")):
        found = _FORM.fullmatch(path.read_text("utf-8"))
        if found is None or "\n" in found[2]:
            raise UserError(f"{path} is no fragment: it needs a heading `# Added: …`, a reason, and a line `Files: …`")
        patterns = found[4].replace("`", "").replace(",", " ").split()
        yield Fragment(
            version, found[1].lower(), found[2], " ".join(found[3].split()), GitIgnoreSpec.from_lines(patterns)
        )
