"""What the compiler reads of `x-paved`, and what the linter and the published schema say of it, agree."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sdkgen.errors import ContractError
from sdkgen.reader import read
from tests.lint.support import READ, at, changed, linted, places, written

PLACE = "/paths/~1things~1{thing_id}/get/x-paved"


@pytest.mark.parametrize(
    ("paved", "where"),
    [
        ({"timeout": 0}, "/timeout"),
        ({"timeout": "5"}, "/timeout"),
        ({"timeout": None}, "/timeout"),
        ({"rate": {"quota": 5}}, "/rate"),
        ({"rate": {"quota": 0.5, "window": 1}}, "/rate/quota"),
        ({"rate": {"quota": 5, "window": 60, "burst": 2}}, "/rate/burst"),
        ({"rate": 5}, "/rate"),
        ({"sunset": "soon"}, "/sunset"),
        ({"sunset": "2030-01-31"}, "/sunset"),
    ],
)
def test_what_one_refuses_the_other_does(tmp_path: Path, paved: Any, where: str) -> None:
    change = at(READ, {"deprecated": True, "x-paved": paved})
    assert set(places(linted(tmp_path, change), "x-paved")) == {PLACE + where}
    with pytest.raises(ContractError) as caught:
        read(written(tmp_path, changed(change)))
    assert f": {PLACE}{where}: " in str(caught.value)


@pytest.mark.parametrize(
    "paved",
    [
        {"timeout": 0.5},
        {"rate": {"quota": 5, "window": 60}},
        {"sunset": "2099-01-31T00:00:00Z"},
        {"sunset": "2099-01-31T00:00:00.5+02:00"},
    ],
)
def test_what_one_takes_the_other_does(tmp_path: Path, paved: Any) -> None:
    change = at(READ, {"deprecated": True, "x-paved": paved})
    assert places(linted(tmp_path, change), "x-paved") == []
    [operation] = [o for o in read(written(tmp_path, changed(change))).operations if o.id == "getThing"]
    read_of_it = {"timeout": operation.timeout, "sunset": operation.sunset, "rate": operation.rate}
    assert any(value is not None for value in read_of_it.values())


def test_a_key_that_nobody_knows_stops_the_linter_alone(tmp_path: Path) -> None:
    change = at(READ, {"x-paved": {"timeuot": 5}})
    assert places(linted(tmp_path, change), "x-paved") == [f"{PLACE}/timeuot"]
    assert read(written(tmp_path, changed(change))).operations


def test_a_value_that_is_no_object(tmp_path: Path) -> None:
    assert places(linted(tmp_path, at(READ, {"x-paved": 5})), "x-paved") == [PLACE]
