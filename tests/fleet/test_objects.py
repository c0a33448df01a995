"""Repositories read and written without a work tree: the same files as in one, whatever they are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from paviour.errors import UserError
from paviour.fleet.definition import Author
from paviour.fleet.objects import Objects, write
from paviour.git import GitError
from paviour.render import File
from paviour.tree import Folder, Tree
from tests.support.git import git
from tests.support.suites import committed

ODD = ['quo"te', "back\\slash", "new\nline", "ümläut", " space ", "a/b/c/deep.txt", "-dash", "tab\there"]
REF = "refs/heads/work"


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    for number, name in enumerate(ODD):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"\0\n" * number)
    (folder / "run").write_text("x")
    (folder / "run").chmod(0o755)
    (folder / "link").symlink_to("run")
    committed(folder, "First")
    return folder


def test_a_commit_has_the_files_of_its_work_tree(work: Path) -> None:
    with Objects(work) as objects:
        head = objects.commit("HEAD")
        assert head is not None
        found, there = Tree(objects.snapshot(head)), Tree(Folder(work))
        assert sorted(found) == sorted(there)
        assert [found[path] for path in sorted(found)] == [there[path] for path in sorted(there)]
        with pytest.raises(UserError, match="is a link here"):
            found.get("link")
        assert objects.commit("refs/heads/none") is None


def test_what_is_written_is_what_a_checkout_has(work: Path, tmp_path: Path) -> None:
    head = git(work, "rev-parse", "HEAD").strip()
    changes: dict[str, File | None] = {name: File(b"new " + name.encode()) for name in ODD[:4]}
    changes |= {"run": None, "sub/fresh": File(b"", executable=True)}
    commit = write(work, REF, [head], changes, "Messäge\n\nwith lines\n", Author("A B", "a@example.com"))
    assert git(work, "rev-parse", REF).strip() == commit
    assert git(work, "log", "-1", "--format=%an <%ae> %cn <%ce>|%B", REF).strip() == (
        "A B <a@example.com> A B <a@example.com>|Messäge\n\nwith lines"
    )
    git(tmp_path, "clone", "--quiet", "--branch", "work", work, tmp_path / "other")
    other = Tree(Folder(tmp_path / "other"))
    expected: dict[str, File | None] = {path: Tree(Folder(work))[path] for path in Tree(Folder(work))}
    expected |= changes
    assert {path: other[path] for path in other} == {path: file for path, file in expected.items() if file}
    assert git(work, "fsck", "--strict") == ""


def test_a_branch_only_moves_forward(work: Path) -> None:
    head = git(work, "rev-parse", "HEAD").strip()
    author = Author()
    first = write(work, REF, [head], {"a": File(b"1")}, "One", author)
    with pytest.raises(GitError) as refused:
        write(work, REF, [head], {"a": File(b"2")}, "Two", author)
    assert "does not contain" in refused.value.output
    assert git(work, "rev-parse", REF).strip() == first
    second = write(work, REF, [head, first], {"a": File(b"2")}, "Two", author)
    assert git(work, "rev-list", "--parents", "-1", second).split() == [second, head, first]


def test_what_is_no_repository_is_said(tmp_path: Path) -> None:
    with Objects(tmp_path) as objects, pytest.raises(UserError, match="no Git repository"):
        objects.commit("HEAD")
