"""What is not carried over may be accepted: by name, at a place, for a reason, until a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sdkgen.errors import ContractError
from sdkgen.model import Contract
from tests.contract.support import contract

LINKS = """
    paths:
      /a: {get: {operationId: a, responses: {"200": {description: ok, links: {self: {operationId: a}}}}}}
      /b: {get: {operationId: b, responses: {"200": {description: ok, links: {self: {operationId: b}}}}}}
"""


def waived(folder: Path, waivers: str) -> Contract:
    (folder / "waivers.yaml").write_text(waivers)
    return contract(folder, LINKS)


def reasons(found: Contract) -> list[str | None]:
    return [finding.waiver for finding in found.findings]


def test_without_waivers_nothing_is_accepted(tmp_path: Path) -> None:
    assert reasons(contract(tmp_path, LINKS)) == [None, None]


@pytest.mark.parametrize(
    ("waiver", "expected"),
    [
        ("{id: links, reason: why}", ["why", "why"]),
        ("{id: links, pointer: /paths/~1a, reason: why}", ["why", None]),
        ("{id: links, pointer: /paths/~1a/get/responses/200/links, reason: why}", ["why", None]),
        ("{id: links, pointer: /paths/~1, reason: why}", [None, None]),
        ("{id: callbacks, reason: why}", [None, None]),
    ],
)
def test_a_waiver_covers_what_stands_at_its_place_and_below(
    tmp_path: Path, waiver: str, expected: list[str | None]
) -> None:
    assert reasons(waived(tmp_path, f"- {waiver}")) == expected


@pytest.mark.parametrize(("days", "expected"), [(0, "why"), (1, "why"), (-1, None)])
def test_a_waiver_holds_until_the_end_of_its_last_day(tmp_path: Path, days: int, expected: str | None) -> None:
    expires: date = datetime.now(UTC).date() + timedelta(days)

    assert reasons(waived(tmp_path, f"- {{id: links, reason: why, expires: {expires}}}"))[0] == expected


@pytest.mark.parametrize(
    ("waivers", "message"),
    [
        ("links: why", "waivers.yaml:1: is no list of waivers; write entries with id and reason"),
        (
            "- {id: links}",
            "waivers.yaml:1: /0: a waiver needs `id` and `reason`; add them: the reason is for those who",
        ),
        (
            "- {id: links, reason: why, until: x}",
            "waivers.yaml:1: /0/until: a waiver has no `until`; use expires, id, ",
        ),
        ("- {id: links, reason: why, expires: soon}", "waivers.yaml:1: /0/expires: is no date; write it as 2027-06-30"),
        ("- {id: links, reason: why", "waivers.yaml:2: did not find expected ',' or '}'; correct it there"),
    ],
)
def test_waivers_that_can_not_be_read(tmp_path: Path, waivers: str, message: str) -> None:
    with pytest.raises(ContractError) as caught:
        waived(tmp_path, waivers)

    assert str(caught.value).removeprefix(f"{tmp_path}/").startswith(message)


def test_a_finding_says_where_and_what(tmp_path: Path) -> None:
    [first, _] = contract(tmp_path, LINKS).findings

    assert str(first).removeprefix(f"{tmp_path}/") == (
        "openapi.yaml:4: /paths/~1a/get/responses/200/links: links: links are not generated"
    )
