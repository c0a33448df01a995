"""The version that follows, of the contract and of each SDK (Semantic Versioning 2.0.0)."""

from __future__ import annotations

import re

from paviour.errors import UserError
from sdkgen.compat.changes import BUMPS, LANGUAGES, Bump, Result


def render(result: Result) -> str:
    version = result.version
    lines = [f"contract {following(version, result.bump())}"]
    return "\n".join([*lines, *(f"{language} {following(version, result.bump(language))}" for language in LANGUAGES)])


def following(version: str, step: Bump) -> str:
    """The next version. Raises UserError for a version that has no numbers to count up."""
    found = re.fullmatch(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:[-+].*)?", version)
    if found is None:
        raise UserError(f"the old contract's version {version!r} is no semantic version; write it as 1.4.0")
    numbers = [int(part or 0) for part in found.groups()]
    if step != "none":
        index = 3 - BUMPS.index(step)
        numbers = [*numbers[:index], numbers[index] + 1, *[0] * (2 - index)]
    return ".".join(map(str, numbers))
