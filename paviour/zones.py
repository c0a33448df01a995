"""Who owns which path of a service (`.paviour/zones.yaml`)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeAlias

import yaml
from pathspec import GitIgnoreSpec

from paviour import safe_yaml
from paviour.errors import UserError

Zone: TypeAlias = Literal["team", "platform", "shared", "generated"]
FILE = ".paviour/zones.yaml"


class Zones:
    """The zones of one service. A path that no pattern names is the team's: it is something the team has added."""

    def __init__(self, patterns: dict[Zone, list[str]]) -> None:
        self._specs = {zone: GitIgnoreSpec.from_lines(lines) for zone, lines in patterns.items()}
        self._known: dict[str, Zone] = {}

    @classmethod
    def of(cls, folder: Path) -> Zones:
        """Read the zones of the service in this folder. Raises UserError where they can't be read."""
        place = folder / FILE
        return cls.read(place.read_bytes() if place.is_file() else None, str(place))

    @classmethod
    def read(cls, text: bytes | None, place: str = FILE) -> Zones:
        """What a service's file says. Raises UserError where it can't be read, or is not there."""
        try:
            return cls.parse(text or b"")
        except (yaml.YAMLError, KeyError, TypeError):
            raise UserError(f"{place} can't be read; restore it from the repository's history") from None

    @classmethod
    def parse(cls, text: bytes) -> Zones:
        """Raises what PyYAML raises, KeyError or TypeError where it is no list of zones."""
        return _parsed(text)

    def claims(self, path: str) -> list[Zone]:
        """All zones with a pattern for this path (relative, with forward slashes). More than one is a mistake."""
        return [zone for zone, spec in self._specs.items() if spec.match_file(path)]

    def zone(self, path: str) -> Zone:
        if path not in self._known:
            self._known[path] = next(iter(self.claims(path)), "team")
        return self._known[path]


@lru_cache(maxsize=64)
def _parsed(text: bytes) -> Zones:
    """Services of one standard have the same zones, and many are looked at in a fleet."""
    return Zones(safe_yaml.load(text)["zones"])
