"""Complete by construction: each edit that the metaschemas allow is some rule's business, or waived with a reason."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path

import pytest

from sdkgen.compat.rules import KEYWORDS, RULES
from sdkgen.load import read
from tests.compat.edits import Cell, cells
from tests.compat.support import document, edited, judged, table

_FILE = read(Path(__file__).parent / "coverage.yaml").value
COVERED: dict[str, list[str]] = _FILE["covered"]
WAIVED: dict[str, str] = _FILE["waived"]
CELLS = cells()


def _entries(place: str) -> list[str]:
    return [entry for entry in COVERED if _matches(place, entry)]


def _matches(place: str, entry: str) -> bool:
    return place == entry or ("*" in entry and fnmatch(place, entry))


def _rules(cell: Cell) -> set[str]:
    patterns = [
        pattern.replace("{direction}", cell.direction) for entry in _entries(cell.place) for pattern in COVERED[entry]
    ]
    return {id for id in RULES for pattern in patterns if fnmatch(id, pattern)}


def test_the_space_of_edits_is_that_of_the_metaschemas() -> None:
    places = {cell.place for cell in CELLS}
    assert {"operation/security", "schema/nullable", "schema/unevaluatedItems", "document/webhooks"} <= places
    assert len(CELLS) > 1000


def test_each_edit_is_covered_or_waived() -> None:
    neither = {f"{cell.place} {cell.direction}" for cell in CELLS if not _rules(cell) and cell.place not in WAIVED}
    assert neither == set()


def test_no_entry_is_stale() -> None:
    places = {cell.place for cell in CELLS}
    assert [entry for entry in COVERED if not any(_matches(place, entry) for place in places)] == []
    assert [entry for entry in WAIVED if entry not in places] == []
    patterns = {
        pattern.replace("{direction}", direction)
        for listed in COVERED.values()
        for pattern in listed
        for direction in ("request", "response")
    }
    assert [pattern for pattern in patterns if not any(fnmatch(id, pattern) for id in RULES)] == []


def test_nothing_is_both_covered_and_waived() -> None:
    assert [entry for entry in WAIVED if _entries(entry)] == []


def test_every_waiver_says_why() -> None:
    assert all(len(reason.split()) > 4 for reason in WAIVED.values())


@pytest.fixture(scope="module")
def emitted(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The rules that speak in the labelled pairs, forwards and backwards."""
    folder = tmp_path_factory.mktemp("pairs")
    base = table("base")
    pairs = []
    for case in table("contracts"):
        given = edited(base, case.get("given", []))
        pairs.append((given, edited(given, case["edits"])))
    for case in table("schemas"):
        for role in ("request", "response"):
            version = case.get("version", "3.0")
            pairs.append((document(case["was"], role, version), document(case["is"], role, version)))
    found: set[str] = set()
    for old, new in pairs:
        for left, right in ((old, new), (new, old)):
            found |= {change.id for change in judged(folder, left, right).changes}
    return found


def test_the_labelled_pairs_make_the_rules_speak(emitted: set[str]) -> None:
    silent = set(RULES) - emitted
    # The steps of one keyword are one piece of code; a keyword that is silent altogether is not tried at all.
    by_keyword = {keyword for keyword in KEYWORDS if not any(f"-{keyword}-" in id for id in emitted)}
    others = {id for id in silent if not any(f"-{keyword}-" in id for keyword in KEYWORDS)}
    assert (by_keyword, others) == (set(), set())
