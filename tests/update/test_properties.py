"""What holds for any edits of the team's, tried with random ones."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from paviour import drift, suite
from paviour.service import Service
from paviour.update.run import update
from paviour.zones import Zones
from tests.support.suites import Suite, committed, files

COMMON = ["contract/openapi.yaml", "docs/runbook.md", "docs/adr/0001-follow-the-paved-road.md"]
TEAM = {
    "python": [
        "src/quotes/operations.py",
        "src/quotes/settings.py",
        "src/quotes/__init__.py",
        "src/quotes/tables.py",
        "src/quotes/migrations/0001_quote.py",
        "tests/test_quotes.py",
        "uv.lock",
        *COMMON,
    ],
    "typescript": [
        "src/operations.ts",
        "src/settings.ts",
        "src/tables.ts",
        "src/migrations/0001_quote.ts",
        "tests/quotes.test.ts",
        "package-lock.json",
        *COMMON,
    ],
}
FOLDERS = {
    "python": ["src/quotes", "src/quotes/rates", "tests", "docs", "new"],
    "typescript": ["src", "src/rates", "tests", "docs", "new"],
}
NAMES = st.from_regex(r"[a-z]{1,8}( [a-z]{1,3})?\.(py|ts|txt|rej)", fullmatch=True)
CONTENT = st.one_of(st.none(), st.binary(max_size=60), st.just(b"<<<<<<< a\n=======\n>>>>>>> b\n"))


def edits(stack: str) -> st.SearchStrategy[dict[str, bytes | None]]:
    """What becomes of some paths; None: deleted."""
    added = st.builds("{}/{}".format, st.sampled_from(FOLDERS[stack]), NAMES)
    return st.dictionaries(st.one_of(st.sampled_from(TEAM[stack]), added), CONTENT, max_size=8)


@pytest.fixture(scope="module")
def old_service(stack: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A service of a standard before this one, which differs from it in each zone."""
    room = tmp_path_factory.mktemp("old")
    older = Suite(room / "suite", "0.1.9")
    older.edit("templates/{{ common }}/Makefile.jinja", "## Run the tests", "## Run some tests")
    older.edit("templates/{{ common }}/AGENTS.md.jinja", "edit freely", "edit")
    older.write("templates/{{ python }}/src/{{ package }}/platform/gone.py", "# gone\n")
    older.write("templates/{{ typescript }}/src/platform/gone.ts", "// gone\n")
    older.release("0.1.10")
    return older.new(room / "quotes", stack)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_any_edit_of_the_team_s_survives_and_the_platform_is_a_fresh_render(
    stack: str, old_service: Path, data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as room:
        service = shutil.copytree(old_service, Path(room) / "quotes", symlinks=True)
        for path, content in data.draw(edits(stack)).items():
            place = service / path
            place.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                place.unlink(missing_ok=True)
            else:
                place.write_bytes(content)
        committed(service, "The team's")
        zones = Zones.of(service)
        before = {path: content for path, content in files(service).items() if zones.zone(path) == "team"}

        update(service)

        zones, after = Zones.of(service), files(service)
        assert {path: content for path, content in after.items() if zones.zone(path) == "team"} == before
        found = Service.at(service)
        fresh = suite.files(found.given, str(found.answers["_src_path"]))
        expected = {path: file.content for path, file in fresh.items() if zones.zone(path) == "platform"}
        assert {path: content for path, content in after.items() if zones.zone(path) == "platform"} == expected
        kinds = {entry.kind for entry in drift.differences(found)}
        assert kinds <= {"stale", "finding", "rejected"}, "a contract that can't be used stays; a .rej is the team's"
        committed(service, "Update")
        again = update(service)
        assert json.loads(again.json())["files"] == [] or again.needs_person
        assert files(service) == after
