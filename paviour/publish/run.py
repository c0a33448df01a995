"""From a service to its published SDKs: what is to be published is laid into a folder, tried out, then uploaded.

The folder has one for each language, with the packages, the folder they were packed from, and a record of them.
So what was tried out is what is uploaded, by another job too, which runs nothing but the upload.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

from paviour.errors import UserError
from paviour.files import swap
from paviour.git import GitError, git
from paviour.publish.mock import mocking
from paviour.publish.releases import Release, tag
from paviour.publish.versions import changelog
from paviour.report import progress
from paviour.service import Service
from sdkgen.reader import read

RECORD = "release.json"
SOURCE = "source"
CHANGELOG = "CHANGELOG.md"

Build: TypeAlias = Callable[[Path, str], object]
"""Writes the SDK in that version into an empty folder."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A version of an SDK, ready to be uploaded."""

    language: str
    name: str
    version: str
    notes: str
    commit: str
    """What it was made from; with `+` where the work tree had more than that."""
    files: dict[str, str]
    """SHA-256 by name."""

    @property
    def release(self) -> Release:
        return Release(self.language, self.version, self.notes)


def prepare(
    service: Service, language: str, upcoming: Release, earlier: Sequence[Release], build: Build, into: Path
) -> Packed:
    """Pack the next version and try it out as an installer would. What was in that folder is replaced, or left whole.

    Raises UserError where the packages can't be made, installed or called.
    """
    tool = _tool(language)
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{language}-", dir=into) as room:
        fresh, source, packages = Path(room) / "fresh", Path(room) / "fresh" / SOURCE, Path(room) / "packages"
        for folder in (source, packages, Path(room) / "trial"):
            folder.mkdir(parents=True)
        with progress(f"{tool.TITLE}: packing"):
            build(source, upcoming.version)
            name = tool.name(source)
            (source / CHANGELOG).write_text(changelog(name, upcoming, earlier), "utf-8")
            for licence in service.root.glob("LICEN[CS]E*"):
                (source / licence.name).write_bytes(licence.read_bytes())
            files = [path.rename(fresh / path.name) for path in tool.pack(source, packages)]
        example = (source / tool.EXAMPLE).read_text("utf-8")
        with progress(f"{tool.TITLE}: trying it out"), mocking(read(service.contract)) as mock:
            tool.try_out(files, example, mock, Path(room) / "trial")
            if not mock.called:
                raise UserError(f"the first call by the installed {tool.TITLE} SDK has called no operation")
        digests = {path.name: _digest(path) for path in files}
        packed = Packed(language, name, upcoming.version, upcoming.notes, _commit(service), digests)
        (fresh / RECORD).write_text(json.dumps(asdict(packed), indent=2, ensure_ascii=False) + "\n", "utf-8")
        swap(fresh, into / language, Path(room) / "previous")
    return packed


def prepared(service: Service, language: str, into: Path) -> Packed | None:
    """What was laid into the folder, as it was tried out; None where nothing of that language was.

    Raises UserError where it is not from this commit, or not as it was.
    """
    path = into / language / RECORD
    if not path.exists():
        return None
    try:
        packed = Packed(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        raise UserError(f"{path} can't be read; make it anew: paviour sdk publish") from None
    if packed.commit != _commit(service):
        raise UserError(f"{path} was not made from this commit; make it anew: paviour sdk publish")
    for name, digest in packed.files.items():
        file = path.parent / name
        if Path(name).name != name or not file.is_file() or _digest(file) != digest:
            raise UserError(f"{file} is not what was tried out; make it anew: paviour sdk publish")
    return packed


def put(service: Service, packed: Packed, into: Path) -> list[str]:
    """Upload what the registry has not yet, then tag the commit. Returns the names of what was uploaded.

    Raises UserError where the registry does not take it; then there is no tag, and another run goes on.
    """
    if packed.commit.endswith("+"):
        raise UserError(
            f"{service.root}: contract/ or sdk/ has changes that are not committed; commit them, so that the version"
            " can be told from its tag"
        )
    tool = _tool(packed.language)
    with progress(f"{tool.TITLE}: uploading"):
        uploaded = tool.upload([into / packed.language / name for name in packed.files])
    tag(service, packed.release, f"{packed.name} {packed.version}")
    return [path.name for path in uploaded]


def _tool(language: str) -> Any:
    return import_module(f"paviour.publish.{language}")


def _commit(service: Service) -> str:
    try:
        head = git(service.root, "rev-parse", "HEAD").strip()
        changed = git(service.root, "status", "--porcelain", "--", "contract", "sdk").strip()
    except GitError as error:
        raise UserError(f"{service.root}: SDKs are published from a Git repository: {error}") from None
    return f"{head}+" if changed else head


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
