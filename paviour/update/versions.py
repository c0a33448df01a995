"""Versions of the standard: `1.2.3`, or commits after a release as `git describe` names them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from paviour.errors import UserError
from paviour.suite import ANSWERS

Release: TypeAlias = tuple[int, int, int]
_FORM = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(-\d+-g[0-9a-f]+)?")


@dataclass(frozen=True, slots=True)
class Recorded:
    """The version that a service was last rendered from."""

    release: Release
    ref: str
    """What Git calls it in the repository of the templates."""
    exact: bool
    """Whether it is the release itself, and no commit after it."""


def release(text: str) -> Release:
    """`1.2.3` or `v1.2.3` as a value that can be compared. Raises UserError for anything else."""
    found = _FORM.fullmatch(text)
    if found is None or found[4]:
        raise UserError(f"{text!r} is no version; give one such as 1.2.3")
    return int(found[1]), int(found[2]), int(found[3])


def recorded(commit: object) -> Recorded:
    """The answer `_commit`. Raises UserError where it names no version."""
    found = _FORM.fullmatch(str(commit or ""))
    if found is None:
        raise UserError(
            f"{ANSWERS} says _commit: {commit}, which is no version; write the release there that the service was "
            "rendered from, such as v1.2.3"
        )
    return Recorded((int(found[1]), int(found[2]), int(found[3])), str(commit), exact=not found[4])


def shown(version: Release) -> str:
    return ".".join(map(str, version))
