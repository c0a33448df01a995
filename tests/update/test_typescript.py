"""The updates of a service in TypeScript: the platform is replaced, what both edit is merged, the team's stays."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.support.git import git
from tests.support.suites import committed
from tests.update.conftest import Estate

pytestmark = pytest.mark.parametrize("stack", ["typescript"], indirect=True)


def test_it_comes_to_the_newest_standard_and_keeps_what_its_team_wrote(estate: Estate, service: Path) -> None:
    mine = {
        "src/operations.ts": "// ours\n" + (service / "src/operations.ts").read_text(),
        "src/rating.ts": "export const RATE = 1;\n",
        "tests/quotes.test.ts": "// ours\n",
        "package-lock.json": "{}\n",
        "src/migrations/0002_ours.ts": "export {};\n",
    }
    for name, text in mine.items():
        (service / name).write_text(text)
    (service / "src/tables.ts").unlink()
    manifest = service / "package.json"
    manifest.write_text(manifest.read_text().replace('"pino"', '"our-own": "^1.0.0",\n    "pino"'))
    (service / "src/platform/auth.ts").write_text("// edited\n")
    committed(service, "The team's")

    done = estate.suite.run("update", service)

    assert done.returncode == 0, done.stdout + done.stderr
    assert yaml.safe_load((service / ".copier-answers.yml").read_text())["_commit"] == "v1.2.0"
    assert {name: (service / name).read_text() for name in mine} == mine
    assert not (service / "src/tables.ts").exists(), "what the team deleted stays so"
    assert '"our-own": "^1.0.0"' in manifest.read_text()
    assert "--enable-source-maps" in manifest.read_text()
    assert not (service / "src/platform/mock.ts").exists()
    assert (service / "src/platform/examples.ts").exists()
    assert "platform/auth.ts: healed: it was changed here" in done.stdout
    assert git(service, "log", "--oneline").count("\n") == 2, "nothing is committed"
    assert "no differences" in estate.suite.run("check", service).stdout


def test_where_both_changed_a_line_a_person_decides(estate: Estate, service: Path) -> None:
    manifest = service / "package.json"
    manifest.write_text(manifest.read_text().replace('"start": "node', '"start": "node --our-own'))
    committed(service, "The team's")
    done = estate.suite.run("update", service)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "<<<<<<<" in manifest.read_text()


def test_a_platform_file_that_was_taken_over_stays(estate: Estate, service: Path) -> None:
    estate.suite.run("update", service)
    done = estate.suite.run("eject", "src/platform/cors.ts", "--reason", "ours differs", cwd=service)
    assert done.returncode == 0, done.stderr
    (service / "src/platform/cors.ts").write_text("// ours\n")
    committed(service, "Taken over")
    assert estate.suite.run("update", service).returncode == 0
    assert (service / "src/platform/cors.ts").read_text() == "// ours\n"
    assert "no differences" in estate.suite.run("check", service).stdout


def test_a_new_operation_gets_its_stub_with_the_update(estate: Estate, service: Path) -> None:
    contract = service / "contract/openapi.yaml"
    text = contract.read_text()
    added = "  /terms:\n    get:\n      operationId: getTerms\n      responses:\n        '204': {description: None.}\n"
    contract.write_text(text.replace("  /quotes/{quote_id}:\n", added + "  /quotes/{quote_id}:\n", 1))
    committed(service, "An operation")
    done = estate.suite.run("update", service)
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'throw new contract.NotImplementedYet("getTerms");' in (service / "src/operations.ts").read_text()
