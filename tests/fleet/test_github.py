"""The fleet on GitHub: one pull request for each repository. The API is a stub, served over HTTP."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.fleet.conftest import AUDIT, BRANCH, Fleet, at, tip
from tests.support.git import git
from tests.support.github import TOKEN, Fault, GitHub, passed

# The API's waits are noted, not waited for.
NOTED = """
import paviour.fleet.api as api
def noted(seconds):
    with open({path!r}, "a") as file:
        file.write(f"{{seconds:.2f}}\\n")
api.sleep = noted
"""


class Estate:
    """A fleet whose repositories are on the stub."""

    def __init__(self, fleet: Fleet, github: GitHub) -> None:
        self.fleet = fleet
        self.github = github
        self.notes = fleet.room / "waits"
        fleet.more["github"] = {"organization": "acme", "topic": "service", "api": github.url}

    def add(self, name: str, **details: Any) -> Path:
        place = self.fleet.add(name)
        self.fleet.repositories.pop()
        self.github.add(name, place, **details)
        return place

    def run(self, command: str = "update", *options: str, first: str = "") -> subprocess.CompletedProcess[str]:
        done = self.fleet.run(command, *options, first=NOTED.format(path=str(self.notes)) + first)
        assert TOKEN not in done.stdout + done.stderr
        for path in self.fleet.room.rglob("*"):
            if path.is_file() and path.stat().st_size < 100_000:
                assert TOKEN.encode() not in path.read_bytes(), f"the token is in {path}"
        return done

    def update(self) -> dict[str, dict[str, Any]]:
        done = self.run("update", "--format", "json")
        assert done.stdout, done.stderr
        return {entry["repository"]: entry for entry in json.loads(done.stdout)["repositories"]}

    def states(self) -> dict[str, str]:
        return {name: entry["state"] for name, entry in self.update().items()}

    @property
    def waits(self) -> list[float]:
        return [float(line) for line in self.notes.read_text().splitlines()] if self.notes.exists() else []


@pytest.fixture
def estate_on_github(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> Iterator[Estate]:
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    github = GitHub(runs=[passed()])
    with github.serving():
        yield Estate(fleet, github)


@pytest.fixture
def one(estate_on_github: Estate) -> Estate:
    estate_on_github.add("quotes")
    return estate_on_github


def test_each_repository_with_the_topic_gets_one_pull_request(estate_on_github: Estate) -> None:
    for name in ("alpha", "beta", "gamma"):
        estate_on_github.add(name)
    estate_on_github.add("old", archived=True)
    estate_on_github.add("other", topics=[])
    found = estate_on_github.update()
    assert {name: entry["state"] for name, entry in found.items()} == dict.fromkeys(
        ("alpha", "beta", "gamma"), "offered"
    )
    github = estate_on_github.github
    pull = github.pulls["alpha"][0]
    assert (pull["title"], pull["head"]["ref"], pull["base"]) == (
        "Update to 1.1.0 of the standard",
        "paviour/update",
        "main",
    )
    assert "audit events have a new first line" in pull["body"]
    assert found["alpha"]["url"] == pull["html_url"]
    assert github.tokens == {f"Bearer {TOKEN}"}
    assert [len(pulls) for pulls in github.pulls.values()] == [1, 1, 1, 0, 0]


def test_its_own_pull_request_is_refreshed_and_never_doubled(one: Estate) -> None:
    one.update()
    one.github.pulls["quotes"][0]["body"] = "somebody's notes"
    one.fleet.commit(one.github.repositories["quotes"], lambda work: (work / AUDIT).write_text("# drifted\n"))
    assert one.states() == {"quotes": "offered"}
    assert len(one.github.pulls["quotes"]) == 1
    assert f"`{AUDIT}`: healed" in one.github.pulls["quotes"][0]["body"]
    before = len(one.github.calls)
    one.update()
    assert not [call for call in one.github.calls[before:] if not call.startswith("GET")], "nothing to refresh"


def test_one_that_a_person_closed_is_not_opened_again_for_this_version(one: Estate) -> None:
    one.update()
    one.github.pulls["quotes"][0]["state"] = "closed"
    place = one.github.repositories["quotes"]
    before = tip(place)
    one.fleet.commit(place, lambda work: (work / "note.md").write_text(""))
    found = one.update()["quotes"]
    assert (found["state"], "reopen it" in found["why"]) == ("declined", True)
    assert (len(one.github.pulls["quotes"]), tip(place)) == (1, before)
    one.github.pulls["quotes"][0]["body"] = "<!-- paviour: 1.0.0 -->"
    assert one.states() == {"quotes": "offered"}, "a later version is another question"
    assert len(one.github.pulls["quotes"]) == 2


def test_one_of_a_fork_is_not_taken_for_its_own(one: Estate) -> None:
    one.update()
    one.github.pulls["quotes"][0]["head"]["repo"]["full_name"] = "mallory/quotes"
    one.github.pulls["quotes"][0]["state"] = "closed"
    assert one.states() == {"quotes": "offered"}
    assert [pull["state"] for pull in one.github.pulls["quotes"]] == ["closed", "open"]


def test_what_is_green_and_the_platform_s_alone_is_merged(one: Estate) -> None:
    one.fleet.more["merge"] = "platform"
    one.github.faults = [Fault("PUT", "/merge", takes_effect=True)]
    assert one.states() == {"quotes": "merged"}
    assert at(one.github.repositories["quotes"], "main", ".paviour/standard") == "1.1.0\n"
    assert one.states() == {"quotes": "current"}


def test_what_needs_a_person_is_a_draft(one: Estate) -> None:
    one.fleet.commit(
        one.github.repositories["quotes"], lambda work: (work / "contract/openapi.yaml").write_text("openapi: 3.1.0\n")
    )
    assert one.run().returncode == 1, "one of one failed"
    assert one.github.pulls["quotes"][0]["draft"] is True
    assert "To be decided by a person" in one.github.pulls["quotes"][0]["body"]


@pytest.mark.parametrize("name", ["settle", "_checks"])
def test_killed_around_the_pull_request_and_run_again(name: str, estate_on_github: Estate) -> None:
    for repository in ("alpha", "beta"):
        estate_on_github.add(repository)
    kill = f"""
import os, signal
import paviour.fleet.github as module
def deadly(*_):
    os.kill(os.getpid(), signal.SIGKILL)
module.Forge.{name} = deadly
"""
    assert estate_on_github.run(first=kill).returncode == -signal.SIGKILL
    assert estate_on_github.states() == {"alpha": "offered", "beta": "offered"}
    assert [len(pulls) for pulls in estate_on_github.github.pulls.values()] == [1, 1]
    for place in estate_on_github.github.repositories.values():
        assert git(place, "rev-list", "--count", f"main..{BRANCH}").strip() == "1"


def test_what_is_wrong_with_the_organization_is_one_line(one: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    def said() -> str:
        done = one.run("status")
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
        return done.stderr

    one.github.faults = [Fault("GET", "/orgs", 401, message="Bad credentials")]
    assert "refuses the token in GITHUB_TOKEN; renew it" in said()
    one.github.faults = [Fault("GET", "/orgs", 500, times=9)]
    assert "run it again later" in said()
    one.github.faults = [Fault("GET", "/orgs", 302, {"Location": "http://evil.example/"})]
    assert "gave 302" in said()
    one.github.organization = "nobody"
    assert "404 Not Found" in said()
    monkeypatch.delenv("GITHUB_TOKEN")
    assert "put a token into GITHUB_TOKEN" in said()


def test_git_gets_the_token_for_its_own_host_and_no_other(one: Estate) -> None:
    seen: dict[str, list[str]] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.setdefault(self.path.split("/")[1], []).append(self.headers.get("Authorization", ""))
            self.send_error(404)

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    one.github.details["quotes"] = {"clone_url": f"{address}/quotes.git"}
    one.fleet.repositories = [{"url": f"{address}/listed.git"}]
    one.fleet.more["ramp"] = {"failures": 1}
    assert set(one.states().values()) == {"failed"}
    server.shutdown()
    server.server_close()
    assert all(value.startswith("Basic ") for value in seen["quotes.git"])
    assert set(seen["listed.git"]) == {""}
