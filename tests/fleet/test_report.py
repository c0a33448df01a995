"""The page of the fleet, in a real browser: it is found, sorted, filtered, read on a phone, and lets nothing in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from paviour import __version__
from paviour.fleet.inventory import Entry
from paviour.fleet.report import as_html
from paviour.fleet.report.charts import adoption, drift_by_team
from tests.fleet.conftest import Fleet
from tests.support.browser import Browser
from tests.support.command import REPOSITORY

TODAY = date(2026, 12, 1)
STACKS = ("python", "typescript")


def entry(number: int) -> Entry:
    """One of many services, each other than the others."""
    name = f"desk-{number}"
    versions = ["0.9.0", "0.10.0", "1.0.0", "1.1.0"][: 2 + number % 3]
    return Entry(
        repository=name,
        location=f"https://github.example/acme/{name}.git",
        ring="canary" if number < 3 else "rest",
        service=name,
        stack=STACKS[number % 2],
        owner=f"team-{number % 7}",
        domain="connectivity",
        standard=versions[-1],
        is_behind=versions[-1] != "1.1.0",
        drift=[f"src/{name}/platform/file_{at}.py" for at in range(number % 5 if number % 3 else 0)],
        contract=f"{number % 4}.{number}.0",
        lifecycle=("experimental", "production", "deprecated")[number % 3],
        tier=number % 4 + 1,
        audience="partner",
        slo={"availability": 99.9, "latency": {"threshold": 0.5, "target": 99}},
        sdks={"python": f"1.{number}.0", "typescript": "2.0.0"} if number % 2 else {},
        verify={"passed": 454 - number % 4, "failed": number % 4, "skipped": 0} if number % 5 else None,
        history=[(f"2026-{2 * at + 1 + number % 3:02}-{number % 27 + 1:02}", v) for at, v in enumerate(versions)],
    )


MANY = [entry(number) for number in range(60)]
BROKEN = Entry(
    repository="<b>broken</b>", location="/x.git", ring="rest", error="it can't be read: <script>alert(1)</script>"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser.started() as found:
        yield found


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "fleet.html"
    path.write_text(as_html.render([*MANY, BROKEN], TODAY), "utf-8")
    return path


@pytest.fixture
def opened(browser: Browser, page: Path) -> Browser:
    browser.resize(1280, 900)
    browser.open(page)
    return browser


SHOWN = """
const rows = [...document.querySelectorAll('#services tbody tr')].filter((row) => !row.hidden);
return rows.map((row) => row.cells[0].innerText.split('\\n')[0].trim());
"""
SET = """
const field = document.querySelector(arguments[0]);
field.value = arguments[1];
for (const name of ['input', 'change']) field.dispatchEvent(new Event(name, {bubbles: true}));
"""
INJECT = """
const script = document.createElement('script');
script.textContent = 'window.evil = 1';
document.body.append(script);
return window.evil || null;
"""
CONTRAST = REPOSITORY / "tests/support/contrast.js"


def shown(browser: Browser) -> list[str]:
    found: list[str] = browser.run(SHOWN)
    return found


def test_all_services_are_there_and_counted(opened: Browser) -> None:
    assert len(shown(opened)) == 61
    assert opened.text("#count") == "61 of 61 services"
    tiles = [" ".join(text.split()) for text in opened.texts(".tiles li")]
    assert tiles[:4] == ["61 services", f"20 on {__version__}", "40 behind", "32 drifted"]


def test_it_is_searched_and_filtered(opened: Browser) -> None:
    opened.run(SET, "[name=search]", "Desk-1 team-3")
    assert shown(opened) == ["desk-10", "desk-17"]
    opened.run(SET, "[name=search]", "")
    opened.run(SET, "[name=stack]", "typescript")
    opened.run(SET, "[name=owner]", "team-3")
    assert shown(opened) == [f"desk-{number}" for number in (3, 17, 31, 45, 59)]
    assert opened.text("#count") == "5 of 61 services"
    opened.click("button[type=reset]")
    opened.wait_for("return document.querySelector('#count').textContent === '61 of 61 services'")


def test_it_is_sorted_by_every_column_with_numbers_as_numbers(opened: Browser) -> None:
    first = shown(opened)
    assert first[1:4] == ["desk-0", "desk-1", "desk-2"]
    for column in range(8):
        button = f"#services thead th:nth-child({column + 1}) button"
        keys = f"return [...document.querySelectorAll('#services tbody tr')].map(r => r.cells[{column}].dataset.key)"
        for direction in ("ascending", "descending"):
            while opened.run("return document.querySelector(arguments[0]).closest('th').ariaSort", button) != direction:
                opened.click(button)
            found = opened.run(keys)
            known = [key for key in found if key]
            assert known == sorted(known, reverse=direction == "descending")
            assert found[: len(known)] == known, "what is not known comes last"


def test_what_a_service_says_is_text_and_nothing_else_is_loaded(opened: Browser, page: Path) -> None:
    assert "<b>broken</b>" in shown(opened)
    assert "<script>alert(1)</script>" in opened.text("#services")
    assert opened.run("return document.querySelectorAll('script').length") == 1
    assert opened.run("return performance.getEntriesByType('resource').length") == 0
    assert opened.run(INJECT) is None
    text = page.read_text("utf-8")
    assert "unsafe-inline" not in text
    assert " style=" not in text
    assert " onclick=" not in text


def test_it_is_read_by_those_who_do_not_see_it(opened: Browser) -> None:
    unlabelled = """
    return [...document.querySelectorAll('input, select, button, svg[role=img], [role=region]')]
      .filter(e => !(e.labels?.length || e.textContent.trim() || e.ariaLabel)).length"""
    assert opened.run(unlabelled) == 0
    assert opened.run("return document.documentElement.lang") == "en"
    assert opened.run("return [...document.querySelectorAll('h1, h2')].map(h => h.tagName)") == ["H1", "H2", "H2"]
    assert opened.run("return document.querySelector('#services tbody th').scope") == "row"
    for scheme in ("dark", "light"):
        opened.prefer(scheme)
        assert opened.run(CONTRAST.read_text("utf-8")) == [], "text has a contrast of 4.5 to 1 at least"


def test_on_a_phone_nothing_is_cut_off_and_it_can_be_sorted(opened: Browser) -> None:
    opened.resize(500, 900)
    assert opened.run("return document.documentElement.scrollWidth <= innerWidth")
    opened.run(SET, "[name=sort]", "3")
    keys = opened.run("return [...document.querySelectorAll('#services tbody tr')].map(r => r.cells[3].dataset.key)")
    assert [key for key in keys if key] == sorted(key for key in keys if key)


def test_a_fleet_of_none(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "fleet.html"
    path.write_text(as_html.render([], TODAY), "utf-8")
    browser.open(path)
    assert browser.text("#count") == "0 of 0 services"
    assert "The fleet has no services yet" in browser.text("main")
    assert "No history is known" in browser.text(".charts")


def test_without_its_script_all_is_shown(page: Path) -> None:
    text = page.read_text("utf-8")
    assert "<form hidden>" in text
    assert text.count("<tr data-text=") == 61


def test_adoption_over_time_counts_each_service_once() -> None:
    found = adoption(MANY, TODAY)
    assert found is not None
    assert [(area.name, area.today) for area in found.areas] == [
        ("0.9.0", 0),
        ("0.10.0", 20),
        ("1.0.0", 20),
        ("1.1.0", 20),
    ]
    assert found.most == 60
    assert found.table[-1] == (TODAY, [0, 20, 20, 20])
    assert all(sum(counts) <= 60 for _, counts in found.table)


def test_many_versions_become_one_area_of_older_ones() -> None:
    history = [(f"2026-{month:02}-01", f"0.{month}.0") for month in range(1, 12)]
    found = adoption([replace(MANY[0], history=history)], TODAY)
    assert found is not None
    assert [area.name for area in found.areas] == ["older", "0.6.0", "0.7.0", "0.8.0", "0.9.0", "0.10.0", "0.11.0"]
    assert [sum(counts) for _, counts in found.table] == [1] * len(found.table)


def test_drift_by_team() -> None:
    bars = drift_by_team(MANY)
    assert [bar.value for bar in bars] == sorted((bar.value for bar in bars), reverse=True)
    assert sum(bar.value for bar in bars) == sum(len(entry.drift) for entry in MANY)
    assert bars[0].share == 100


def test_the_command_writes_the_page_of_real_services(fleet: Fleet, browser: Browser) -> None:
    fleet.add("quotes")
    fleet.add("orders", lambda work: (work / "src/quotes/platform/audit.py").unlink())
    done = fleet.run("report", "--output", "fleet.html")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    browser.open(fleet.room / "fleet.html")
    assert shown(browser) == ["orders", "quotes"]
    assert browser.texts("dl.bars dt") == ["quotes"]
    assert fleet.json("report") == fleet.json("status")
    assert "can't be written" in fleet.run("report", "--output", "no/where.html").stderr
