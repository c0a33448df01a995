"""Which version of an SDK follows: the last one and what the contract gate says of the contract since then."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from paviour.compat.as_next_version import following
from paviour.compat.changelog import body
from paviour.errors import UserError
from paviour.publish.releases import Release, code_changed, contract, numbers, releases
from paviour.service import Service
from sdkgen.compat.changes import BUMPS, LEVELS, Bump, Change
from sdkgen.compat.compare import compare
from sdkgen.compat.side import Side

_STEPS: dict[str, Bump] = {"same": "patch", "compatible": "minor", "unknown": "none", "breaking": "major"}
"""What a change asks for. What could not be decided asks for a person, who names the version."""
_EARLY: dict[Bump, Bump] = {"none": "none", "patch": "patch", "minor": "patch", "major": "minor"}
"""Below 1.0.0 the second number says what breaks (as `^0.2.0` and `~=0.2.0` take it)."""


@dataclass(frozen=True, slots=True)
class Step:
    """From the last release of an SDK to the next."""

    last: Release | None
    next: Release | None
    """None where nothing is to be published."""
    earlier: tuple[Release, ...] = ()
    """All that are released, the newest first."""
    undecided: tuple[Change, ...] = ()
    """What a person has to judge, who then names the version."""


def step(service: Service, language: str, wanted: str | None, lock: str) -> Step:
    """What is to be published next. `wanted` is the version where a person has decided; `lock` the SDK's lock file.

    Raises UserError for a version that can't follow, and ContractError for a contract that can't be read.
    """
    found = releases(service, language)
    if not found:
        # The contract has to be readable, and says by its own version whether callers may rely on it yet.
        early = str(Side(service.contract).contract.version).startswith(("0.", "v0."))
        version = wanted or ("0.1.0" if early else "1.0.0")
        numbers(version)
        return Step(None, Release(language, version, "First release."))
    last = found[0]
    with tempfile.TemporaryDirectory(prefix="paviour-released-") as room:
        result = compare(contract(service, last, Path(room)), service.contract)
    changes = [change for change in result.changes if change.axis in ("wire", "policy", f"source.{language}")]
    asked: Bump = max((_STEPS[change.level] for change in changes), key=BUMPS.index, default="none")
    notes = "\n".join(body(changes, 3)).strip()
    if asked == "none" and not changes and code_changed(service, last, lock):
        asked, notes = "patch", "Generated anew. The contract is the same."
    least = following(last.version, _EARLY[asked] if last.version.startswith("0.") else asked)
    if wanted is None:
        undecided = _undecided(changes)
        if undecided or least == last.version:
            return Step(last, None, tuple(found), undecided)
    elif numbers(wanted) < numbers(least) or wanted == last.version:
        least = following(last.version, "patch") if least == last.version else least
        raise UserError(f"{wanted} can't follow {last.version} of the {language} SDK: the least that can is {least}")
    return Step(last, Release(language, wanted or least, notes or "Nothing has changed for callers."), tuple(found))


def _undecided(changes: Sequence[Change]) -> tuple[Change, ...]:
    """What nobody could decide, where it matters: beside a change that breaks it asks for no greater step."""
    worst = max((change.level for change in changes), key=LEVELS.index, default="same")
    return tuple(change for change in changes if change.level == "unknown") if worst == "unknown" else ()


def changelog(name: str, upcoming: Release, earlier: Sequence[Release]) -> str:
    """The CHANGELOG.md of a version's package."""
    sections = [f"## {release.version}\n\n{release.notes}\n" for release in [upcoming, *earlier]]
    return "\n".join([f"# Changelog of {name}\n", *sections])
