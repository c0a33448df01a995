"""Differences between a service and what the paved road says it should be, found without a network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from paviour import __version__, generated, suite
from paviour.errors import UserError
from paviour.service import Service
from paviour.zones import Zones

Kind: TypeAlias = Literal[
    "platform-changed", "platform-deleted", "platform-added", "stale", "generated-changed", "finding"
]

_MENDS: dict[Kind, str] = {
    "platform-changed": "restore it, or use a setting or hook instead",
    "platform-deleted": "restore it from the repository's history",
    "platform-added": "move it out of the platform's folders",
    "stale": "run `make generate`",
    "generated-changed": "run `make generate`; change the contract to change what it says",
    "finding": "change the contract, or accept it in contract/waivers.yaml",
}


@dataclass(frozen=True, slots=True)
class Difference:
    kind: Kind
    path: str
    message: str

    @property
    def mend(self) -> str:
        return _MENDS[self.kind]


def differences(service: Service) -> list[Difference]:
    """All differences, in a fixed order. Raises UserError where the service is of another version than this suite."""
    _refuse_other_version(service)
    return [*_platform(service), *_generated(service)]


def _refuse_other_version(service: Service) -> None:
    commit = str(service.answers.get("_commit", ""))
    released = commit.removeprefix("v").split("-")[0]
    if released.count(".") == 2 and released != __version__:
        raise UserError(
            f"this is paviour {__version__} and the service is on {released}; "
            f"run uvx --from paviour=={released} paviour check"
        )


def _platform(service: Service) -> Iterator[Difference]:
    answers = {name: answer for name, answer in service.answers.items() if not name.startswith("_")}
    with suite.rendered(answers) as fresh:
        zones = Zones.of(fresh)
        expected = {path: fresh / path for path in _files(fresh) if zones.zone(path) == "platform"}
        for path, file in expected.items():
            found = service.root / path
            if not found.is_file():
                yield Difference("platform-deleted", path, "a platform file is gone")
            elif path != suite.ANSWERS and found.read_bytes() != file.read_bytes():
                yield Difference("platform-changed", path, "a platform file was changed here")
        for path in _files(service.root):
            if path not in expected and zones.zone(path) == "platform":
                yield Difference("platform-added", path, "a file that the platform does not have")


def _generated(service: Service) -> Iterator[Difference]:
    for path in generated.stale(service):
        if path == "paviour":
            yield Difference("stale", service.generated.name, "another version of paviour generated this code")
        else:
            yield Difference("stale", path, "the generated code is not of this file as it is now")
    for path in generated.edited(service):
        yield Difference("generated-changed", path, "a generated file is not as it was generated")
    for line in generated.findings(service):
        path, _, message = line.partition(": ")
        yield Difference("finding", path, message)


def _files(root: Path) -> list[str]:
    """All files below, without those that tools leave behind."""
    left_behind = {".git", ".venv", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", "node_modules"}
    return [
        path.relative_to(root).as_posix()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not left_behind & set(path.relative_to(root).parts)
    ]
