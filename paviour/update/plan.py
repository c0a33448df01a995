"""What an update does to a service, decided in memory: for a work tree, or for a commit that nobody has checked out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from paviour import __version__, generated, sdk, suite
from paviour.drift import differences
from paviour.errors import UserError
from paviour.render import File, Template
from paviour.service import Service, answers_in
from paviour.tree import Tree
from paviour.update.changes import fragments
from paviour.update.merge import Change, Merge
from paviour.update.migrations import Migration, migrated, migrations, renames
from paviour.update.report import Report
from paviour.update.sources import template_at, url
from paviour.update.versions import Recorded, recorded, release, shown
from paviour.zones import FILE, Zone, Zones
from sdkgen.errors import ContractError


@dataclass(frozen=True, slots=True)
class Plan:
    report: Report
    files: Mapping[str, File | None]
    """What each path becomes; None: it goes."""
    zones: Zones
    """Whose each path is afterwards."""

    @property
    def touched(self) -> set[Zone]:
        """The zones of what becomes another."""
        return {self.zones.zone(path) for path in self.files}


def plan(tree: Tree, data: Mapping[str, str] | None = None) -> Plan:
    """Bring a service to this version, with some answers changed.

    Raises UserError where it can't begin: a version that is newer or unknown, templates that are not to be had.
    """
    text = tree.get(suite.ANSWERS)
    if text is None:
        raise UserError(f"it has no {suite.ANSWERS}: no service of the paved road")
    service = Service(Path(), answers_in(text.content))
    version, target = recorded(service.answers.get("_commit")), release(__version__)
    _refuse_downgrade(version)
    chosen = migrations(suite.migrations(), version.release, target)
    given = migrated(service.given, chosen) | _known(data or {})
    template, origin = _template(service, version), str(service.answers["_src_path"])
    base, new = template.files(service.given, commit=version.ref, source=origin), suite.files(given, origin)
    zones = Zones.parse(new[FILE].content)

    moved = renames(chosen, service.package.name)
    changes = _before(tree, chosen, moved, service)
    base = {moved.get(path, path): file for path, file in base.items()}
    merged = Merge(tree.get, base, new, frozenset(service.ejected)).changes()
    for change in merged:
        if change.file is not None or change.action == "removed":
            tree[change.path] = change.file
    changes += [*merged, *_taken_over(service, template, given)]
    wanted = partial(_is_of_generator, zones=zones, service=service)
    changes += _regenerate(tree, wanted, service)
    _run(tree, [migration.after for migration in chosen if migration.after])
    found = tree.changes()
    changes += _others(found, changes, zones)
    with tree.laid_out(wanted) as room:
        left = [entry for entry in differences(Service.at(room), tree, new) if entry.kind != "conflict"]
    report = Report(
        service.name,
        version.release,
        target,
        sorted(changes, key=lambda change: change.path),
        fragments(suite.changes(), version.release, target),
        chosen,
        left,
    )
    return Plan(report, found, zones)


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


def _before(tree: Tree, chosen: list[Migration], moved: dict[str, str], service: Service) -> list[Change]:
    """Run what comes before the merge; what could not be moved needs a person."""
    found = []
    for old, new in moved.items():
        if old in service.ejected:
            why = f"it was taken over, and the standard now has it as {new}: see which of the two you want"
            found.append(Change(old, "team", "kept", why, needs_person=True))
        elif old in tree:
            if new in tree or new in tree.folders:
                why = f"the standard calls it {new} now, which was here already: bring the two together"
                found.append(Change(old, "shared", "conflict", why, needs_person=True))
                continue
            tree[new], tree[old] = tree[old], None
    _run(tree, [migration.before for migration in chosen if migration.before])
    return found


def _run(tree: Tree, steps: Sequence[Callable[[Path], None]]) -> None:
    """Run the code of migrations, which works on a folder."""
    if steps:
        with tree.laid_out() as room:
            for step in steps:
                step(room)


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


def _is_of_generator(path: str, zones: Zones, service: Service) -> bool:
    """Whether the generator reads or writes the file, apart from the team's code."""
    in_contract = path.startswith(f"{service.contract.parent.as_posix()}/")
    return in_contract or path == suite.ANSWERS or zones.zone(path) == "generated"


def _regenerate(tree: Tree, wanted: Callable[[str], bool], service: Service) -> list[Change]:
    with tree.laid_out(wanted) as room:
        if not Service.at(room).contract.is_file():
            return []
        if not set(generated.stale(Service.at(room))) - {"paviour"}:
            return _generate(room, with_stubs=False)
    package = f"{service.package.as_posix()}/"
    with tree.laid_out(lambda path: wanted(path) or path.startswith(package)) as room:
        return _generate(room, with_stubs=True)


def _generate(room: Path, *, with_stubs: bool) -> list[Change]:
    try:
        service = Service.at(room)
        generated.generate(service, with_stubs=with_stubs)
        sdk.build(one for one in sdk.of_service(service) if one.exists)
    except ContractError as error:
        place = error.place.file
        path = place.relative_to(room).as_posix() if place.is_relative_to(room) else place.name
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
