"""The fleet file: which repositories there are, who is first, who is left out (docs/reference/fleet.md)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml

from paviour import safe_yaml, suite
from paviour.errors import UserError

_NAME = "fleet.schema.json"
_PACKAGED = Path(__file__).with_name(_NAME)
_PUBLISHED = Path(__file__).parents[2] / "docs" / "reference" / "schemas" / _NAME
LAST_RING = "rest"
_FIT = re.compile(r"(?!\.{1,2}\Z)[A-Za-z0-9._-]+")
"""Names of repositories, which are names of files, too."""


@dataclass(frozen=True, slots=True)
class Refusal:
    reason: str
    until: date


@dataclass(frozen=True, slots=True)
class Member:
    """One repository of the fleet."""

    name: str
    location: str
    """A path or a URL."""
    is_here: bool
    """Whether it is a path."""
    branch: str | None = None
    """The branch that updates are for; None: the one that HEAD names."""
    ring: str = LAST_RING
    refusal: Refusal | None = None
    """Also one that has run out."""
    slug: str | None = None
    """Its name on GitHub with the organization's, where that is where it is from."""

    def is_refused(self, today: date) -> bool:
        return self.refusal is not None and today <= self.refusal.until


@dataclass(frozen=True, slots=True)
class GitHub:
    organization: str
    topic: str
    api: str


@dataclass(frozen=True, slots=True)
class Author:
    name: str = "Paviour"
    email: str = "paviour@fleet.invalid"


@dataclass(frozen=True, slots=True)
class Fleet:
    folder: Path
    listed: Sequence[Member]
    github: GitHub | None = None
    rings: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Names and patterns of repositories by ring, in order."""
    refusals: Mapping[str, Refusal] = field(default_factory=dict)
    first: int = 1
    failures: float = 0.1
    waits_for_checks: bool = True
    merges_platform: bool = False
    stop_file: Path = Path("STOP")
    verify: str | None = None
    author: Author = Author()
    templates: Sequence[str] = ()

    @property
    def ring_names(self) -> list[str]:
        return [*self.rings, LAST_RING]

    def members(self, found: Sequence[Member] = ()) -> list[Member]:
        """All repositories, those that are `found` elsewhere included, with their ring, in the order of an update.

        Raises UserError where two have one name, one has no fit name, or a refusal names none.
        """
        seen: dict[str, Member] = {}
        for member in [*self.listed, *found]:
            if not _FIT.fullmatch(member.name):
                raise UserError(f"{member.location} gives no name that a file can have; give it a `name`")
            if member.name in seen:
                raise UserError(
                    f"two repositories are called {member.name}: {seen[member.name].location} and {member.location}; "
                    "give one of them a `name`"
                )
            seen[member.name] = _placed(member, self)
        if unknown := self.refusals.keys() - seen:
            raise UserError(f"the refusal of {min(unknown)} names no repository of the fleet; correct it or remove it")
        order = self.ring_names
        return sorted(seen.values(), key=lambda member: order.index(member.ring))


def read(path: Path) -> Fleet:
    """Raises UserError where the file can't be read or is not as the schema has it."""
    try:
        document = safe_yaml.load(path.read_bytes())
    except OSError:
        raise UserError(f"there is no fleet file {path}; write one (docs/reference/fleet.md), or name it") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}" if mark else str(path)
        raise UserError(f"{place}: no YAML: {getattr(error, 'problem', 'it can not be parsed')}") from None
    try:
        document = json.loads(json.dumps(document, default=str))  # YAML's dates become what the schema has
    except ValueError:
        raise UserError(f"{path}: an anchor contains itself; write it out") from None
    faults = list(_validator().iter_errors(document))
    if faults:
        pointer = "".join(f"/{token}" for token in faults[0].instance_path) or "/"
        raise UserError(f"{path}: {pointer}: {faults[0].message}; docs/reference/fleet.md says what may stand there")
    return _fleet(path.resolve().parent, document)


def _fleet(folder: Path, document: dict[str, Any]) -> Fleet:
    ramp, github, rings = document.get("ramp", {}), document.get("github"), document.get("rings", [])
    if len({ring["name"] for ring in rings} | {LAST_RING}) != len(rings) + 1:
        raise UserError(f"the rings need names of their own, and none is called {LAST_RING}, as the last one is")
    return Fleet(
        folder,
        [_member(folder, entry) for entry in document.get("repositories", [])],
        github and GitHub(github["organization"], github["topic"], github.get("api", "https://api.github.com")),
        {ring["name"]: ring["repositories"] for ring in rings},
        {
            entry["repository"]: Refusal(entry["reason"], date.fromisoformat(entry["until"]))
            for entry in document.get("refusals", [])
        },
        ramp.get("first", 1),
        ramp.get("failures", 0.1),
        ramp.get("wait_for", "checks") == "checks",
        document.get("merge", "never") == "platform",
        folder / document.get("stop_file", "STOP"),
        document.get("verify"),
        Author(**document["author"]) if "author" in document else Author(),
        [suite.source(), *document.get("templates", [])],
    )


def _member(folder: Path, entry: dict[str, Any]) -> Member:
    location = entry.get("url") or str((folder / entry["path"]).resolve())
    name = entry.get("name") or location.rstrip("/").replace(":", "/").rpartition("/")[2].removesuffix(".git")
    return Member(name, location, "path" in entry, entry.get("branch"))


def _placed(member: Member, fleet: Fleet) -> Member:
    ring = next(
        (
            name
            for name, patterns in fleet.rings.items()
            if any(fnmatchcase(member.name, pattern) for pattern in patterns)
        ),
        LAST_RING,
    )
    return replace(member, ring=ring, refusal=fleet.refusals.get(member.name))


@cache
def _validator() -> Any:
    path = _PACKAGED if _PACKAGED.is_file() else _PUBLISHED
    schema = json.loads(path.read_text("utf-8"))
    # The values themselves are not told: there may be a password in a URL.
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True, mask="what stands there")
