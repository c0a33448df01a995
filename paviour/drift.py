"""Differences between a service and what the paved road says it should be, found without a network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from paviour import __version__, generated, suite
from paviour import sdk as sdks
from paviour.errors import UserError
from paviour.render import Files
from paviour.sdk import Sdk
from paviour.service import Service
from paviour.tree import Folder, Tree
from paviour.zones import FILE, Zones

Kind: TypeAlias = Literal[
    "platform-changed",
    "platform-deleted",
    "platform-added",
    "conflict",
    "rejected",
    "stale",
    "generated-changed",
    "finding",
]

_MENDS: dict[Kind, str] = {
    "platform-changed": "`paviour update` restores it; use a setting or hook instead, or `paviour eject` it",
    "platform-deleted": "`paviour update` restores it",
    "platform-added": "move it out of the platform's folders",
    "conflict": "edit it to what both sides want, then `git add` it",
    "rejected": "do by hand what it says, then delete it",
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


def differences(service: Service, tree: Tree | None = None, fresh: Files | None = None) -> list[Difference]:
    """All differences, in a fixed order. Raises UserError where the service is of another version than this suite.

    `tree` has its files, where they are not all in its folder; `fresh` is its render, where that is at hand.
    """
    refuse_other_version(service)
    tree = tree or Tree(Folder(service.root))
    fresh = fresh or suite.files(service.given)
    return [*_platform(tree, fresh), *_left_by_a_merge(tree), *_generated(service)]


def refuse_other_version(service: Service) -> None:
    """Raises UserError where the service is of another version than this suite."""
    commit = str(service.answers.get("_commit", ""))
    released = commit.removeprefix("v").split("-")[0]
    if released.count(".") == 2 and released != __version__:
        raise UserError(
            f"this is paviour {__version__} and the service is on {released}; "
            f"run uvx --from paviour=={released} paviour check, or bring the service here by paviour update"
        )


def _platform(tree: Tree, fresh: Files) -> Iterator[Difference]:
    zones = Zones.parse(fresh[FILE].content)
    expected = {path: file for path, file in fresh.items() if zones.zone(path) == "platform"}
    for path, file in expected.items():
        if path not in tree:
            yield Difference("platform-deleted", path, "a platform file is gone")
        elif path != suite.ANSWERS and tree[path].content != file.content:
            yield Difference("platform-changed", path, "a platform file was changed here")
    for path in sorted(tree):
        if path not in expected and zones.zone(path) == "platform":
            yield Difference("platform-added", path, "a file that the platform does not have")


def _left_by_a_merge(tree: Tree) -> Iterator[Difference]:
    """What `paviour update`, `copier update` and `git apply` leave where they could not decide."""
    zones = Zones.read(tree[FILE].content if FILE in tree else None)
    for path in sorted(tree):
        if path.endswith(".rej"):
            yield Difference("rejected", path, "a change of the standard that could not be applied")
        elif zones.zone(path) == "shared" and has_conflict(tree[path].content):
            yield Difference("conflict", path, "both sides of a conflict stand in it")


def has_conflict(content: bytes) -> bool:
    """Whether a file has the three marks of a conflict, as `git merge-file` writes them."""
    starts = {line[:8] for line in content.splitlines()}
    return {b"<<<<<<< ", b"=======", b">>>>>>> "} <= starts


def _generated(service: Service) -> Iterator[Difference]:
    for path in generated.stale(service):
        if path == "paviour":
            yield Difference("stale", service.generated.name, "another version of paviour generated this code")
        else:
            yield Difference("stale", path, "the generated code is not of this file as it is now")
    for path in generated.edited(service):
        yield Difference("generated-changed", path, "a generated file is not as it was generated")
    for sdk in sdks.of_service(service):
        if sdk.exists:
            yield from _sdk(sdk, service.root)
    for line in generated.findings(service):
        path, _, message = line.partition(": ")
        yield Difference("finding", path, message)


def _sdk(sdk: Sdk, root: Path) -> Iterator[Difference]:
    place = sdk.folder.relative_to(root).as_posix()
    for name in sdks.stale(sdk):
        cause = (
            "another version of paviour made it" if name == "paviour" else f"it is not of contract/{name} as it is now"
        )
        yield Difference("stale", place, cause)
    for name in sdks.edited(sdk):
        yield Difference("generated-changed", f"{place}/{name}", "a generated file is not as it was generated")
