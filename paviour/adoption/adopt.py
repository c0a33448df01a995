"""Render beside an existing service, place what can be placed, and say what is left to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paviour import suite
from paviour.adoption.handlers import handlers, of
from paviour.errors import UserError
from paviour.generated import generate
from paviour.placing import as_given, place
from paviour.render import File
from paviour.service import Service
from paviour.tree import Folder, Tree
from paviour.update.journal import Journal
from paviour.update.workspace import Workspace
from paviour.zones import Zones
from sdkgen.errors import ContractError
from sdkgen.reader import read

REPORT = "ADOPTION.md"
BESIDE = ".standard"
"""What the standard's version of a file is called where the service has its own, and both are wanted."""

_OTHERS = {".cruft.json", ".cookiecutter.json", ".copier-answers.yaml"}
"""What binds a service to another template."""


@dataclass(frozen=True, slots=True)
class Adoption:
    placed: int
    report: str


def adopt(workspace: Workspace, contract: Path, given: Mapping[str, Any]) -> Adoption:
    """Bring the service in this folder onto the road. Nothing is committed.

    Raises UserError where it can't begin, ContractError for a contract that can't be used; then nothing has happened.
    """
    workspace.refuse_uncommitted()
    journal = Journal(workspace)
    tracked = workspace.tracked()
    with suite.rendered({**given, "contract": "own"}) as fresh:
        service = Service.at(fresh)
        place(contract, service)
        try:
            result = generate(service)
        except ContractError as error:
            raise as_given(error, service, contract) from None
        zones, coming, beside, replaced = Zones.of(fresh), {}, [], []
        here, standard = Tree(Folder(workspace.root)), Tree(Folder(fresh))
        for path in sorted(standard):
            ours, theirs = here.get(path), standard[path]
            if ours is None:
                coming[path] = theirs
            elif ours != theirs:
                if path not in tracked:
                    raise UserError(f"{path} is in the way, and Git ignores it, so that it would be lost; move it away")
                if zones.zone(path) in ("platform", "generated"):
                    coming[path] = theirs
                    replaced.append(path)
                else:
                    coming[path + BESIDE] = theirs
                    beside.append(path)
        known = handlers(workspace.root, tracked)
        to_do = [
            (f"{entry.method} {entry.path}", entry.id, of(entry.method, entry.path, known))
            for entry in read(service.contract).operations
        ]
        lines = [
            "# What is left to bring this service onto the road",
            "",
            "Most important first. Delete this file when it is done.",
        ]
        lines += _section(
            f"Write the operations, in `{service.operations.relative_to(fresh).as_posix()}`",
            [
                f"`{request}`: `{name}`"
                + (f", until now {found.place}" if found else ", for which no handler was found")
                for request, name, found in to_do
            ],
        )
        lines += _section(
            "Bring together what both have, then delete the file that ends in `.standard`",
            [f"`{path}` and `{path}{BESIDE}`" for path in beside],
        )
        lines += _section(
            "See whether what was replaced is missed; it is at `HEAD`, and an update would replace it again",
            [f"`{path}`" for path in replaced],
        )
        lines += _section(
            "Let go of the template that it came from; updates come from the road now",
            [f"`{path}`" for path in tracked if Path(path).name in _OTHERS],
        )
        lines += _section(
            "Requirements that the new pyproject.toml does not know of",
            _requirements(workspace, tracked) if "pyproject.toml" in standard else [],
        )
        lines += _section(
            "Accept or change what is not carried over from the contract (contract/waivers.yaml)",
            [f"{entry.id}: {entry.message}" for entry in result.findings if entry.waiver is None],
        )
        report = "\n".join(lines) + "\n"
        journal.write({**coming, REPORT: File(report.encode())}, [], {}, 0)
        journal.finish()
    return Adoption(len(coming), report)


def _section(title: str, entries: list[str]) -> list[str]:
    return ["", f"## {title}", "", *(f"- {entry}" for entry in entries)] if entries else []


def _requirements(workspace: Workspace, tracked: list[str]) -> list[str]:
    found = []
    for path in tracked:
        if Path(path).name.startswith("requirements") and path.endswith((".txt", ".in")):
            found += [
                f"`{line.strip()}` ({path})"
                for line in (workspace.root / path).read_text("utf-8", "replace").splitlines()
                if line.strip() and not line.strip().startswith(("#", "-"))
            ]
    return found
