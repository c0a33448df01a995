"""What the linter finds may be accepted, in the same file as what is not carried over."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sdkgen.lint import Finding
from tests.lint.support import READ, THING, at, linted, places

NOTES = at((*THING, "properties"), {"note": {"description": "A note.", "type": "string"}})
PAGE = at(("components", "schemas", "ThingPage", "properties"), {"note": {"description": "A note.", "type": "string"}})


def waived(folder: Path, waivers: str) -> list[Finding]:
    (folder / "waivers.yaml").write_text(waivers)
    return linted(folder, NOTES, PAGE)


def day(offset: int) -> date:
    return datetime.now(UTC).date() + timedelta(offset)


@pytest.mark.parametrize(
    ("waiver", "expected"),
    [
        ("{id: string-limit, reason: why}", ["why", "why"]),
        ("{id: string-limit, pointer: /components/schemas/Thing, reason: why}", ["why", None]),
        (f"{{id: string-limit, reason: why, expires: {day(1)}}}", ["why", "why"]),
        (f"{{id: string-limit, reason: why, expires: {day(-1)}}}", [None, None]),
        ("{id: array-limit, reason: why}", [None, None]),
    ],
)
def test_a_waiver_accepts_what_stands_at_its_place(tmp_path: Path, waiver: str, expected: list[str | None]) -> None:
    found = waived(tmp_path, f"- {waiver}")
    assert [finding.waiver for finding in found if finding.id == "string-limit"] == expected


@pytest.mark.parametrize(
    ("id", "waiver", "message"),
    [
        ("waiver-unknown", "{id: sting-limit, reason: why}", "there is no rule and no finding `sting-limit`"),
        (
            "waiver-expired",
            f"{{id: string-limit, reason: why, expires: {day(-1)}}}",
            f"the waiver of `string-limit` ended on {day(-1)}",
        ),
        ("waiver-unused", "{id: array-limit, reason: why}", "the waiver of `array-limit` covers nothing"),
    ],
)
def test_a_waiver_that_does_nothing_is_found_itself(tmp_path: Path, id: str, waiver: str, message: str) -> None:
    found = waived(tmp_path, f"# ours\n- {waiver}\n")
    [finding] = [finding for finding in found if finding.id == id]
    assert (finding.message, finding.file.name, finding.line) == (message, "waivers.yaml", 2)


def test_waivers_of_what_is_not_carried_over_are_none_of_the_linters_business(tmp_path: Path) -> None:
    found = waived(tmp_path, "- {id: links, reason: why}\n- {id: undeclared-properties, reason: why}\n")
    assert not any(finding.id.startswith("waiver-") for finding in found)


def test_a_waiver_of_a_rule_that_the_profile_has_not_is_not_unused(tmp_path: Path) -> None:
    assert places(waived(tmp_path, "- {id: mef-path, reason: why}\n"), "waiver-unused") == []


def test_generating_does_not_call_the_linters_waivers_unused(tmp_path: Path) -> None:
    from paviour.generated import _unused
    from sdkgen.reader import read
    from tests.lint.support import changed, written

    (tmp_path / "waivers.yaml").write_text("- {id: string-limit, reason: why}\n- {id: spectral/x, reason: why}\n")
    assert _unused(read(written(tmp_path, changed()))) == []
    (tmp_path / "waivers.yaml").write_text("- {id: sting-limit, reason: why}\n- {id: links, reason: why}\n")
    unused = _unused(read(written(tmp_path, changed(at(READ, {"summary": "S"})))))
    assert [waiver.id for waiver in unused] == ["sting-limit", "links"]
