"""The templates of an earlier version, from the repository that the service names."""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import tarfile
import tempfile
from functools import cache
from pathlib import Path

from paviour.errors import UserError
from paviour.git import GitError, git
from paviour.render import Template
from paviour.suite import ANSWERS

_SHORTCUTS = {"gh:": "https://github.com/", "gl:": "https://gitlab.com/"}
"""Copier's own."""
_REFS = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")


@cache
def template_at(source: str, ref: str) -> Template:
    """The templates as they were at `ref`; kept in the user's cache, by commit.

    Raises UserError where the repository can't be reached or has no such commit.
    """
    try:
        repository, commit = _resolve(source, ref)
    except GitError as error:
        raise UserError(
            f"the templates of {ref} can't be had from {source}: {error}; connect to it, or correct _src_path and "
            f"_commit in {ANSWERS}"
        ) from None
    folder = user_cache() / "templates" / commit
    if not folder.is_dir():
        _export(repository, commit, folder)
    return Template(folder)


def url(source: str) -> str:
    """What Git calls the repository. Raises UserError for a relative path: elsewhere it means something else."""
    source = source.removeprefix("git+")
    for short, long in _SHORTCUTS.items():
        if source.startswith(short):
            return f"{long}{source.removeprefix(short).removesuffix('.git')}.git"
    if re.match(r"[a-z+]+://|[\w.-]+@[\w.-]+:", source) or Path(source).is_absolute():
        return source
    raise UserError(
        f"{ANSWERS} says _src_path: {source}, a relative path, which means something else on each machine; write the "
        "URL of the templates' repository there"
    )


def _resolve(source: str, ref: str) -> tuple[Path, str]:
    address = url(source)
    if Path(address).is_dir():
        return Path(address), _commit(Path(address), ref)
    repository = user_cache() / "sources" / f"{hashlib.sha256(address.encode()).hexdigest()[:20]}.git"
    if not repository.is_dir():
        repository.parent.mkdir(parents=True, exist_ok=True)
        git(repository.parent, "init", "--quiet", "--bare", str(repository))
    try:
        return repository, _commit(repository, ref)
    except GitError:
        git(repository, "fetch", "--quiet", "--no-write-fetch-head", "--", address, *_REFS)
        return repository, _commit(repository, ref)


def _commit(repository: Path, ref: str) -> str:
    try:
        return git(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}").strip()
    except GitError:
        raise GitError(f"there is no {ref} in it") from None


def _export(repository: Path, commit: str, folder: Path) -> None:
    """All or nothing, although two may do it at once: written beside, then renamed."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".export-", dir=folder.parent) as room:
        archive = Path(room) / "archive.tar"
        git(repository, "archive", "--format=tar", f"--output={archive}", commit, "copier.yml", "templates")
        with tarfile.open(fileobj=io.BytesIO(archive.read_bytes())) as tar:
            tar.extractall(Path(room) / "files", filter="data")
        try:
            os.rename(Path(room) / "files", folder)  # noqa: PTH104
        except OSError:
            if not folder.is_dir():
                raise
            shutil.rmtree(Path(room) / "files")


def user_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "paviour"
