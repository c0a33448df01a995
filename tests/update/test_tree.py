"""A service's files, changed in memory: what code does to them in a folder, they are afterwards; links lead nowhere.

A tree knows paths and bytes and no stack, so this is tried once.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from paviour.errors import UserError
from paviour.render import File
from paviour.tree import Folder, Tree


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a.py").write_text("a\n")
    (tmp_path / "src/b.py").write_text("b\n")
    (tmp_path / "run").write_text("#!/bin/sh\n")
    (tmp_path / "run").chmod(0o755)
    (tmp_path / "secret").symlink_to("/etc/passwd")
    return Tree(Folder(tmp_path))


def test_what_code_does_in_the_folder_the_tree_has_afterwards(tree: Tree) -> None:
    with tree.laid_out() as room:
        assert sorted(path.name for path in room.rglob("*") if path.is_file()) == ["a.py", "b.py", "run"]
        (room / "src/a.py").write_text("changed\n")
        (room / "src/b.py").unlink()
        (room / "new").mkdir()
        (room / "new/c.py").write_text("c\n")
        (room / "run").chmod(0o644)
        (room / "link").symlink_to("/etc/passwd")
    assert not room.exists()
    assert tree.changes() == {
        "src/a.py": File(b"changed\n"),
        "src/b.py": None,
        "new/c.py": File(b"c\n"),
        "run": File(b"#!/bin/sh\n", executable=False),
    }
    assert sorted(tree) == ["new/c.py", "run", "src/a.py"]


def test_only_what_is_wanted_is_laid_out_and_the_rest_stays(tree: Tree) -> None:
    with tree.laid_out(lambda path: path == "src/a.py") as room:
        (room / "src/a.py").unlink()
    assert tree.changes() == {"src/a.py": None}
    assert "src/b.py" in tree


def test_what_was_put_back_is_no_change(tree: Tree) -> None:
    tree["src/a.py"] = None
    tree["d"] = File(b"d")
    tree["src/a.py"] = File(b"a\n")
    tree["d"] = None
    assert tree.changes() == {}


@pytest.mark.parametrize(
    ("path", "said"),
    [("secret", "is a link here"), ("src", "is a folder here"), ("run/below", "has a file on its way here")],
)
def test_what_is_no_file_is_in_the_way_of_one(path: str, said: str, tree: Tree) -> None:
    with pytest.raises(UserError, match=said):
        tree.get(path)
    assert tree.get("src/absent.py") is None
