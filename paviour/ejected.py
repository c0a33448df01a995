"""Platform files that a service's team has taken over.

They are recorded in `.copier-answers.yml`, which every render of the service reads, Copier's too; the zones, CODEOWNERS
and .gitattributes follow from there.
"""

from __future__ import annotations

from pathlib import Path

from paviour import suite
from paviour.errors import UserError
from paviour.render import Files
from paviour.service import Service
from paviour.update.versions import recorded, shown
from paviour.zones import FILE, Zones

_FOLLOWING = (suite.ANSWERS, FILE, ".github/CODEOWNERS", ".gitattributes")
_NEVER = (suite.ANSWERS, ".paviour/")


def eject(service: Service, paths: list[str], reason: str) -> None:
    """Give platform files to the team. Raises UserError where one can't be had; then none is given."""
    zones, fresh = Zones.of(service.root), _render(service, service.ejected)
    for path in paths:
        if path in service.ejected:
            raise UserError(f"{path} is the team's since {service.ejected[path]['since']}")
        if path.startswith(_NEVER):
            raise UserError(f"{path} is how the service's state is known, and stays the platform's")
        if not (service.root / path).is_file():
            raise UserError(f"there is no file {path}; name one by its path in the service, with forward slashes")
        if (zone := zones.zone(path)) != "platform":
            raise UserError(f"{path} is {zone}, not platform: nothing has to be taken over")
        if path not in fresh:
            raise UserError(f"{path} is not the platform's, although it is in its folder; move it out")
    since = shown(recorded(service.answers.get("_commit")).release)
    entries = {path: {"since": since, "reason": reason} for path in paths}
    _follow(service, _render(service, dict(sorted({**service.ejected, **entries}.items()))))


def uneject(service: Service, paths: list[str]) -> None:
    """Give files back: they become what the platform has. Raises UserError where one was not taken over."""
    for path in paths:
        if path not in service.ejected:
            taken = ", ".join(service.ejected) or "no file is"
            raise UserError(f"{path} was not taken over; what is: {taken}")
    fresh = _render(service, {path: entry for path, entry in service.ejected.items() if path not in paths})
    _follow(service, fresh)
    for path in paths:
        if path in fresh:
            fresh[path].write(service.root / path)


def _render(service: Service, ejected: dict[str, dict[str, str]]) -> Files:
    return suite.files({**service.given, "ejected": ejected}, str(service.answers.get("_src_path")))


def _follow(service: Service, fresh: Files) -> None:
    """Write what says whose each path is."""
    for path in _FOLLOWING:
        if path not in service.ejected and path in fresh:
            fresh[path].write(service.root / path)


def inside(service: Service, path: Path) -> str:
    """A path relative to the service, as it was given or from the current folder."""
    root = service.root.resolve()
    place = root / path if (root / path).exists() or not path.exists() else Path.cwd() / path
    try:
        return place.resolve().relative_to(root).as_posix()
    except ValueError:
        raise UserError(f"{path} is not in the service {service.root}") from None
