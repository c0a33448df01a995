"""A fault that a service might have, and who must notice it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Fault:
    """One text of a platform file replaced by another."""

    name: str
    file: str
    old: str
    new: str
    noticed_by: str
    """The ids of checks, separated by spaces: with a `*` all that begin so, but for those with a `!`."""
    algorithm: str = "RS256"
    """What the issuer signs with where the fault shows."""
    profile: str = "rfc9068"
    """The kind of issuer that the service trusts where the fault shows."""

    production: bool = False
    """Whether it shows in production alone."""

    def seed(self, service: Path) -> None:
        """Put the fault into a copy of the service."""
        [path] = (*service.glob(f"src/*/platform/{self.file}"), *service.glob(f"src/platform/{self.file}"))
        text = path.read_text("utf-8")
        assert text.count(self.old) == 1, f"{self.file} has {text.count(self.old)} times: {self.old}"
        path.write_text(text.replace(self.old, self.new), "utf-8")
