"""What a service of the fleet is, and how far it is from the standard: read from its repository alone."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

from paviour import __version__, safe_yaml, suite
from paviour.errors import UserError
from paviour.fleet.definition import Fleet, Member
from paviour.fleet.objects import Objects
from paviour.fleet.repositories import Repository, repository
from paviour.git import git
from paviour.service import Service, answers_in
from paviour.tree import Tree
from paviour.update.plan import last_render
from paviour.update.versions import recorded, release, shown
from paviour.zones import FILE, Zones

_CONTRACT = "contract/openapi.yaml"
_STANDARD = ".paviour/standard"


@dataclass(frozen=True, slots=True)
class Entry:
    repository: str
    location: str
    ring: str
    error: str | None = None
    """Why nothing else is known."""
    refused: str | None = None
    service: str | None = None
    stack: str | None = None
    owner: str | None = None
    domain: str | None = None
    standard: str | None = None
    """The version of the standard that it is on."""
    is_behind: bool = False
    drift: Sequence[str] = ()
    """Platform files that are not as that version has them."""
    ejected: Sequence[str] = ()
    contract: str | None = None
    """The version of its contract."""
    lifecycle: str | None = None
    tier: int | None = None
    audience: str | None = None
    slo: dict[str, Any] | None = None
    sdks: dict[str, str] = field(default_factory=dict)
    """Versions by language."""
    verify: dict[str, int] | None = None
    """How many checks of `paviour verify` passed, failed, were skipped."""
    history: Sequence[tuple[str, str]] = ()
    """Since which day it was on which version, oldest first."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def inventory(fleet: Fleet, members: Sequence[Member], executor: Executor, today: date) -> list[Entry]:
    """All entries, by name."""
    jobs = [executor.submit(entry, member, verified(fleet, member.name), today) for member in members]
    return sorted((job.result() for job in jobs), key=lambda found: found.repository)


def verified(fleet: Fleet, name: str) -> Path | None:
    return fleet.folder / fleet.verify.replace("{name}", name) if fleet.verify else None


def entry(member: Member, result: Path | None, today: date) -> Entry:
    """Never raises for what is wrong with one repository: that is in its entry."""
    refused = None
    if member.refusal and member.is_refused(today):
        refused = f"until {member.refusal.until}: {member.refusal.reason}"
    known: dict[str, Any] = {
        "repository": member.name,
        "location": member.location,
        "ring": member.ring,
        "refused": refused,
    }
    try:
        found = repository(member)
        with Objects(found.folder) as objects:
            return Entry(**known, **_read(member, found, objects), verify=_verified(result))
    except UserError as error:
        return Entry(**known, error=str(error))
    except Exception as error:  # one service that nobody has foreseen does not hide the others
        return Entry(**known, error=f"unexpected {type(error).__name__}: {error}")


def _read(member: Member, found: Repository, objects: Objects) -> dict[str, Any]:
    base = objects.commit(found.base)
    if base is None:
        raise UserError(f"{member.location} has no commit on {member.branch or 'its branch'}")
    tree = Tree(objects.snapshot(base))
    if suite.ANSWERS not in tree:
        raise UserError(f"it has no {suite.ANSWERS}: no service of the paved road")
    service = Service(Path(), answers_in(tree[suite.ANSWERS].content))
    version = recorded(service.answers.get("_commit")).release
    info = _info(tree)
    paved = _mapping(info.get("x-paved"))
    return {
        "service": service.name,
        "stack": _text(service.answers.get("stack")),
        "owner": _text(paved.get("owner")) or _text(service.answers.get("owner")),
        "domain": _text(paved.get("domain")) or _text(service.answers.get("domain")),
        "standard": shown(version),
        "is_behind": version < release(__version__),
        "drift": _drift(service, tree),
        "ejected": sorted(service.ejected),
        "contract": _text(info.get("version")),
        "lifecycle": _text(paved.get("lifecycle")),
        "tier": paved.get("tier") if _is_number(paved.get("tier")) else None,
        "audience": _text(paved.get("audience")),
        "slo": _slo(_mapping(paved.get("slo"))) or None,
        "sdks": dict(_sdks(tree)),
        "history": list(_history(found, objects, base.id)),
    }


def _drift(service: Service, tree: Tree) -> list[str]:
    fresh = last_render(service)
    zones = Zones.parse(fresh[FILE].content)
    expected = {path for path in fresh if zones.zone(path) == "platform" and path != suite.ANSWERS}
    different = {path for path in expected if path not in tree or tree[path].content != fresh[path].content}
    return sorted(different | {path for path in tree if path not in fresh and zones.zone(path) == "platform"})


def _info(tree: Tree) -> dict[str, Any]:
    """The Info Object of the contract; empty where it can't be read, which is for `paviour generate` to say."""
    if _CONTRACT not in tree:
        return {}
    try:
        return _mapping(_mapping(safe_yaml.load(tree[_CONTRACT].content)).get("info"))
    except (yaml.YAMLError, UnicodeDecodeError):
        return {}


def _sdks(tree: Tree) -> Iterator[tuple[str, str]]:
    readers: dict[str, Callable[[str], Any]] = {"pyproject.toml": _of_pyproject, "package.json": _of_package}
    for path in sorted(tree):
        folder, _, name = path.rpartition("/")
        if folder.startswith("sdk/") and folder.count("/") == 1 and name in readers:
            try:
                version = readers[name](tree[path].content.decode("utf-8"))
            except (ValueError, KeyError, TypeError):
                continue
            if isinstance(version, str):
                yield folder.removeprefix("sdk/"), version


def _of_pyproject(text: str) -> Any:
    return tomllib.loads(text)["project"]["version"]


def _of_package(text: str) -> Any:
    return json.loads(text)["version"]


def _verified(path: Path | None) -> dict[str, int] | None:
    try:
        summary = json.loads(path.read_text("utf-8"))["summary"] if path else None
        return {name: int(summary[name]) for name in ("passed", "failed", "skipped")} if summary else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _history(found: Repository, objects: Objects, commit: str) -> Iterator[tuple[str, str]]:
    """From the commits that changed the file which has the version."""
    options = ("--first-parent", "--no-renames", "--raw", "--no-abbrev", "--format=%ct", "--diff-merges=first-parent")
    when, lines = "", git(found.folder, "log", *options, commit, "--", _STANDARD).splitlines()
    days = []
    for line in filter(None, lines):
        if not line.startswith(":"):
            when = datetime.fromtimestamp(int(line), UTC).date().isoformat()
        elif (blob := line.split()[3]).strip("0"):
            days.append((when, objects.content(blob).decode("utf-8", "replace").strip()))
    yield from reversed(days)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _slo(given: dict[str, Any]) -> dict[str, Any]:
    """What of it is as x-paved.schema.json has it."""
    latency = _mapping(given.get("latency"))
    found = {"availability": given["availability"]} if _is_number(given.get("availability")) else {}
    if all(_is_number(latency.get(name)) for name in ("threshold", "target")):
        found["latency"] = {name: latency[name] for name in ("threshold", "target")}
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(value: Any) -> str | None:
    """A scalar as text. What has anchors in it could become endless."""
    return str(value) if isinstance(value, str | int | float | date) else None
