"""The released versions of a service's SDKs: tags of its repository, like `sdk-python-v1.3.0`.

A tag stands on the commit that a version was made from. So the contract that callers of that version rely on is what
the tag has in contract/, and the tag's message is what the changelog says of the version.
"""

from __future__ import annotations

import io
import os
import re
import tarfile
from dataclasses import dataclass
from pathlib import Path

from paviour.errors import UserError
from paviour.git import GitError, git
from paviour.service import Service

_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Release:
    """A version of the SDK in one language."""

    language: str
    version: str
    notes: str
    """Markdown: what callers have to know of it."""

    @property
    def tag(self) -> str:
        return f"sdk-{self.language}-v{self.version}"


def numbers(version: str) -> tuple[int, ...]:
    """A version as it is ordered. Raises UserError for what is no plain semantic version."""
    found = _VERSION.fullmatch(version)
    if found is None:
        raise UserError(f"the version {version!r} is no semantic version without a suffix; write it as 1.4.0")
    return tuple(map(int, found.groups()))


def releases(service: Service, language: str) -> list[Release]:
    """All in the history of HEAD, the newest first. Raises UserError where the history is not all there."""
    try:
        shallow = git(service.root, "rev-parse", "--is-shallow-repository").strip() == "true"
        form = "%(refname:strip=2)%00%(contents:body)%00"
        pattern = f"refs/tags/sdk-{language}-v*"
        listed = git(service.root, "for-each-ref", f"--format={form}", "--merged=HEAD", pattern)
    except GitError as error:
        raise UserError(
            f"{service.root}: the releases of the SDKs are tags of the service's repository: {error}"
        ) from None
    if shallow:
        raise UserError(
            f"{service.root}: the repository is a shallow clone, so tags may be missing: git fetch --unshallow --tags"
        )
    fields = listed.split("\0")
    found = []
    for name, notes in zip(fields[::2], fields[1::2], strict=False):
        version = name.strip().removeprefix(f"sdk-{language}-v")
        if _VERSION.fullmatch(version):
            found.append(Release(language, version, notes.strip()))
    return sorted(found, key=lambda release: numbers(release.version), reverse=True)


def contract(service: Service, release: Release, room: Path) -> Path:
    """The contract that a version was made from, laid into a folder. Raises UserError where its tag has none."""
    try:
        archive = git(service.root, "archive", "--format=tar", release.tag, "contract")
    except GitError as error:
        raise UserError(
            f"the tag {release.tag} has no contract ({error}); put it on the commit that was published"
        ) from None
    with tarfile.open(fileobj=io.BytesIO(os.fsencode(archive))) as tar:
        tar.extractall(room, filter="data")
    return room / service.contract.relative_to(service.root)


def code_changed(service: Service, release: Release, lock: str) -> bool:
    """Is the generated code other than it was at that release? The lock says what made it, and so does not count."""
    folder = f"sdk/{release.language}"
    return bool(git(service.root, "diff", "--name-only", release.tag, "--", folder, f":(exclude){folder}/{lock}"))


def tag(service: Service, release: Release, title: str) -> None:
    """Record a version as released, on HEAD. A tag that is there already stays."""
    if not git(service.root, "tag", "--list", release.tag).strip():
        message = f"{title}\n\n{release.notes}\n".encode()
        git(service.root, "tag", "--annotate", "--cleanup=whitespace", "--file=-", release.tag, given=message)
