"""Structured fields are read as RFC 9651 says, and nothing else is taken for one."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from paviour.verify.structured import Bare, Item, NotStructured, Token, item, items


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("-42", -42),
        ("999999999999999", 999_999_999_999_999),
        ("4.125", Decimal("4.125")),
        ('"a \\"b\\" \\\\"', 'a "b" \\'),
        ("*token/1:2", Token("*token/1:2")),
        ("?0", False),
        (":aGk=:", b"hi"),
        ("@1735689600", datetime(2025, 1, 1, tzinfo=UTC)),
        ("@-1", datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_bare_item_is_read(text: str, value: Bare) -> None:
    found = item(f"  {text} ").value
    assert found == value
    assert type(found) is type(value)


def test_a_list_of_items_with_parameters_is_read() -> None:
    assert items('"burst";q=100;w=60,\t"day"; q=1000;pk=:aGk=:;x') == [
        Item("burst", {"q": 100, "w": 60}),
        Item("day", {"q": 1000, "pk": b"hi", "x": True}),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1,",
        ",1",
        "1 2",
        "1;",
        "1;Q=1",
        "1 ;q",
        "1;q=",
        "(1 2)",
        "'a'",
        '"a',
        '"\\a"',
        '"é"',
        "1e3",
        "1.",
        ".5",
    ],
)
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(NotStructured):
        items(text)


@pytest.mark.parametrize("text", ["1234567890123456", "1.2345", "?2", "?true", "@1.5", "@", "@999999999999999", ":a:"])
def test_what_is_no_item_is_refused(text: str) -> None:
    with pytest.raises(NotStructured):
        item(text)
