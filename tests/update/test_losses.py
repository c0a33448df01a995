"""Nothing is lost: whatever the team did to a file, whatever the standard did to it, in every zone."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.support.git import git
from tests.support.suites import Suite, committed, files

LINES = [f"line {number}\n" for number in range(9)]
BEFORE = "".join(LINES)
TEAM = "".join(["the team's\n", *LINES[1:]])
STANDARD = "".join([*LINES[:-1], "the standard's\n"])
MERGED = "".join(["the team's\n", *LINES[1:-1], "the standard's\n"])
CLASH = "".join([*LINES[:-1], "the team's\n"])

FOLDERS = {
    "team": "docs/adr",
    "platform": "{platform}/cells",
    "shared": "shared",
    "ejected": "{platform}/taken",
}
PLATFORM = {"python": "src/quotes/platform", "typescript": "src/platform"}
TEAM_DOES = ["nothing", "edits", "clashes", "deletes", "renames", "adds"]
STANDARD_DOES = ["nothing", "edits", "deletes", "renames", "renames-silently", "adds"]
CELLS = [
    (zone, team, standard)
    for zone in FOLDERS
    for team in TEAM_DOES
    for standard in STANDARD_DOES
    if (team == "adds") <= (standard == "adds") and not (zone == "ejected" and standard == "adds")
    if standard != "adds" or team in ("nothing", "adds")
]


@dataclass
class Updated:
    stack: str
    service: Path
    status: int
    report: dict[str, Any]
    found: dict[str, str] = field(default_factory=dict)

    def place(self, zone: str, team: str, standard: str) -> str:
        return place(self.stack, zone, team, standard)

    def action(self, path: str) -> str:
        return next((entry["action"] for entry in self.report["files"] if entry["path"] == path), "")

    def needs_person(self, path: str) -> bool:
        return path in [entry["path"] for entry in self.report["needs_person"]]


def place(stack: str, zone: str, team: str, standard: str) -> str:
    return f"{FOLDERS[zone].format(platform=PLATFORM[stack])}/{team}-{standard}.txt"


def template(path: str) -> str:
    return "templates/{{ common }}/" + path.replace("src/quotes", "src/{{ package }}")


@pytest.fixture(scope="module")
def updated(stack: str, tmp_path_factory: pytest.TempPathFactory) -> Updated:
    """One update that has every cell in a file of its own."""
    room = tmp_path_factory.mktemp("losses")
    suite = Suite(room / "suite", "0.9.0")
    suite.edit("copier.yml", "      - /Dockerfile\n", "      - /Dockerfile\n      - /shared/\n")
    for zone, team, standard in CELLS:
        if standard != "adds":
            suite.write(template(place(stack, zone, team, standard)), BEFORE)
    suite.release("1.0.0")
    service = suite.new(room / "quotes", stack)
    taken = [place(stack, zone, team, standard) for zone, team, standard in CELLS if zone == "ejected"]
    done = suite.run("eject", *taken, "--reason", "a test", "--service", service)
    assert done.returncode == 0, done.stderr
    for zone, team, standard in CELLS:
        _edit(team, service / place(stack, zone, team, standard))
    committed(service, "What the team did")

    renamed = {}
    for zone, team, standard in CELLS:
        path = place(stack, zone, team, standard)
        source = suite.folder / template(path)
        match standard:
            case "edits" | "adds":
                suite.write(template(path), STANDARD)
            case "deletes":
                source.unlink()
            case "renames" | "renames-silently":
                source.rename(source.with_suffix(".new"))
                if standard == "renames":
                    renamed[path.replace("quotes", "{package}")] = path.replace("quotes", "{package}")[:-3] + "new"
    suite.write("hooks/migrations/v1_1_0/cells/migration.py", f'"""Give files new names."""\n\nRENAMED = {renamed!r}\n')
    suite.release("1.1.0")
    done = suite.run("update", service, "--format", "json")
    assert done.stdout, done.stderr
    found = {path: content.decode() for path, content in files(service).items()}
    return Updated(stack, service, done.returncode, json.loads(done.stdout), found)


def _edit(action: str, path: Path) -> None:
    match action:
        case "edits" | "adds":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(TEAM)
        case "clashes":
            path.write_text(CLASH)
        case "deletes":
            path.unlink()
        case "renames":
            path.rename(path.with_suffix(".mine"))


def cells(zone: str) -> list[Any]:
    return [
        pytest.param(team, standard, id=f"team {team}, standard {standard}")
        for at, team, standard in CELLS
        if at == zone
    ]


@pytest.mark.parametrize(("zone", "team", "standard"), CELLS)
def test_what_the_team_wrote_is_there_or_it_is_said_where(
    zone: str, team: str, standard: str, updated: Updated
) -> None:
    path = updated.place(zone, team, standard)
    written = {"edits": "the team's\n", "adds": "the team's\n", "clashes": "the team's\n"}.get(team)
    if written is None:
        return
    at = [found for found in (path, path[:-3] + "new") if written in updated.found.get(found, "")]
    if not at:
        told = [entry for entry in updated.report["files"] if entry["path"] in (path, path[:-3] + "new")]
        assert [entry["why"] for entry in told if "at HEAD" in entry["why"]], told
        assert written in git(updated.service, "show", f"HEAD:{path}")


@pytest.mark.parametrize(("team", "standard"), cells("team") + cells("ejected"))
def test_the_team_s_files_are_as_the_team_left_them(team: str, standard: str, updated: Updated) -> None:
    for zone in ("team", "ejected"):
        path = updated.place(zone, team, standard)
        at = path[:-3] + "new" if (zone, standard) == ("team", "renames") else path
        expected = {"edits": TEAM, "adds": TEAM, "clashes": CLASH, "nothing": BEFORE, "renames": None, "deletes": None}
        if standard != "adds":
            assert updated.found.get(at) == expected[team]
        elif zone == "team":
            assert updated.found.get(at) == (TEAM if team == "adds" else None)
        if team == "renames":
            assert updated.found[path[:-3] + "mine"] == BEFORE


@pytest.mark.parametrize(("team", "standard"), cells("platform"))
def test_the_platform_s_files_are_the_standard_s(team: str, standard: str, updated: Updated) -> None:
    path = updated.place("platform", team, standard)
    expected = {"nothing": BEFORE, "edits": STANDARD, "adds": STANDARD}.get(standard)
    assert updated.found.get(path) == expected
    new = path[:-3] + "new"
    assert updated.found.get(new) == (BEFORE if standard.startswith("renames") else None)
    if team == "renames":
        assert updated.found[path[:-3] + "mine"] == BEFORE
        assert path[:-3] + "mine" in [entry["path"] for entry in updated.report["differences"]]
    if team in ("edits", "clashes", "deletes") and standard in ("nothing", "edits"):
        assert updated.action(path) == "healed"
    if team in ("edits", "clashes") and standard in ("deletes", "renames-silently"):
        assert updated.action(path) == "removed"
    if team in ("edits", "clashes", "deletes") and standard == "renames":
        assert updated.action(new) == "healed"
    assert updated.needs_person(path) == (team == "adds")


@pytest.mark.parametrize(
    ("team", "standard", "expected", "action"),
    [
        ("nothing", "edits", STANDARD, "replaced"),
        ("nothing", "deletes", None, "removed"),
        ("nothing", "renames-silently", None, "removed"),
        ("nothing", "adds", STANDARD, "added"),
        ("edits", "nothing", TEAM, ""),
        ("edits", "edits", MERGED, "merged"),
        ("edits", "deletes", TEAM, "conflict"),
        ("edits", "renames", None, "migrated"),
        ("edits", "renames-silently", TEAM, "conflict"),
        ("clashes", "nothing", CLASH, ""),
        ("clashes", "deletes", CLASH, "conflict"),
        ("clashes", "renames-silently", CLASH, "conflict"),
        ("deletes", "nothing", None, ""),
        ("deletes", "edits", None, "kept"),
        ("deletes", "deletes", None, ""),
        ("deletes", "renames", None, ""),
        ("deletes", "renames-silently", None, ""),
        ("renames", "nothing", None, ""),
        ("renames", "edits", None, "kept"),
        ("renames", "deletes", None, ""),
    ],
)
def test_shared_files_are_merged(team: str, standard: str, expected: str | None, action: str, updated: Updated) -> None:
    path = updated.place("shared", team, standard)
    assert updated.found.get(path) == expected
    assert updated.action(path) == action
    assert updated.needs_person(path) == (action == "conflict")


def test_a_shared_file_is_merged_under_its_new_name(updated: Updated) -> None:
    assert updated.found["shared/edits-renames.new"] == TEAM
    assert updated.found["shared/nothing-renames.new"] == BEFORE
    assert updated.found["shared/renames-edits.mine"] == BEFORE
    assert "shared/deletes-renames.new" not in updated.found


@pytest.mark.parametrize(("path", "theirs"), [("shared/clashes-edits.txt", True), ("shared/adds-adds.txt", True)])
def test_where_both_changed_a_line_both_stand_there(path: str, theirs: bool, updated: Updated) -> None:
    text = updated.found[path]
    assert "<<<<<<< before updating\n" in text
    assert ">>>>>>> after updating\n" in text
    assert "the team's\n" in text
    assert ("the standard's\n" in text) is theirs
    assert updated.action(path) == "conflict"
    assert updated.needs_person(path)


def test_what_needs_a_person_is_unmerged_for_git_and_the_status_says_so(updated: Updated) -> None:
    listed = git(updated.service, "diff", "--name-only", "--diff-filter=U").split()
    with_sides = {entry["path"] for entry in updated.report["needs_person"] if entry["path"].startswith("shared/")}
    assert set(listed) == with_sides
    assert updated.status == 3
    assert updated.report["outcome"] == "conflict"


def test_a_conflict_can_not_be_committed_by_oversight(updated: Updated) -> None:
    done = subprocess.run(["git", "-C", updated.service, "commit", "-m", "x"], capture_output=True, check=False)
    assert done.returncode != 0


def test_a_file_taken_over_whose_original_changed_is_named(updated: Updated) -> None:
    told = {entry["path"]: entry["why"] for entry in updated.report["files"] if "taken over" in entry["why"]}
    assert updated.place("ejected", "nothing", "edits") in told
    assert updated.place("ejected", "nothing", "deletes") in told
    assert updated.place("ejected", "nothing", "nothing") not in told
