"""Checks that a contract makes: they try both sides of each keyword, and hold for real contracts, whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from paviour.verify.cases import Case, cases
from paviour.verify.requests import good_requests
from paviour.verify.run import Result
from paviour.verify.schemas import Schemas
from sdkgen.reader import read
from tests.conformance.bench import verified
from tests.support.command import CONTRACTS, paviour
from tests.support.issuer import Issuer
from tests.support.process import serving

PARCELS = Path(__file__).parent / "parcels.yaml"
BOTH = set(
    """minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern enum format minItems
    maxItems additionalProperties type hostile""".split()
)
REFUSED = {"const", "uniqueItems", "required"}
"""Keywords of which a good request has the other side already."""
WRONG_EXAMPLES = {"monitoring_list_alertPolicy", "monitoring_list_sinks", "monitoring_get_sink"}
"""Operations for which DigitalOcean's contract has an example that its own schema refuses."""


@pytest.fixture(scope="module")
def made() -> dict[str, Case]:
    return dict(_cases(PARCELS, 10_000))


@pytest.fixture(scope="module")
def parcels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    room = tmp_path_factory.mktemp("parcels")
    done = paviour("new", "parcels", "--no-lock", "--contract", PARCELS, cwd=room)
    assert done.returncode == 0, done.stderr
    return room / "parcels"


def test_each_keyword_is_tried_on_both_sides(made: dict[str, Case]) -> None:
    sides: dict[str, set[bool]] = {}
    for name, case in made.items():
        sides.setdefault(name.split("/")[-2], set()).add(case.is_valid)

    assert sides == {keyword: {True, False} for keyword in BOTH} | {keyword: {False} for keyword in REFUSED}


@pytest.mark.parametrize(
    ("name", "is_valid"),
    [
        ("sendParcel/body/label/maxLength/at-astral", True),
        ("sendParcel/body/label/maxLength/above-astral", False),
        ("sendParcel/body/height/multipleOf/off", False),
        ("sendParcel/body/height/type/integral-fraction", True),
        ("sendParcel/body/height/type/quoted", False),
        ("sendParcel/body/fragile/type/integer", False),
        ("sendParcel/body/note/type/null", True),
        ("sendParcel/body/label/type/null", False),
        ("sendParcel/body/weight/hostile/largest-double", False),
        ("sendParcel/body/contents/uniqueItems/twice", False),
        ("sendParcel/body/owner/name/required/absent", False),
        ("sendParcel/body/owner/vat/minLength/below", False),
        ("sendParcel/body/inside/label/minLength/below", False),
        ("sendParcel/body/attributes/__proto__/additionalProperties/prototype", True),
        ("sendParcel/body/__proto__/additionalProperties/prototype", False),
        ("sendParcel/body/a~1b~0c/additionalProperties/escaped", False),
        ("sendParcel/body/free/type/array", True),
        ("sendParcel/body/way/constructor/additionalProperties/constructor", False),
        ("listParcels/query/most/required/absent", False),
        ("listParcels/query/most/maximum/above", False),
        ("listParcels/query/class/maxItems/above", False),
        ("listParcels/query/fragile/type/string", False),
        ("listParcels/header/x-region/pattern/empty", None),
        ("listParcels/cookie/session/maxLength/above", False),
        ("dropParcel/path/id/format/short", False),
        ("dropParcel/path/id/hostile/path", None),
    ],
)
def test_a_case_is_judged_by_the_schema(made: dict[str, Case], name: str, is_valid: bool | None) -> None:
    """None where there is no such case, because the text can't stand there."""
    assert (made[name].is_valid if name in made else None) == is_valid


def test_a_number_that_no_reader_can_hold_is_written_as_it_is(made: dict[str, Case]) -> None:
    case = made["sendParcel/body/weight/hostile/out-of-range"]
    assert not case.is_json
    assert b'"weight": 1e400' in case.message("", "localhost").encode()


def test_a_refusal_has_to_point_at_the_place(made: dict[str, Case]) -> None:
    assert "/owner/name" in made["sendParcel/body/owner/name/required/absent"].blamed
    assert "/a~1b~0c" in made["sendParcel/body/a~1b~0c/additionalProperties/escaped"].blamed
    assert "/most" in made["listParcels/query/most/maximum/above"].blamed


def test_the_same_contract_makes_the_same_cases_and_a_bound_leaves_each_keyword_its_share() -> None:
    few = [name for name, _ in _cases(PARCELS, 40)]
    assert few == [name for name, _ in _cases(PARCELS, 40)]
    assert max(Counter(name.partition("/")[0] for name in few).values()) == 40
    assert {name.split("/")[-2] for name in few if name.startswith("sendParcel")} == BOTH | REFUSED


@pytest.mark.parametrize("environment", [{}, {"APP_MOCK": "1"}], ids=["not written yet", "with examples"])
def test_a_service_of_any_contract_keeps_it(parcels: Path, issuer: Issuer, environment: dict[str, str]) -> None:
    with serving(parcels, {**issuer.environment, **environment}) as service:
        results = verified(service.url, PARCELS, issuer, groups=["schemas"])

    assert _failed(results) == {}
    passed = {result.id for result in results if result.outcome == "passed"}
    assert ("answer-to-good-request/printParcel" in passed) == bool(environment)
    assert "answer-media-type/dropParcel" in passed


def test_mef_s_contract_is_kept(mef_quote: Path, issuer: Issuer) -> None:
    results = _judged(mef_quote, CONTRACTS / "mef" / "quote-8.0.1.yaml", issuer)
    assert _failed(results) == {}
    assert len(results) > 1000


@pytest.mark.slow
def test_digitalocean_s_contract_is_kept(digitalocean: Path, issuer: Issuer) -> None:
    results = _judged(digitalocean, CONTRACTS / "digitalocean.json", issuer)
    wrong = {f"{check}/{id}" for check in ("answer-to-good-request", "answer-body") for id in WRONG_EXAMPLES}
    assert _failed(results).keys() == wrong
    assert len(results) > 10_000


def _judged(folder: Path, contract: Path, issuer: Issuer) -> list[Result]:
    with serving(folder, {**issuer.environment, "APP_MOCK": "1"}) as service:
        return verified(service.url, contract, issuer, groups=["schemas"])


def _failed(results: list[Result]) -> dict[str, str]:
    return {result.id: result.reason for result in results if result.outcome == "failed"}


def _cases(contract: Path, most: int) -> Iterator[tuple[str, Case]]:
    found = read(contract)
    schemas = Schemas(found)
    for id, request in good_requests(found).items():
        assert request.flaw is None, request.flaw
        for name, case in cases(schemas, request, most).items():
            yield f"{id}/{name}", case
