"""The steps of an update, in order."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from paviour import __version__, generated, suite
from paviour.drift import differences
from paviour.errors import UserError
from paviour.render import File, Template
from paviour.service import Service
from paviour.update.changes import fragments
from paviour.update.journal import Journal
from paviour.update.merge import Change, Merge
from paviour.update.migrations import Migration, migrated, migrations, renames
from paviour.update.report import Report
from paviour.update.sources import template_at, url
from paviour.update.tree import different, file_at, unmerged, write
from paviour.update.versions import Recorded, recorded, release, shown
from paviour.update.workspace import Workspace
from paviour.zones import Zones
from sdkgen.errors import ContractError


def update(folder: Path, data: Mapping[str, str] | None = None) -> Report:
    """Bring the service in this folder to this version, with some answers changed. Nothing is committed.

    Raises UserError where it can't begin; then nothing has happened.
    """
    service, workspace = Service.at(folder), Workspace.of(folder)
    workspace.refuse_uncommitted()
    version, target = recorded(service.answers.get("_commit")), release(__version__)
    _refuse_downgrade(version)
    chosen = migrations(suite.migrations(), version.release, target)
    given = migrated(service.given, chosen) | _known(data or {})
    template, origin = _template(service, version), str(service.answers["_src_path"])
    base, new = template.files(service.given, commit=version.ref, source=origin), suite.files(given, origin)
    with workspace.copy() as tree:
        moved = renames(chosen, service.package.name)
        changes = _before(tree, chosen, moved, service)
        base = {moved.get(path, path): file for path, file in base.items()}
        merged = Merge(lambda path: file_at(tree, path), base, new, frozenset(service.ejected)).changes()
        write(merged, tree)
        changes += [*merged, *_taken_over(service, template, given), *_regenerate(tree)]
        for migration in chosen:
            if migration.after:
                migration.after(tree)
        found = different(workspace, tree)
        changes += _others(found, changes, Zones.of(tree))
        left = [entry for entry in differences(Service.at(tree)) if entry.kind != "conflict"]
        report = Report(
            service.name,
            version.release,
            target,
            sorted(changes, key=lambda change: change.path),
            fragments(suite.changes(), version.release, target),
            chosen,
            left,
        )
        if found:
            journal = Journal(workspace)
            journal.write(found, unmerged(workspace, changes), report.forms, report.exit)
            journal.finish()
    return report


def _refuse_downgrade(version: Recorded) -> None:
    if version.release > release(__version__):
        raise UserError(
            f"the service is on {shown(version.release)}, which is newer than this paviour, {__version__}; "
            f"run uvx --from paviour=={shown(version.release)} paviour update"
        )


def _known(data: Mapping[str, str]) -> dict[str, str]:
    asked = suite.template().asked
    for name in data:
        if name not in asked:
            raise UserError(f"there is no answer {name!r}; there are {', '.join(asked)}")
    return dict(data)


def _template(service: Service, version: Recorded) -> Template:
    """What the service was last rendered from: at hand, where that is this version."""
    address = url(str(service.answers.get("_src_path") or ""))
    is_here = version.exact and version.release == release(__version__)
    return suite.template() if is_here else template_at(address, version.ref)


def _before(tree: Path, chosen: list[Migration], moved: dict[str, str], service: Service) -> list[Change]:
    """Run what comes before the merge; what could not be moved needs a person."""
    found = []
    for old, new in moved.items():
        if old in service.ejected:
            why = f"it was taken over, and the standard now has it as {new}: see which of the two you want"
            found.append(Change(old, "team", "kept", why, needs_person=True))
        elif (tree / old).is_file():
            if (tree / new).exists():
                why = f"the standard calls it {new} now, which was here already: bring the two together"
                found.append(Change(old, "shared", "conflict", why, needs_person=True))
                continue
            (tree / new).parent.mkdir(parents=True, exist_ok=True)
            (tree / old).rename(tree / new)
    for migration in chosen:
        if migration.before:
            migration.before(tree)
    return found


def _taken_over(service: Service, template: Template, given: Mapping[str, Any]) -> list[Change]:
    """Platform files that are the team's now: named where the standard's has changed since the last update."""
    if not service.ejected:
        return []
    origin, commit = str(service.answers["_src_path"]), str(service.answers["_commit"])
    before = template.files({**service.given, "ejected": {}}, commit=commit, source=origin)
    after = suite.files({**given, "ejected": {}}, origin)
    return [
        Change(path, "team", "kept", "it was taken over, so its change in the standard is left out")
        for path in service.ejected
        if before.get(path) != after.get(path)
    ]


def _regenerate(tree: Path) -> list[Change]:
    service = Service.at(tree)
    if not service.contract.is_file():
        return []
    contract_changed = set(generated.stale(service)) - {"paviour"}
    try:
        generated.generate(service, with_stubs=bool(contract_changed))
    except ContractError as error:
        place = error.place.file
        path = place.relative_to(tree).as_posix() if place.is_relative_to(tree) else place.name
        why = f"this version can't generate from it: {error.cause}; {error.mend}, then run make generate"
        return [Change(path, "team", "conflict", why, needs_person=True)]
    return []


def _others(found: Mapping[str, File | None], changes: list[Change], zones: Zones) -> list[Change]:
    """What changed without the merge: by the generator, or by a migration."""
    known = {change.path for change in changes}
    return [
        Change(path, zones.zone(path), "regenerated" if zones.zone(path) == "generated" else "migrated", file=file)
        for path, file in found.items()
        if path not in known
    ]
