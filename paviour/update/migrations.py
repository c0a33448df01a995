"""Migrations: what the merge can't know, such as that a file has another name now.

Each is a folder `hooks/migrations/vX_Y_Z/NAME` with a module `migration.py`: its docstring is one sentence for the
report, and it may have

- `RENAMED`: paths of a service and what they are called now (`{package}` stands for the package's name);
- `REMOVED`: paths that the standard no longer has;
- `ANSWERS`: names of answers and what they are called now, or None for one that is no longer asked;
- `before(service: Path)` and `after(service: Path)`: code that runs on a copy of the service, around the merge.

Each may run on a service that has it behind it already, and does nothing then.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from paviour.errors import UserError
from paviour.update.versions import Release, release


@dataclass(frozen=True, slots=True)
class Migration:
    version: Release
    name: str
    sentence: str
    renamed: Mapping[str, str]
    removed: Sequence[str]
    answers: Mapping[str, str | None]
    before: Callable[[Path], None] | None
    after: Callable[[Path], None] | None

    @classmethod
    def at(cls, version: Release, folder: Path) -> Migration:
        """Load the migration of this folder. Raises UserError where it has no sentence."""
        module = _load(folder / "migration.py")
        if not module.__doc__:
            raise UserError(f"{folder / 'migration.py'} has no docstring, which is what the report says of it")
        return cls(
            version,
            folder.name,
            module.__doc__.strip(),
            getattr(module, "RENAMED", {}),
            getattr(module, "REMOVED", ()),
            getattr(module, "ANSWERS", {}),
            getattr(module, "before", None),
            getattr(module, "after", None),
        )


def migrations(folder: Path, after: Release, until: Release) -> list[Migration]:
    """Those of the versions after one and until another: oldest version first, then by name."""
    versions = sorted((release(path.name.replace("_", ".")), path) for path in folder.glob("v*_*_*") if path.is_dir())
    return [
        Migration.at(version, path.parent)
        for version, versioned in versions
        if after < version <= until
        for path in sorted(versioned.glob("*/migration.py"))
    ]


def migrated(answers: Mapping[str, Any], chosen: Sequence[Migration]) -> dict[str, Any]:
    """The answers as they are called now."""
    found = dict(answers)
    for migration in chosen:
        for old, new in migration.answers.items():
            if old in found:
                value = found.pop(old)
                if new is not None:
                    found.setdefault(new, value)
    return found


def renames(chosen: Sequence[Migration], package: str) -> dict[str, str]:
    """What each renamed path of the service is called after all of them."""
    found: dict[str, str] = {}
    for migration in chosen:
        step = {old.format(package=package): new.format(package=package) for old, new in migration.renamed.items()}
        reached = set(found.values())
        found = {old: step.get(new, new) for old, new in found.items()}
        found |= {old: new for old, new in step.items() if old not in reached}
    return found


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"paviour_migration_{path.parent.name}", path)
    if spec is None or spec.loader is None:
        raise UserError(f"{path} can't be read")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
