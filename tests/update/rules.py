"""What a change of the templates has to bring along, found by rendering the last release and the work tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from paviour.render import File, Files, Template
from paviour.update.changes import Fragment
from paviour.update.migrations import Migration, renames
from paviour.zones import FILE, Zones

PACKAGE = "quotes"


def unexplained(old: Template, new: Template, told: Sequence[Fragment]) -> set[str]:
    """Paths of a service that the standard changed, and that no fragment names. The team's are not updated."""
    found = set()
    for before, after in _renders(old, new):
        zones = Zones.parse(after[FILE].content)
        versions = [str(template.answers({})["standard"]).encode() for template in (old, new)]
        changed = {path for path in {*before, *after} if _bare(before, path, versions) != _bare(after, path, versions)}
        found |= {path for path in changed if zones.zone(path) != "team"}
    return {path for path in found if not any(fragment.files.match_file(path) for fragment in told)}


def unmigrated(old: Template, new: Template, migrations: Sequence[Migration]) -> set[str]:
    """Paths of a service, and questions, that are gone or have another name, without a migration that says so."""
    known = set(renames(migrations, PACKAGE))
    known |= {path.format(package=PACKAGE) for migration in migrations for path in migration.removed}
    known |= {name for migration in migrations for name in migration.answers}
    found = set(old.asked) - set(new.asked)
    for before, after in _renders(old, new):
        zones = Zones.parse(before[FILE].content)
        found |= {path for path in before if path not in after and zones.zone(path) != "team"}
    return found - known


def without_default(old: Template, new: Template) -> set[str]:
    """New questions that an update which asks nobody could not answer."""
    return {name for name in new.asked if name not in old.asked and "default" not in new.questions[name]}


def _renders(old: Template, new: Template) -> Iterator[tuple[Files, Files]]:
    for answers in _variants(old):
        yield tuple(template.files(answers, commit="v0.0.0", source="/suite") for template in (old, new))  # type: ignore[misc]


def _variants(template: Template) -> Iterator[dict[str, Any]]:
    """Every combination of what may be chosen."""
    chosen = {
        name: question["choices"].values() for name, question in template.questions.items() if "choices" in question
    }
    for values in product(*chosen.values()):
        yield {"service": PACKAGE} | dict(zip(chosen, values, strict=True))


def _bare(files: Files, path: str, versions: list[bytes]) -> File | None:
    """A file without the version of the standard, which each release changes."""
    file = files.get(path)
    if file is None:
        return None
    content = file.content
    for version in versions:
        content = content.replace(version, b"VERSION")
    return File(content, file.executable)


def migration_folders(folder: Path) -> list[Path]:
    return sorted(path.parent for path in folder.glob("v*_*_*/*/migration.py"))
