"""A rendered service on disk: where its parts are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from paviour import safe_yaml
from paviour.errors import UserError
from paviour.stacks import STACKS, Stack
from paviour.suite import ANSWERS


@dataclass(frozen=True, slots=True)
class Service:
    root: Path
    answers: dict[str, Any]

    @classmethod
    def at(cls, folder: Path) -> Service:
        """The service in this folder. Raises UserError where there is none."""
        path = folder / ANSWERS
        if not path.is_file():
            raise UserError(f"{folder} is no service of the paved road: it has no {ANSWERS}; name the service's folder")
        return cls(folder, answers_in(path.read_bytes(), str(path)))

    @property
    def name(self) -> str:
        return str(self.answers["service"])

    @property
    def given(self) -> dict[str, Any]:
        """The answers, without what Copier records beside them."""
        return {name: answer for name, answer in self.answers.items() if not name.startswith("_")}

    @property
    def ejected(self) -> dict[str, dict[str, str]]:
        """Platform files that the team has taken over: since which version, and for what reason."""
        return dict(self.answers.get("ejected") or {})

    @property
    def stack(self) -> str:
        return str(self.answers.get("stack", "python"))

    @property
    def package(self) -> str:
        """The service's name where hyphens have no place."""
        return self.name.replace("-", "_")

    @property
    def source(self) -> Path:
        """The folder of the service's own modules."""
        return self.root / self._parts.source.format(package=self.package)

    @property
    def operations(self) -> Path:
        """The team's module of handlers."""
        return self.source / self._parts.operations

    @property
    def _parts(self) -> Stack:
        return STACKS[self.stack]

    @property
    def platform(self) -> Path:
        """The platform's modules."""
        return self.source / "platform"

    def without_platform(self) -> UserError:
        """What is wrong with a service whose answers were edited: it would get a second platform beside its own."""
        return UserError(
            f"{self.root / ANSWERS} says {self.name} in {self.stack}, and there is no {self.platform}; "
            "restore what was edited or deleted from the repository's history"
        )

    @property
    def contract(self) -> Path:
        return self.root / "contract" / "openapi.yaml"

    @property
    def generated(self) -> Path:
        return self.source / "contract"

    @property
    def lock(self) -> Path:
        """What the generated code was made from, and what came out."""
        return self.generated / "generated.json"


def answers_in(text: bytes, place: str = ANSWERS) -> dict[str, Any]:
    """What a service's answers file says. Raises UserError where it can't be read."""
    try:
        if safe_yaml.has_anchors(text):
            raise UserError(f"{place} has an anchor, which Copier writes none of; write it out")
        answers = safe_yaml.load(text.decode("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        raise UserError(f"{place} is no YAML; restore it from the repository's history") from None
    if not isinstance(answers, dict) or not isinstance(answers.get("service"), str):
        raise UserError(f"{place} has no answer `service`; restore it from the repository's history")
    if answers.get("stack", "python") not in list(STACKS):
        known = ", ".join(STACKS)
        raise UserError(f"{place} has a stack that is none of {known}; restore it from the repository's history")
    return answers
