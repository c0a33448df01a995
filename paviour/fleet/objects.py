"""A repository's objects, read and written without a work tree: one process reads, one writes."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from paviour.errors import UserError
from paviour.fleet.definition import Author
from paviour.git import GitError, environment, git
from paviour.render import File

_FILE_MODES = {b"100644": False, b"100664": False, b"100755": True}
_FOLDER = b"40000"


@dataclass(frozen=True, slots=True)
class Commit:
    id: str
    committer: str
    """The address."""
    message: str
    parents: tuple[str, ...]


class Objects:
    """Reads what a revision names; as a context manager, so that the process ends."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        command = ["git", "cat-file", "--batch"]
        self._process = subprocess.Popen(  # noqa: S603
            command,
            cwd=folder,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self) -> Objects:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):  # it has ended, and said so before
                    stream.close()
        self._process.wait()

    def commit(self, revision: str) -> Commit | None:
        """The commit that a branch or an id names; None where there is none."""
        found = self._object(f"{revision}^{{commit}}")
        if found is None:
            return None
        head, _, message = found[1].decode("utf-8", "replace").partition("\n\n")
        fields = [line.partition(" ") for line in head.splitlines()]
        committer = next((value for name, _, value in fields if name == "committer"), "")
        parents = tuple(value for name, _, value in fields if name == "parent")
        return Commit(found[0], committer.partition("<")[2].partition(">")[0], message, parents)

    def snapshot(self, commit: Commit) -> Snapshot:
        """The files of a commit; they are read while this is open."""
        files: dict[str, tuple[str, bool]] = {}
        links: set[str] = set()
        self._list(f"{commit.id}^{{tree}}", "", files, links)
        return Snapshot(self, files, links)

    def content(self, blob: str) -> bytes:
        found = self._object(blob)
        if found is None:
            raise UserError(f"{self.folder} has no object {blob}, which a commit names; run git fsck there")
        return found[1]

    def _list(self, tree: str, prefix: str, files: dict[str, tuple[str, bool]], links: set[str]) -> None:
        found = self._object(tree)
        if found is None:
            raise UserError(f"{self.folder} has no object {tree}, which a commit names; run git fsck there")
        for mode, name, blob in _entries(found[1], len(found[0]) // 2):
            path = prefix + name
            if mode == _FOLDER:
                self._list(blob, f"{path}/", files, links)
            elif mode in _FILE_MODES:
                files[path] = (blob, _FILE_MODES[mode])
            else:
                links.add(path)

    def _object(self, revision: str) -> tuple[str, bytes] | None:
        """Id and content of an object; None for one that is not there."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None  # noqa: S101, PT018  # they are pipes
        try:
            stdin.write(revision.encode() + b"\n")
            stdin.flush()
        except OSError:
            raise GitError(f"{self.folder} is no Git repository that can be read") from None
        head = stdout.readline().split()
        if not head:
            raise GitError(f"{self.folder} is no Git repository that can be read")
        if head[-1] in (b"missing", b"ambiguous"):
            return None
        content = stdout.read(int(head[2]))
        stdout.read(1)
        return head[0].decode(), content


class Snapshot:
    """The files of one commit (paviour.tree.Origin). Services of one standard share most of them."""

    def __init__(self, objects: Objects, files: Mapping[str, tuple[str, bool]], links: set[str]) -> None:
        self._objects = objects
        self._files = files
        self.links = links

    @property
    def files(self) -> Mapping[str, tuple[str, bool]]:
        return self._files

    def read(self, path: str) -> File:
        key = self._files[path]
        if key not in _KNOWN:
            if len(_KNOWN) > _MOST:
                _KNOWN.clear()
            _KNOWN[key] = File(self._objects.content(key[0]), key[1])
        return _KNOWN[key]


_KNOWN: dict[tuple[str, bool], File] = {}
"""Files by the id of their content, which is the same in every repository."""
_MOST = 5000


def write(
    folder: Path, ref: str, parents: Sequence[str], files: Mapping[str, File | None], message: str, author: Author
) -> str:
    """Commit these changes of the first parent's files to a branch, which moves forward or not at all; returns its id.

    Raises GitError where the branch has come to name something that is not among the parents' history.
    """
    text = message.encode()
    lines = [
        b"feature done\n",  # a stream that breaks off is no commit
        f"commit {ref}\nmark :1\n".encode(),
        f"committer {author.name} <{author.email}> {int(time.time())} +0000\n".encode(),
        b"data %d\n%s\n" % (len(text), text),
        f"from {parents[0]}\n".encode(),
        *(f"merge {parent}\n".encode() for parent in parents[1:]),
    ]
    for path, file in sorted(files.items()):
        if file is None:
            lines.append(b"D %s\n" % _quoted(path))
        else:
            mode = b"100755" if file.executable else b"100644"
            lines.append(b"M %s inline %s\ndata %d\n%s\n" % (mode, _quoted(path), len(file.content), file.content))
    lines.append(b"get-mark :1\ndone\n")
    return git(folder, "fast-import", "--quiet", given=b"".join(lines)).strip()


def _quoted(path: str) -> bytes:
    escaped = os.fsencode(path).replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"%s"' % escaped


def _entries(tree: bytes, length: int) -> Iterator[tuple[bytes, str, str]]:
    """Mode, name and id of each entry of a tree object, whose ids have this many bytes."""
    at = 0
    while at < len(tree):
        end = tree.index(b"\0", at)
        mode, _, name = tree[at:end].partition(b" ")
        at = end + 1 + length
        yield mode, os.fsdecode(name), tree[end + 1 : at].hex()
