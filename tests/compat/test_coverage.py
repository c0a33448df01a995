"""Complete by construction: each edit that the metaschemas allow is some rule's business, or waived with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from sdkgen.compat.rules import KEYWORDS, RULES
from sdkgen.load import read
from tests.compat.edits import Cell, cells
from tests.compat.support import documents, edited, judged, table

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


def _together(cases: list[dict[str, Any]]) -> list[tuple[Any, Any]]:
    """All pairs of schemas as operations of a few contracts: one for each two versions."""
    found: dict[tuple[str, str], tuple[Any, Any]] = {}
    for number, case in enumerate(cases):
        pair = documents(case, "request", "response")
        known = found.setdefault((pair[0]["openapi"], pair[1]["openapi"]), pair)
        for one, other in zip(known, pair, strict=True):
            one["paths"][f"/things{number}"] = other["paths"]["/things"]
            one["paths"][f"/things{number}"]["post"]["operationId"] = f"sendThing{number}"
    return list(found.values())


def _pairs() -> Iterator[tuple[Any, Any]]:
    """The labelled pairs, forwards and backwards."""
    base = table("base")
    for old, new in _together(table("schemas")):
        yield from ((old, new), (new, old))
    for case in table("contracts"):
        given = edited(base, case.get("given", []))
        new = edited(given, case["edits"])
        yield from ((given, new), (new, given))


def test_the_labelled_pairs_make_the_rules_speak(tmp_path: Path) -> None:
    silent, by_keyword = set(RULES), set(KEYWORDS)
    for old, new in _pairs():
        spoken = {change.id for change in judged(tmp_path, old, new).changes}
        # The steps of one keyword are one piece of code; a keyword that is silent altogether is not tried at all.
        by_keyword -= {keyword for keyword in by_keyword if any(f"-{keyword}-" in id for id in spoken)}
        silent -= spoken | {id for id in silent if any(f"-{keyword}-" in id for keyword in KEYWORDS)}
        if not silent and not by_keyword:
            break
    assert (by_keyword, silent) == (set(), set())
