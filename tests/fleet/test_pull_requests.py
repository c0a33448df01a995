"""One pull request for each repository, whatever the API does: limits, failures, answers that are lost on the way.

The API is a stub, served over HTTP; there is no repository behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from paviour.fleet import api, definition
from paviour.fleet.definition import Member
from paviour.fleet.github import Forge
from paviour.fleet.outcome import Outcome
from tests.support.github import TOKEN, Fault, GitHub, passed

MEMBER = Member("quotes", "https://github.example/acme/quotes.git", False, "main", slug="acme/quotes")
OFFERED = Outcome(
    "quotes", "offered", commit="c0ffee", checks="passed", only_platform=True, title="Update", body="Why."
)


@dataclass
class Desk:
    github: GitHub
    waits: list[float]

    def settle(self, outcome: Outcome = OFFERED, *, merges: bool = False) -> Outcome:
        """As one run does it."""
        where = definition.GitHub("acme", "service", self.github.url)
        return Forge(where, api.Api(where.api, TOKEN), merges=merges).settle(MEMBER, outcome)

    @property
    def pulls(self) -> list[dict[str, Any]]:
        return self.github.pulls["quotes"]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    waits: list[float] = []
    monkeypatch.setattr(api, "sleep", waits.append)
    github = GitHub(runs=[passed()])
    github.add("quotes", Path("/nowhere"))
    with github.serving():
        yield Desk(github, waits)


@pytest.mark.parametrize(
    ("runs", "statuses", "expected"),
    [
        ([passed()], [], "passed"),
        ([passed(), {"status": "in_progress", "conclusion": None}], [], "pending"),
        ([passed(), {"status": "completed", "conclusion": "failure"}], [], "failed"),
        ([passed()], [{"state": "pending"}], "pending"),
        ([passed()], [{"state": "error"}], "failed"),
        ([{"status": "completed", "conclusion": "skipped"}], [{"state": "success"}], "passed"),
        ([], [], "pending"),  # just opened: they will come
    ],
)
def test_it_is_merged_only_when_its_checks_are_green(
    runs: list[dict[str, Any]], statuses: list[dict[str, Any]], expected: str, desk: Desk
) -> None:
    desk.github.runs, desk.github.statuses = runs, statuses
    found = desk.settle(merges=True)
    assert (found.checks, found.state) == (expected, "merged" if expected == "passed" else "offered")
    assert desk.pulls[0]["merged"] == (expected == "passed")


@pytest.mark.parametrize(
    ("outcome", "merges"),
    [
        ({}, False),
        ({"only_platform": False}, True),
        ({"checks": "failed", "needs_person": ["Makefile: both"]}, True),
        ({"checks": "none", "differences": ["x"]}, True),
    ],
)
def test_nothing_else_is_merged(outcome: dict[str, Any], merges: bool, desk: Desk) -> None:
    found = desk.settle(Outcome.of({**OFFERED.as_dict(), **outcome}), merges=merges)
    assert (found.state, desk.github.count("PUT", "")) == ("offered", 0)


def test_without_any_check_nothing_is_green(desk: Desk) -> None:
    desk.github.runs = []
    desk.settle(merges=True)
    assert desk.settle(merges=True).checks == "none"
    fresh = Outcome.of({**OFFERED.as_dict(), "is_fresh": True})
    assert desk.settle(fresh, merges=True).checks == "pending"
    assert desk.pulls[0]["state"] == "open"


def test_a_merge_that_github_refuses_is_left_to_a_person(desk: Desk) -> None:
    desk.github.merge_is_refused = True
    found = desk.settle(merges=True)
    assert (found.state, found.why) == ("offered", "GitHub leaves the merge to a person")


@pytest.mark.parametrize("takes_effect", [True, False])
def test_a_merge_whose_answer_is_lost_is_seen(takes_effect: bool, desk: Desk) -> None:
    desk.github.faults = [Fault("PUT", "/merge", takes_effect=takes_effect)]
    assert desk.settle(merges=True).state == "merged"
    assert desk.github.count("PUT", "/merge") == 2


RATE = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "0"}


@pytest.mark.parametrize(
    ("fault", "waited"),
    [
        (Fault("GET", "/pulls", 403, RATE, "API rate limit exceeded"), 1),
        (Fault("POST", "/pulls", 403, {"Retry-After": "17"}, "You have exceeded a secondary rate limit"), 17),
        (Fault("POST", "/pulls", 429, {}, "Too many requests"), 60),
        (Fault("POST", "/pulls", 403, {}, "You have exceeded a secondary rate limit."), 60),
        (Fault("GET", "check-runs", 429, {"Retry-After": "5"}, times=3), 5),
    ],
    ids=["primary", "secondary", "unsaid", "by its message", "three times"],
)
def test_a_rate_limit_is_waited_for(fault: Fault, waited: float, desk: Desk) -> None:
    desk.github.faults = [Fault(**vars(fault))]
    assert desk.settle().state == "offered"
    assert waited in desk.waits
    assert len(desk.pulls) == 1


def test_a_rate_limit_that_holds_for_long_is_told_and_the_next_run_goes_on(desk: Desk) -> None:
    desk.github.faults = [Fault("POST", "/pulls", 403, {"Retry-After": "3600"}, "rate limit")]
    found = desk.settle()
    assert (found.state, "rate limit holds for 3600 s more" in found.why) == ("failed", True)
    assert desk.settle().state == "offered"
    assert len(desk.pulls) == 1


def test_what_is_forbidden_is_not_asked_again(desk: Desk) -> None:
    desk.github.faults = [Fault("POST", "/pulls", 403, {}, "Resource not accessible by personal access token", times=9)]
    found = desk.settle()
    assert found.why == "POST /repos/acme/quotes/pulls gave 403 Resource not accessible by personal access token"
    assert desk.github.count("POST", "/pulls") == 1


BAD_DAYS = {
    "5xx, nothing done": [Fault("POST", "/pulls", 502)],
    "5xx, done all the same": [Fault("POST", "/pulls", 500, takes_effect=True)],
    "lost, nothing done": [Fault("POST", "/pulls")],
    "lost, done all the same": [Fault("POST", "/pulls", takes_effect=True)],
    "lost twice": [Fault("POST", "/pulls"), Fault("POST", "/pulls", takes_effect=True)],
    "reading fails at first": [
        Fault("GET", "/pulls", 503, times=2),
        Fault("GET", "check-runs"),
        Fault("GET", "/status"),
    ],
    "what is there is not told": [Fault("POST", "/pulls", takes_effect=True), Fault("GET", "state=open", times=2)],
    "refreshing is lost": [Fault("PATCH", "/pulls", takes_effect=True), Fault("PATCH", "/pulls", 500)],
}


@pytest.mark.parametrize("day", BAD_DAYS)
def test_no_pull_request_is_doubled_or_forgotten_on_a_bad_day(day: str, desk: Desk) -> None:
    if day == "refreshing is lost":
        desk.settle()
        desk.pulls[0]["body"] = "other"
    desk.github.faults = [Fault(**vars(fault)) for fault in BAD_DAYS[day]]
    found = desk.settle()
    assert (found.state, found.url) == ("offered", desk.pulls[0]["html_url"])
    assert len(desk.pulls) == 1
    assert desk.pulls[0]["body"].startswith("Why.")
    assert not [fault for fault in desk.github.faults if fault.times], "each has happened"


def test_where_the_api_stays_down_the_next_run_opens_it(desk: Desk) -> None:
    desk.github.faults = [Fault("POST", "/pulls", 500, times=9)]
    found = desk.settle()
    assert (found.state, "could not be opened" in found.why) == ("failed", True)
    desk.github.faults = []
    assert desk.settle().state == "offered"


def test_a_body_that_is_too_long_for_github_is_cut(desk: Desk) -> None:
    long = Outcome.of({**OFFERED.as_dict(), "body": "- a line of it\n" * 10_000})
    desk.settle(long)
    body = desk.pulls[0]["body"]
    assert len(body) < 65_536
    assert "There is more" in body
    assert body.endswith("-->")
