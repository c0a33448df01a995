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
from paviour.render import File, Files
from paviour.service import Service, answers_in
from paviour.tree import Tree
from paviour.update.changes import fragments
from paviour.update.merge import Change, Merge
from paviour.update.migrations import Migration, migrated, migrations, renames
from paviour.update.report import Report
from paviour.update.sources import template_at, url
from paviour.update.versions import Recorded, recorded, release, shown
from paviour.zones import FILE, Zones
from sdkgen.errors import ContractError


@dataclass(frozen=True, slots=True)
class Plan:
    report: Report
    files: Mapping[str, File | None]
    """What each path becomes; None: it goes."""
    is_of_platform: bool
    """Whether only files of the platform become others, but for the version's number where others name it."""


def plan(tree: Tree, data: Mapping[str, str] | None = None) -> Plan:
    """Bring a service to this version, with some answers changed.

    Raises UserError where it can't begin: a version that is newer or unknown, templates that are not to be had, answers
    that are another service's.
    """
    text = tree.get(suite.ANSWERS)
    if text is None:
        raise UserError(f"it has no {suite.ANSWERS}: no service of the paved road")
    service = Service(Path(), answers_in(text.content))
    version, target = recorded(service.answers.get("_commit")), release(__version__)
    _refuse_downgrade(version)
    chosen = migrations(suite.migrations(), version.release, target)
    given = migrated(service.given, chosen) | _known(data or {})
    if not any(path.startswith(f"{service.platform.as_posix()}/") for path in tree):
        raise service.without_platform()
    base, new = last_render(service), suite.files(given, str(service.answers["_src_path"]))
    _refuse_move(service, given)
    zones = Zones.parse(new[FILE].content)

    moved = renames(chosen, service.package)
    changes = _before(tree, chosen, moved, service)
    base = {moved.get(path, path): file for path, file in base.items()}
    merged = Merge(tree.get, base, new, frozenset(service.ejected)).changes()
    for change in merged:
        if change.file is not None or change.action == "removed":
            tree[change.path] = change.file
    changes += [*merged, *_taken_over(service, given)]
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
    of_platform = (zones.zone(path) == "platform" or _is_renumbered(tree, path, report) for path in found)
    return Plan(report, found, all(of_platform))


def _refuse_downgrade(version: Recorded) -> None:
    if version.release > release(__version__):
        raise UserError(
            f"the service is on {shown(version.release)}, which is newer than this paviour, {__version__}; "
            f"run uvx --from paviour=={shown(version.release)} paviour update"
        )


def _refuse_move(service: Service, given: Mapping[str, Any]) -> None:
    """An update never touches the team's code, so it can't bring it to where other answers would have it."""
    old, new = service.operations.as_posix(), Service(Path(), dict(given)).operations.as_posix()
    if old != new:
        raise UserError(
            f"the handlers are in {old}, and would have to be in {new}: a service keeps its stack and its package; "
            "make a new one with paviour new, and bring the code over"
        )


def _known(data: Mapping[str, str]) -> dict[str, str]:
    asked = suite.template().asked
    for name in data:
        if name not in asked:
            raise UserError(f"there is no answer {name!r}; there are {', '.join(asked)}")
    return dict(data)


def last_render(service: Service, **changed: Any) -> Files:
    """What the service was last rendered as, or would have been with changed answers.

    Raises UserError where the templates of that version are not to be had.
    """
    version = recorded(service.answers.get("_commit"))
    address = url(str(service.answers.get("_src_path") or ""))
    is_here = version.exact and version.release == release(__version__)
    template = suite.template() if is_here else template_at(address, version.ref)
    origin = str(service.answers["_src_path"])
    return template.files({**service.given, **changed}, commit=version.ref, source=origin)


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


def _taken_over(service: Service, given: Mapping[str, Any]) -> list[Change]:
    """Platform files that are the team's now: named where the standard's has changed since the last update."""
    if not service.ejected:
        return []
    before = last_render(service, ejected={})
    after = suite.files({**given, "ejected": {}}, str(service.answers["_src_path"]))
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
    source = f"{service.source.as_posix()}/"
    with tree.laid_out(lambda path: wanted(path) or path.startswith(source)) as room:
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


def _is_renumbered(tree: Tree, path: str, report: Report) -> bool:
    """Whether nothing but the version of the standard changes in a file, as where CI calls its workflows."""
    old, new = tree.original(path), tree.get(path)
    if old is None or new is None:
        return False
    return old.content.replace(shown(report.old).encode(), shown(report.new).encode()) == new.content


def _others(found: Mapping[str, File | None], changes: list[Change], zones: Zones) -> list[Change]:
    """What changed without the merge: by the generator, or by a migration."""
    known = {change.path for change in changes}
    return [
        Change(path, zones.zone(path), "regenerated" if zones.zone(path) == "generated" else "migrated", file=file)
        for path, file in found.items()
        if path not in known
    ]
