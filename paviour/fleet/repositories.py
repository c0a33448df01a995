"""Where a repository's objects are: its own folder, or a mirror of it; and how a branch gets to it."""

from __future__ import annotations

import base64
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from paviour.errors import UserError
from paviour.fleet.definition import Member
from paviour.git import git
from paviour.update.sources import user_cache

BRANCH = "refs/heads/paviour/update"
"""Where updates are offered: one for each repository."""
TOKEN = "GITHUB_TOKEN"  # noqa: S105  # the name of a variable
_BASE = "refs/paviour/base"


@dataclass(frozen=True, slots=True)
class Repository:
    folder: Path
    base: str
    """The branch that updates are for, as it is called here."""
    url: str | None
    """Where it is fetched from and pushed to; None where this is the repository itself."""
    branch: str | None

    token_for: str | None = None
    """The URL that the token is for, where it is needed."""

    def publish(self, commit: str) -> None:
        """Raises GitError where somebody else was quicker: nothing is ever forced."""
        if self.url:
            self._remote("push", "--quiet", "--", self.url, f"{commit}:{BRANCH}")

    def merge(self, commit: str, base: str) -> bool:
        """Let the branch that the update is for move on to it; False where that has to be left to a person.

        Raises GitError where somebody else was quicker.
        """
        if self.url:
            target = f"refs/heads/{self.branch}" if self.branch else self._head()
            self._remote("push", "--quiet", "--", self.url, f"{commit}:{target}")
            return True
        target = git(self.folder, "rev-parse", "--symbolic-full-name", self.base).strip()
        if self.is_checked_out(target):
            return False
        git(self.folder, "update-ref", "-m", "paviour fleet update", target, commit, base)
        return True

    def is_checked_out(self, branch: str) -> bool:
        """Whether somebody works on it, whose files would not be those of the branch if it moved."""
        if self.url or not ((self.folder / ".git").exists() or (self.folder / "worktrees").exists()):
            return False
        used = [part.splitlines() for part in git(self.folder, "worktree", "list", "--porcelain").split("\n\n")]
        return any(f"branch {branch}" in lines and "bare" not in lines for lines in used)

    def _head(self) -> str:
        listed = self._remote("ls-remote", "--symref", "--", self.url or "", "HEAD")
        return listed.partition("ref: ")[2].partition("\t")[0]

    def _remote(self, *arguments: str) -> str:
        return git(self.folder, *arguments, more=_authorization(self.token_for))


def repository(member: Member) -> Repository:
    """Raises UserError where it can't be reached."""
    if member.is_here:
        folder = Path(member.location)
        if not folder.is_dir():
            raise UserError(f"there is no folder {folder}; correct the path in the fleet file")
        return Repository(folder, f"refs/heads/{member.branch}" if member.branch else "HEAD", None, member.branch)
    mirror = user_cache() / "fleet" / f"{hashlib.sha256(member.location.encode()).hexdigest()[:20]}.git"
    if not mirror.is_dir():
        mirror.parent.mkdir(parents=True, exist_ok=True)
        git(mirror.parent, "init", "--quiet", "--bare", str(mirror))
    source = f"refs/heads/{member.branch}" if member.branch else "HEAD"
    found = Repository(mirror, _BASE, member.location, member.branch, member.location if member.slug else None)
    # What is not there any more goes, so that a branch is never continued that a person has deleted.
    refs = (f"+{source}:{_BASE}", "+refs/heads/paviour/*:refs/heads/paviour/*")
    found._remote("fetch", "--quiet", "--prune", "--no-tags", "--no-write-fetch-head", "--", member.location, *refs)
    return found


def _authorization(url: str | None) -> dict[str, str]:
    """Settings that give Git the token for this host alone: in its environment, so in no file and no process list."""
    token = os.environ.get(TOKEN)
    parts = urlsplit(url or "")
    is_private = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost"))
    if not token or not is_private:
        return {}
    basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    number = int(os.environ.get("GIT_CONFIG_COUNT", "0"))
    return {
        "GIT_CONFIG_COUNT": str(number + 1),
        f"GIT_CONFIG_KEY_{number}": f"http.{parts.scheme}://{parts.netloc}/.extraHeader",
        f"GIT_CONFIG_VALUE_{number}": f"Authorization: Basic {basic}",
    }
