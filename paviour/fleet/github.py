"""GitHub: which repositories an organization has, and one pull request for each of them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from paviour import __version__
from paviour.errors import UserError
from paviour.fleet.api import Api, ApiError, LostError
from paviour.fleet.definition import Fleet, GitHub, Member
from paviour.fleet.outcome import Checks, Outcome
from paviour.fleet.repositories import BRANCH, TOKEN

_HEAD = BRANCH.removeprefix("refs/heads/")
_MARK = "<!-- paviour: {} -->"
"""What a pull request's body ends with: the version that it is for."""
_LONGEST_BODY = 60_000
_RED = {"failure", "timed_out", "cancelled", "action_required", "startup_failure", "stale", "error"}


def github(fleet: Fleet) -> Forge | None:
    """Raises UserError where the token is missing."""
    if fleet.github is None:
        return None
    token = os.environ.get(TOKEN, "")
    if not token:
        raise UserError(f"the fleet file names an organization on GitHub; put a token into {TOKEN}")
    return Forge(fleet.github, Api(fleet.github.api, token), merges=fleet.merges_platform)


class Forge:
    """Pull requests of the organization's repositories (paviour.fleet.run.Forge)."""

    def __init__(self, definition: GitHub, api: Api, *, merges: bool) -> None:
        self._definition = definition
        self._api = api
        self._merges = merges

    def members(self) -> list[Member]:
        """The repositories with the topic that are not archived. Raises UserError where they can't be listed."""
        try:
            found = list(self._api.pages(f"/orgs/{self._definition.organization}/repos?per_page=100&type=all"))
        except ApiError as error:
            if error.status == 401:
                raise UserError(f"GitHub refuses the token in {TOKEN}; renew it") from None
            raise
        return [
            Member(entry["name"], entry["clone_url"], False, entry["default_branch"], slug=entry["full_name"])
            for entry in found
            if self._definition.topic in entry.get("topics", []) and not entry["archived"]
        ]

    def declined(self, member: Member) -> Outcome | None:
        """Whether a person has closed the pull request for this version without merging it."""
        try:
            newest = next(iter(self._pulls(member, "all")), None)
        except UserError as error:
            return Outcome(member.name, "failed", str(error), new=__version__)
        if newest is None or newest["state"] == "open" or newest.get("merged_at"):
            return None
        if _MARK.format(__version__) not in (newest.get("body") or ""):
            return None
        why = "its pull request for this version was closed; reopen it to get the update"
        return Outcome(member.name, "declined", why, new=__version__, url=newest["html_url"])

    def settle(self, member: Member, outcome: Outcome) -> Outcome:
        """Open or refresh the pull request, look at its checks, and merge it where that may be."""
        try:
            pull, is_new = self._pull(member, outcome)
            is_new = is_new or outcome.is_fresh
            outcome = replace(outcome, url=pull["html_url"])
            outcome = replace(outcome, checks=_worst(outcome.checks, self._checks(member, outcome.commit, is_new)))
            if self._merges and outcome.only_platform and outcome.checks == "passed" and not pull.get("draft"):
                return self._merged(member, pull, outcome)
        except UserError as error:
            return replace(outcome, state="failed", why=str(error))
        return outcome

    def _pulls(self, member: Member, state: str) -> Iterator[dict[str, Any]]:
        """Those of our branch, newest first; one of the same name in a fork is none of them."""
        head = quote(f"{self._definition.organization}:{_HEAD}", safe="")
        query = f"state={state}&head={head}&sort=created&direction=desc&per_page=100"
        for entry in self._api.get(f"/repos/{member.slug}/pulls?{query}"):
            if (entry["head"].get("repo") or {}).get("full_name") == member.slug:
                yield entry

    def _pull(self, member: Member, outcome: Outcome) -> tuple[dict[str, Any], bool]:
        """The one open pull request, and whether it is new."""
        wanted = {"title": outcome.title, "body": _shortened(outcome.body)}
        for _ in range(3):
            found = next(self._pulls(member, "open"), None)
            if found is not None:
                if found["title"] != wanted["title"] or (found.get("body") or "") != wanted["body"]:
                    path = f"/repos/{member.slug}/pulls/{found['number']}"
                    found = self._api.change("PATCH", path, wanted, repeatable=True)
                return found, False
            body = {**wanted, "head": _HEAD, "base": member.branch, "draft": bool(outcome.needs_person)}
            try:
                return self._api.change("POST", f"/repos/{member.slug}/pulls", body, repeatable=False), True
            except LostError:
                continue  # it may be there: look first
            except ApiError as error:
                if error.status != 422 or "already exists" not in str(error):
                    raise
        raise UserError("the pull request could not be opened; run it again later")

    def _checks(self, member: Member, commit: str, is_new: bool) -> Checks:
        """What the repository's own checks say of a commit."""
        runs = self._api.get(f"/repos/{member.slug}/commits/{commit}/check-runs?per_page=100")["check_runs"]
        statuses = self._api.get(f"/repos/{member.slug}/commits/{commit}/status?per_page=100")["statuses"]
        results = [run["conclusion"] if run["status"] == "completed" else "pending" for run in runs]
        results += [status["state"] for status in statuses]
        if _RED.intersection(results):
            return "failed"
        if "pending" in results or (not results and is_new):
            return "pending"
        return "passed" if results else "none"

    def _merged(self, member: Member, pull: dict[str, Any], outcome: Outcome) -> Outcome:
        path = f"/repos/{member.slug}/pulls/{pull['number']}"
        try:
            # With the commit, so that nothing is merged that was pushed meanwhile.
            self._api.change("PUT", f"{path}/merge", {"sha": outcome.commit, "merge_method": "squash"}, repeatable=True)
        except ApiError as error:
            if error.status not in (405, 409):
                raise
            if not self._api.get(path).get("merged"):  # it is, where only the first answer was lost
                return replace(outcome, why="GitHub leaves the merge to a person")
        return replace(outcome, state="merged")


def _shortened(body: str) -> str:
    if len(body) > _LONGEST_BODY:
        body = body[:_LONGEST_BODY].rpartition("\n")[0] + "\n\nThere is more: run `paviour update` to see it."
    return f"{re.sub('<!--.*?-->', '', body, flags=re.DOTALL)}\n\n{_MARK.format(__version__)}"


def _worst(ours: Checks, theirs: Checks) -> Checks:
    order: list[Checks] = ["failed", "pending", "none", "passed"]
    return min(ours, theirs, key=order.index)
