"""`paviour fleet update` on local repositories: a branch for each, and nothing of a person's is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fleet.conftest import AUDIT, BRANCH, Fleet, at, tip
from tests.support.git import git
from tests.support.suites import files


def note(work: Path) -> None:
    (work / "docs/note.md").write_text("A note.\n")


def test_the_branch_has_what_paviour_update_does_in_a_work_tree(fleet: Fleet, tmp_path: Path) -> None:
    def worked_on(work: Path) -> None:
        (work / "src/quotes/rating.py").write_text("RATE = 1\n")
        (work / AUDIT).unlink()
        (work / "src/quotes/platform/auth.py").write_text("# drifted\n")
        makefile = work / "Makefile"
        makefile.write_text(makefile.read_text() + "\nours: ## Ours\n\techo ours\n")

    quotes = fleet.add("quotes", worked_on)
    assert fleet.states() == {"quotes": "offered"}
    work, other = tmp_path / "updated", tmp_path / "offered"
    git(tmp_path, "clone", "--quiet", quotes, work)
    assert fleet.suite.run("update", work).returncode == 0
    git(tmp_path, "clone", "--quiet", "--branch", "paviour/update", quotes, other)
    assert files(other) == files(work)
    assert git(quotes, "log", "-1", "--format=%an %s", BRANCH).strip() == "Paviour Update to 1.1.0 of the standard"
    assert git(quotes, "rev-parse", f"{BRANCH}^") == git(quotes, "rev-parse", "main")


def test_a_second_update_does_nothing(fleet: Fleet) -> None:
    quotes = fleet.add("quotes")
    fleet.states()
    before = git(quotes, "for-each-ref")
    assert fleet.states() == {"quotes": "offered"}
    assert git(quotes, "for-each-ref") == before


def test_what_was_offered_is_refreshed_on_the_same_branch_when_main_moves(fleet: Fleet) -> None:
    quotes = fleet.add("quotes")
    fleet.states()
    first = tip(quotes)
    fleet.commit(quotes, note)
    assert fleet.states() == {"quotes": "offered"}
    parents = git(quotes, "log", "-1", "--format=%P", BRANCH).split()
    assert parents == [tip(quotes, "refs/heads/main"), first], "the branch moves forward, nothing is forced"
    assert at(quotes, BRANCH, "docs/note.md") == "A note.\n"
    assert git(quotes, "for-each-ref", "--format=%(refname)").split() == ["refs/heads/main", BRANCH]


def test_a_person_s_commit_on_the_branch_stays(fleet: Fleet) -> None:
    quotes, orders = fleet.add("quotes"), fleet.add("orders", by_url=True)
    fleet.states()
    theirs = [fleet.commit(place, note, "paviour/update") for place in (quotes, orders)]
    for place in (quotes, orders):
        fleet.commit(place, lambda work: (work / "docs/other.md").write_text(""))
    found = fleet.json("update")["repositories"]
    assert [entry["state"] for entry in found] == ["taken", "taken"]
    assert theirs[0][:10] in found[0]["why"]
    assert [tip(quotes), tip(orders)] == theirs


def test_a_person_who_is_quicker_is_not_overwritten(fleet: Fleet) -> None:
    quotes = fleet.add("quotes", by_url=True)
    orders = fleet.add("orders")
    fleet.write()
    # Between reading the branch and writing it, somebody makes one of that name.
    quick = """
import subprocess
import paviour.fleet.visit as visit
written, folders = visit.write, {folders!r}
def slow(*arguments):
    command = ["git", "-C", folders.pop(0), "update-ref", "refs/heads/paviour/update", "refs/heads/theirs"]
    subprocess.run(command, check=True)
    return written(*arguments)
visit.write = slow
"""
    for place in (quotes, orders):
        theirs = fleet.commit(place, note)
        git(place, "update-ref", "refs/heads/theirs", theirs)
        git(place, "update-ref", "refs/heads/main", f"{theirs}^")
    done = fleet.run("update", first=quick.format(folders=[str(quotes), str(orders)]))
    assert done.returncode == 0, done.stderr
    assert "quotes: taken, 1.0.0 to 1.1.0, paviour/update was moved meanwhile" in done.stdout
    assert "orders: taken, 1.0.0 to 1.1.0, paviour/update was moved meanwhile" in done.stdout
    assert [tip(place) == tip(place, "refs/heads/theirs") for place in (quotes, orders)] == [True, True]


@pytest.mark.parametrize("how", ["--ff-only", "--squash"])
def test_once_it_is_merged_there_is_nothing_to_do(how: str, fleet: Fleet) -> None:
    quotes = fleet.add("quotes")
    fleet.states()
    fleet.commit(quotes, lambda work: git(work, "merge", how, "origin/paviour/update"))
    assert fleet.states() == {"quotes": "current"}
    assert "1 service: 0 behind 1.1.0, 0 drifted" in fleet.run("status").stdout


def test_a_conflict_is_offered_and_needs_a_person(fleet: Fleet) -> None:
    quotes = fleet.add("quotes", lambda work: (work / ".paviour/standard").write_text("x\n"))
    fleet.more["ramp"] = {"failures": 1}

    def clash(work: Path) -> None:
        (work / "contract/openapi.yaml").write_text("openapi: 3.1.0\n")

    fleet.commit(quotes, clash)
    done = fleet.run("update")
    assert done.returncode == 3
    assert "quotes: offered, 1.0.0 to 1.1.0, 1 file to be decided by a person" in done.stdout


def test_what_is_the_platform_s_alone_is_merged_where_the_fleet_file_says_so(fleet: Fleet, tmp_path: Path) -> None:
    quotes, orders = fleet.add("quotes"), fleet.add("orders", by_url=True)
    work = tmp_path / "at-work"
    git(tmp_path, "clone", "--quiet", quotes, work)
    fleet.repositories.append({"path": "at-work"})
    shared = fleet.add(
        "shared",
        lambda folder: (folder / "contract/openapi.yaml").write_text(
            (folder / "contract/openapi.yaml").read_text().replace("title: Quotes", "title: Our quotes")
        ),
    )
    assert set(fleet.states().values()) == {"offered"}
    fleet.more["merge"] = "platform"
    assert fleet.states() == {"quotes": "merged", "orders": "merged", "at-work": "offered", "shared": "offered"}
    for place in (quotes, orders):
        assert at(place, "main", ".paviour/standard") == "1.1.0\n"
    assert at(work, "main", ".paviour/standard") == "1.0.0\n", "somebody works on it"
    assert git(work, "status", "--porcelain") == ""
    assert at(shared, "main", ".paviour/standard") == "1.0.0\n", "the generated code changes, too"


def test_a_refusal_holds_until_its_day(fleet: Fleet) -> None:
    quotes, orders = fleet.add("quotes"), fleet.add("orders")
    fleet.more["refusals"] = [
        {"repository": "quotes", "reason": "Frozen.", "until": "2999-12-31"},
        {"repository": "orders", "reason": "Frozen.", "until": "2020-01-01"},
    ]
    done = fleet.run("update")
    assert "quotes: refused, until 2999-12-31: Frozen." in done.stdout
    assert (tip(quotes), bool(tip(orders))) == ("", True)


def test_what_is_wrong_with_one_repository_is_said_of_it_alone(fleet: Fleet, tmp_path: Path) -> None:
    fleet.more["ramp"] = {"failures": 1}
    fleet.add("quotes")
    fleet.add("foreign", lambda work: _answer(work, "_src_path: ", "https://evil.example/templates.git"))
    fleet.add("newer", lambda work: _answer(work, "_commit: ", "v9.0.0"))
    fleet.add("plain", lambda work: (work / ".copier-answers.yml").unlink())
    fleet.add("linked", lambda work: _linked(work))
    git(tmp_path, "init", "--quiet", "--bare", tmp_path / "empty.git")
    fleet.repositories += [{"path": "empty.git"}, {"path": "nowhere.git"}, {"url": (tmp_path / "gone.git").as_uri()}]
    done = fleet.run("update")
    assert done.returncode == 1
    said = dict(line.split(": ", 1) for line in done.stdout.splitlines())
    assert said["quotes"].startswith("offered")
    assert "templates that the fleet does not know: https://evil.example" in said["foreign"]
    assert "newer than this paviour" in said["newer"]
    assert "no service of the paved road" in said["plain"]
    assert f"{AUDIT} is a link here" in said["linked"]
    assert "has no commit" in said["empty"]
    assert "there is no folder" in said["nowhere"]
    assert "failed" in said["gone"]


def _answer(work: Path, name: str, value: str) -> None:
    answers = work / ".copier-answers.yml"
    lines = [f"{name}{value}" if line.startswith(name) else line for line in answers.read_text().splitlines()]
    answers.write_text("\n".join(lines) + "\n")


def _linked(work: Path) -> None:
    (work / AUDIT).unlink()
    (work / AUDIT).symlink_to("/etc/passwd")


def test_the_plan_tells_what_an_update_would_do_and_writes_nothing(fleet: Fleet) -> None:
    quotes = fleet.add("quotes")
    before = git(quotes, "for-each-ref")
    done = fleet.run("plan")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:2] == [
        "wave 1, ring rest",
        "  quotes: planned, 1.0.0 to 1.1.0: 1 regenerated, 5 replaced; the platform's files only",
    ]
    assert git(quotes, "for-each-ref") == before
    assert not (fleet.room / ".paviour-fleet").exists()
