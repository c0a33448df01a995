"""`make diff`, at a desk and in CI: a contract that breaks its callers does not get through unseen."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support.command import REPOSITORY
from tests.support.git import git

TERM = "How long the circuit is rented, in months.\n      type: "
APPROVED = "- {{fingerprint: {}, owner: team-quotes, reason: nobody sends it, expires: 2999-12-31}}\n"


@pytest.fixture
def service(starter: Path, tmp_path: Path) -> Path:
    """A branch of a service in a repository, whose `main` has the starter's contract."""
    folder = tmp_path / "quotes"
    shutil.copytree(starter, folder)
    git(folder, "init", "--quiet", "--initial-branch", "main")
    commit(folder, "Begin")
    git(folder, "checkout", "--quiet", "-b", "change")
    return folder


def commit(service: Path, message: str) -> None:
    git(service, "add", ".")
    git(service, "commit", "--quiet", "-m", message)


def change(service: Path, old: str, new: str) -> None:
    path = service / "contract/openapi.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def diff(service: Path, base: str = "main", *, annotated: bool = False) -> subprocess.CompletedProcess[str]:
    settings = [f"PAVIOUR={sys.executable} -m paviour", f"GITHUB_ACTIONS={'true' if annotated else ''}"]
    command = ["make", "--silent", "diff", f"BASE={base}", *settings]
    return subprocess.run(command, cwd=service, capture_output=True, text=True, check=False, timeout=60)


def in_ci(service: Path, room: Path) -> subprocess.CompletedProcess[str]:
    """What the workflow calls, in what GitHub checks out: the pull request merged, and no more history than it says."""
    jobs = yaml.safe_load((REPOSITORY / ".github/workflows/service-ci.yml").read_text("utf-8"))["jobs"]
    job = jobs["compatibility"]
    assert job["if"] == "github.event_name == 'pull_request'"
    base = re.fullmatch(r"make diff BASE=(\S+)", job["steps"][-1]["run"])
    assert base
    git(service, "checkout", "--quiet", "main")
    (service / "docs/other.md").write_text("Somebody else's.\n")
    commit(service, "Go on")
    git(service, "merge", "--quiet", "--no-ff", "-m", "Merge", "change")
    depth = str(job["steps"][0]["with"]["fetch-depth"])
    git(room, "clone", "--quiet", "--depth", depth, service.as_uri(), "checkout")
    return diff(room / "checkout", base[1], annotated=True)


def test_a_breaking_change_is_named_until_it_is_approved(service: Path) -> None:
    change(service, f"{TERM}integer", f"{TERM}string")
    done = diff(service)
    assert done.returncode != 0
    assert "term" in done.stdout
    fingerprints = set(re.findall(r"\b[0-9a-f]{16}\b", done.stdout))
    assert fingerprints

    (service / "contract/approvals.yaml").write_text("".join(map(APPROVED.format, sorted(fingerprints))))
    done = diff(service)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_compatible_change_passes(service: Path) -> None:
    change(service, TERM, f"For how many months the circuit is rented.{TERM[TERM.index(chr(10)) :]}")
    done = diff(service)
    assert done.returncode == 0, done.stdout + done.stderr


def test_in_ci_a_breaking_change_stands_on_its_line(service: Path, tmp_path: Path) -> None:
    change(service, f"{TERM}integer", f"{TERM}string")
    commit(service, "Change the term")
    done = in_ci(service, tmp_path)
    assert done.returncode != 0
    assert "::error file=contract/openapi.yaml,line=" in done.stdout


def test_in_ci_what_main_has_besides_is_no_change(service: Path, tmp_path: Path) -> None:
    (service / "README.md").write_text("Changed.\n")
    commit(service, "Change what is no contract")
    done = in_ci(service, tmp_path)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_an_approval_that_is_left_over_stops_no_change_of_something_else(service: Path) -> None:
    (service / "contract/approvals.yaml").write_text(APPROVED.format("0123456789abcdef"))
    commit(service, "Approve")
    git(service, "branch", "--force", "main")
    (service / "README.md").write_text("Changed.\n")
    assert diff(service).returncode == 0


def test_before_there_was_a_contract_nothing_can_break(service: Path) -> None:
    git(service, "rm", "--quiet", "-r", "--cached", "contract")
    git(service, "commit", "--quiet", "-m", "Without")
    git(service, "branch", "--force", "main")
    commit(service, "Add the contract")
    done = diff(service)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_a_branch_that_is_not_there_is_named(service: Path) -> None:
    done = diff(service, "origin/trunk")
    assert done.returncode != 0
    assert "no commit in common with origin/trunk: fetch it, or name another BASE" in done.stderr
