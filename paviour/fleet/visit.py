"""One repository's update: planned on its newest commit, offered on a branch, merged where that may be.

This runs in workers, and may run twice: what a branch has already is not done again.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from paviour import __version__, suite
from paviour.errors import UserError
from paviour.fleet.definition import Author, Fleet, Member
from paviour.fleet.objects import Commit, Objects, write
from paviour.fleet.outcome import Outcome
from paviour.fleet.repositories import BRANCH, Repository, repository
from paviour.git import GitError, git
from paviour.service import answers_in
from paviour.tree import Tree
from paviour.update.plan import Plan, plan
from paviour.update.versions import shown

_TRAILER = "Paviour-Plan:"
"""Which plan a commit is of, so that the same is not offered twice."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done in each repository."""

    offers: bool
    """Whether anything is written; else it is only planned."""
    merges: bool
    author: Author
    templates: tuple[str, ...]
    """Where services may come from."""
    version: str = __version__
    """Of the command that orders it: a worker of another one would do something else."""

    @classmethod
    def of(cls, fleet: Fleet, *, offers: bool) -> Order:
        return cls(offers, fleet.merges_platform, fleet.author, tuple(fleet.templates))


def visit(member: Member, order: Order, today: date) -> Outcome:
    """Never raises for what is wrong with one repository: that is an outcome."""
    if member.refusal is not None and member.is_refused(today):
        why = f"until {member.refusal.until}: {member.refusal.reason}"
        return Outcome(member.name, "refused", why)
    if order.version != __version__:
        why = f"its worker has paviour {__version__}, not {order.version}; install that on all workers"
        return Outcome(member.name, "failed", why, new=order.version)
    try:
        found = repository(member)
        with Objects(found.folder) as objects:
            return _visited(member, found, objects, order)
    except UserError as error:
        return Outcome(member.name, "failed", str(error), new=__version__)
    except Exception as error:  # one service that nobody has foreseen does not stop the others
        return Outcome(member.name, "failed", f"unexpected {type(error).__name__}: {error}", new=__version__)


def _visited(member: Member, found: Repository, objects: Objects, order: Order) -> Outcome:
    base = objects.commit(found.base)
    if base is None:
        raise UserError(f"{member.location} has no commit on {member.branch or 'its branch'}")
    snapshot = objects.snapshot(base)
    tree = Tree(snapshot)
    _refuse_foreign(tree, order)
    planned = plan(tree)
    outcome = _told(member, planned)
    if not planned.files or not order.offers:
        return outcome
    try:
        commit, is_fresh = _offered(found, objects, base, planned, outcome, order)
    except _TakenError as taken:
        return replace(outcome, state="taken", why=str(taken), checks="none")
    is_mergeable = order.merges and outcome.only_platform and outcome.checks == "passed"
    is_merged = is_mergeable and member.slug is None and found.merge(commit, base.id)
    return replace(outcome, state="merged" if is_merged else "offered", commit=commit, is_fresh=is_fresh)


class _TakenError(Exception):
    """A person has the branch."""


def _offered(
    found: Repository, objects: Objects, base: Commit, planned: Plan, outcome: Outcome, order: Order
) -> tuple[str, bool]:
    """Put the plan on the branch, on top of what was offered before. Raises _TakenError.

    Returns the commit, and whether it is new.
    """
    name = BRANCH.removeprefix("refs/heads/")
    tip, digest = objects.commit(BRANCH), _digest(base, planned)
    is_ours = tip is not None and tip.committer == order.author.email and bool(_digest_of(tip))
    try:
        if tip is not None and is_ours and _digest_of(tip) == digest:
            commit, is_fresh = tip.id, False
        else:
            parents = [base.id]
            if tip is not None and not _is_ancestor(found.folder, tip, base):
                if not is_ours:
                    raise _TakenError(f"a person has committed to {name}: {tip.id[:10]}")
                parents.append(tip.id)
            if found.is_checked_out(BRANCH):
                raise _TakenError(f"{name} is checked out in {found.folder}")
            message = f"{outcome.title}\n\n{planned.report.summary}\n\n{_TRAILER} {digest}\n"
            commit = write(found.folder, BRANCH, parents, planned.files, message, order.author)
            is_fresh = True
        found.publish(commit)
    except GitError as error:
        if "does not contain" in error.output or "[rejected]" in error.output:
            raise _TakenError(f"{name} was moved meanwhile") from None
        raise
    return commit, is_fresh


def _refuse_foreign(tree: Tree, order: Order) -> None:
    """What a service's answers name is fetched and rendered, so it has to be known."""
    if suite.ANSWERS not in tree:
        raise UserError(f"it has no {suite.ANSWERS}: no service of the paved road; adopt it, or take it off the list")
    origin = answers_in(tree[suite.ANSWERS].content).get("_src_path")
    if origin not in order.templates:
        raise UserError(f"it comes from templates that the fleet does not know: {origin}; list them under `templates`")


def _told(member: Member, planned: Plan) -> Outcome:
    report = planned.report
    version = shown(report.new)
    return Outcome(
        member.name,
        "planned" if planned.files else "current",
        old=shown(report.old),
        new=version,
        checks="failed" if report.needs_person else "none" if report.differences else "passed",
        only_platform=planned.is_of_platform,
        counts=dict(Counter(change.action for change in report.changes)),
        needs_person=[f"{change.path}: {change.why}" for change in report.needs_person],
        differences=[f"{entry.path}: {entry.kind}: {entry.message}" for entry in report.differences],
        title=f"Update to {version} of the standard",
        body=report.markdown(),
    )


def _digest(base: Commit, planned: Plan) -> str:
    found = hashlib.sha256(f"{base.id} {shown(planned.report.new)}\n".encode())
    for path, file in sorted(planned.files.items()):
        content = "" if file is None else f"{hashlib.sha256(file.content).hexdigest()} {file.executable}"
        found.update(f"{path}\0{content}\n".encode("utf-8", "surrogateescape"))
    return found.hexdigest()


def _digest_of(commit: Commit) -> str:
    return next(
        (line.removeprefix(_TRAILER).strip() for line in commit.message.splitlines() if line.startswith(_TRAILER)), ""
    )


def _is_ancestor(folder: Path, commit: Commit, of: Commit) -> bool:
    return git(folder, "merge-base", commit.id, of.id).strip() == commit.id
