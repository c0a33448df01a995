"""`paviour update`: a service comes to the newest standard, or one line says why not and nothing has happened.

The version that a service is on and the templates that it came from are looked at before its stack: those refusals are
tried once.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

from tests.support.command import REPOSITORY
from tests.support.git import git
from tests.support.suites import committed, files
from tests.update.conftest import ONCE, STACKS, Estate, module

SCHEMA = json.loads((REPOSITORY / "docs/reference/schemas/update.schema.json").read_text("utf-8"))


def refused(estate: Estate, service: Path, *options: str) -> str:
    """The one line of a refusal that has touched nothing."""
    before = files(service)
    done = estate.suite.run("update", service, *options)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert files(service) == before
    return done.stderr


def test_a_service_comes_to_the_newest_standard_and_passes_its_check(stack: str, estate: Estate, service: Path) -> None:
    done = estate.suite.run("update", service)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "quotes: 1.0.0 to 1.2.0: " in done.stdout.splitlines()[-1]
    assert yaml.safe_load((service / ".copier-answers.yml").read_text())["_commit"] == "v1.2.0"
    assert (service / ".paviour/standard").read_text() == "1.2.0\n"
    assert "New in 1.1.0, changed in 1.2.0." in (service / module(stack, "platform/fresh")).read_text()
    assert (service / module(stack, "platform/examples")).is_file()
    assert not (service / module(stack, "platform/mock")).exists()
    assert "no differences" in estate.suite.run("check", service).stdout
    assert git(service, "log", "--oneline").count("\n") == 1, "nothing is committed"


def test_a_second_update_does_nothing(estate: Estate, service: Path) -> None:
    estate.suite.run("update", service)
    committed(service, "Update")
    before = {path: path.stat().st_mtime_ns for path in service.rglob("*") if ".git" not in path.parts}
    done = estate.suite.run("update", service)
    assert (done.returncode, done.stdout) == (0, "quotes is on 1.2.0: nothing to do\n")
    assert {path: path.stat().st_mtime_ns for path in service.rglob("*") if ".git" not in path.parts} == before


def test_update_by_update_gives_the_same_bytes_as_one_jump(
    stack: str, estate: Estate, service: Path, tmp_path: Path
) -> None:
    jumped = shutil.copytree(service, tmp_path / "jumped", symlinks=True)
    for folder in (service, jumped):
        makefile = folder / "Makefile"
        makefile.write_text(makefile.read_text() + "\nours: ## Ours\n\techo ours\n")
        (folder / module(stack, "rating")).write_text("RATE = 1\n")
        committed(folder, "The team's")
    between = estate.suite.at("1.1.0", tmp_path / "suite-1.1.0")
    assert between.run("update", service).returncode == 0
    assert (service / ".paviour/standard").read_text() == "1.1.0\n"
    committed(service, "Update to 1.1.0")
    assert estate.suite.run("update", service).returncode == 0
    assert estate.suite.run("update", jumped).returncode == 0
    assert files(service) == files(jumped)
    assert "ours: ## Ours" in (service / "Makefile").read_text()


def test_drift_is_healed_and_named_on_the_same_version_too(stack: str, estate: Estate, service: Path) -> None:
    estate.suite.run("update", service)
    committed(service, "Update")
    good = files(service)
    auth, audit = (module(stack, f"platform/{name}") for name in ("auth", "audit"))
    (service / auth).write_text("edited\n")
    (service / audit).unlink()
    (service / module(stack, "contract/operations")).write_text("edited\n")
    committed(service, "Drift")
    done = estate.suite.run("update", service)
    assert done.returncode == 0
    assert f"{auth}: healed: it was changed here; the change is at HEAD" in done.stdout
    assert f"{audit}: healed: it was deleted here" in done.stdout
    assert files(service) == good


def test_the_reports_say_what_changed_and_why(stack: str, estate: Estate, service: Path, tmp_path: Path) -> None:
    auth = module(stack, "platform/auth")
    (service / "Makefile").write_text((service / "Makefile").read_text().replace("## Run the tests", "## Test"))
    (service / auth).write_text("edited\n")
    committed(service, "The team's")
    again = shutil.copytree(service, tmp_path / "again", symlinks=True)
    done = estate.suite.run("update", service, "--format", "json")
    report = json.loads(done.stdout)
    assert done.returncode == 3
    jsonschema_rs.validate(SCHEMA, report)
    assert (report["from"], report["to"], report["outcome"]) == ("1.0.0", "1.2.0", "conflict")
    assert report["standard"][-1] == {
        "version": "1.2.0",
        "kind": "changed",
        "what": "the mock's module is called `examples`",
        "why": "It says what it is.",
    }
    assert [entry["name"] for entry in report["migrations"]] == ["rename_mock"]
    assert report["needs_person"] == [{"path": "Makefile", "why": "both sides changed the same lines"}]
    assert report["differences"] == []
    body = estate.suite.run("update", again, "--format", "markdown").stdout
    assert body.startswith(
        "# quotes: the standard 1.0.0 to 1.2.0\n\n## To be decided by a person\n\n- `Makefile`: both"
    )
    assert "**changed in 1.2.0: the mock's module is called `examples`** It says what it is." in body
    assert f"`{auth}`: healed: it was changed here" in body


def test_the_check_names_a_conflict_until_it_is_resolved(estate: Estate, service: Path) -> None:
    (service / "Makefile").write_text((service / "Makefile").read_text().replace("## Run the tests", "## Test"))
    committed(service, "The team's")
    assert estate.suite.run("update", service).returncode == 3
    done = estate.suite.run("check", service)
    assert (done.returncode, "Makefile: conflict: " in done.stdout) == (1, True)
    assert "resolve and commit it first" in refused(estate, service)
    makefile = (service / "Makefile").read_text()
    start, _, rest = makefile.partition("<<<<<<< before updating\n")
    (service / "Makefile").write_text(start + rest.partition(">>>>>>> after updating\n")[2])
    committed(service, "Resolved")
    assert estate.suite.run("check", service).returncode == 0
    assert "nothing to do" in estate.suite.run("update", service).stdout


def test_an_answer_can_be_changed_with_every_file_that_follows(estate: Estate, service: Path) -> None:
    done = estate.suite.run("update", service, "--data", "owner=field-ops")
    assert done.returncode == 0, done.stderr
    assert "@example-org/field-ops" in (service / ".github/CODEOWNERS").read_text()
    assert "owned by @example-org/field-ops" in (service / "README.md").read_text()
    committed(service, "Update")
    assert "there is no answer 'ownr'" in refused(estate, service, "--data", "ownr=x")
    assert "must be a team's name" in refused(estate, service, "--data", "owner=No Team")
    assert "--data owner gives no answer" in refused(estate, service, "--data", "owner")


def test_a_service_in_a_folder_of_a_repository_is_updated_there(estate: Estate, service: Path, tmp_path: Path) -> None:
    mono = tmp_path / "mono"
    shutil.copytree(service, mono / "services/quotes", ignore=shutil.ignore_patterns(".git"))
    (mono / "unrelated.txt").write_text("not committed, and not the service's\n")
    inside = mono / "services/quotes"
    inside_makefile = inside / "Makefile"
    git(tmp_path, "init", "--quiet", mono)
    inside_makefile.write_text(inside_makefile.read_text().replace("## Run the tests", "## Test"))
    git(mono, "add", "services")
    git(mono, "commit", "--quiet", "--message=First")
    assert estate.suite.run("update", inside).returncode == 3
    assert git(mono, "diff", "--name-only", "--diff-filter=U").split() == ["services/quotes/Makefile"]
    assert (inside / ".paviour/standard").read_text() == "1.2.0\n"


def test_a_contract_that_can_not_be_generated_from_needs_a_person(estate: Estate, service: Path) -> None:
    (service / "contract/openapi.yaml").write_text("openapi: 3.1.0\n")
    committed(service, "Broken")
    done = estate.suite.run("update", service)
    assert done.returncode == 3
    assert "contract/openapi.yaml: needs a person: this version can't generate from it" in done.stdout
    assert (service / "contract/openapi.yaml").read_text() == "openapi: 3.1.0\n"


def test_the_sdk_that_a_service_has_is_made_anew(estate: Estate, service: Path) -> None:
    assert estate.suite.run("sdk", "build", "--language", "python", service).returncode == 0
    lock = service / "sdk/python/sdk.json"
    before = json.loads(lock.read_text())
    lock.write_text(json.dumps(before | {"paviour": "0.0.1"}))
    committed(service, "With an SDK of another version")
    assert estate.suite.run("update", service).returncode == 0
    assert json.loads(lock.read_text())["files"] == before["files"]
    assert json.loads(lock.read_text())["paviour"] != "0.0.1"
    assert not (service / "sdk/typescript").exists(), "a language that the service has not is not added"


def test_a_new_operation_gets_its_stub_with_the_update(stack: str, estate: Estate, service: Path) -> None:
    contract = service / "contract/openapi.yaml"
    added = "  /terms:\n    get:\n      operationId: getTerms\n      responses:\n        '204': {description: None.}\n"
    contract.write_text(contract.read_text().replace("paths:\n", "paths:\n" + added, 1))
    committed(service, "An operation")
    assert estate.suite.run("update", service).returncode == 0
    assert 'contract.NotImplementedYet("getTerms")' in (service / module(stack, "operations")).read_text()


def test_a_method_that_the_team_took_out_does_not_come_back(stack: str, estate: Estate, service: Path) -> None:
    operations = service / module(stack, "operations")
    operations.write_text("class Operations {}\n")
    committed(service, "The team's")
    assert estate.suite.run("update", service).returncode == 0
    assert operations.read_text() == "class Operations {}\n"


def test_a_service_keeps_its_stack(stack: str, estate: Estate, service: Path) -> None:
    answers = service / ".copier-answers.yml"
    other = next(name for name in STACKS if name != stack)
    told = f"the handlers are in {module(stack, 'operations')}, and would have to be in {module(other, 'operations')}: "
    assert told in refused(estate, service, "--data", f"stack={other}")
    assert "'cobol' is none of python, typescript" in refused(estate, service, "--data", "stack=cobol")
    for edited, told in ((other, f"says quotes in {other}, and there is no "), ("cobol", "none of python, typescript")):
        answers.write_text(answers.read_text().replace(f"stack: {stack}", f"stack: {edited}"))
        committed(service, "Edited by hand")
        assert told in refused(estate, service)
        done = estate.suite.run("generate", service)
        assert (done.returncode, done.stdout, told in done.stderr) == (2, "", True), done.stderr
        git(service, "reset", "--quiet", "--hard", "HEAD^")


@ONCE
@pytest.mark.parametrize(
    ("commit", "said"),
    [("nightly", "which is no version"), ("v9.0.0", "newer than this paviour"), ("v0.3.7", "there is no v0.3.7 in it")],
)
def test_a_version_that_can_not_be_updated_from_is_refused(
    commit: str, said: str, estate: Estate, service: Path
) -> None:
    answers = service / ".copier-answers.yml"
    answers.write_text(answers.read_text().replace("_commit: v1.0.0", f"_commit: {commit}"))
    committed(service, "Version")
    assert said in refused(estate, service)


@ONCE
@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("../suite", "a relative path"),
        ("/nowhere/at/all", "can't be had"),
        ("https://127.0.0.1:9/x.git", "can't be had"),
    ],
)
def test_templates_that_are_not_to_be_had_are_refused(source: str, said: str, estate: Estate, service: Path) -> None:
    answers = service / ".copier-answers.yml"
    answers.write_text(answers.read_text().replace(f"_src_path: {estate.suite.folder}", f"_src_path: {source}"))
    committed(service, "Source")
    assert said in refused(estate, service)


def test_what_is_not_committed_is_refused(stack: str, estate: Estate, service: Path) -> None:
    rating = module(stack, "rating")
    (service / rating).write_text("")
    assert f"{rating} not committed; commit or stash first" in refused(estate, service)
    shutil.rmtree(service / ".git")
    assert "no commit in a Git repository" in refused(estate, service)


def test_an_ignored_file_in_the_way_is_not_overwritten(stack: str, estate: Estate, service: Path) -> None:
    fresh = module(stack, "platform/fresh")
    (service / ".gitignore").write_text((service / ".gitignore").read_text() + f"/{fresh}\n")
    committed(service, "Ignore")
    (service / fresh).write_text("mine alone\n")
    assert f"{fresh} is in the way, and Git ignores it" in refused(estate, service)


def test_a_folder_where_the_standard_has_a_file_is_refused(stack: str, estate: Estate, service: Path) -> None:
    folder = service / module(stack, "platform/fresh")
    folder.mkdir()
    (folder / "mine.txt").write_text("")
    committed(service, "Folder")
    assert "is a folder here and a file in the standard" in refused(estate, service)


@ONCE
def test_an_other_version_is_left_to_its_own_command(
    estate: Estate, service: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_OFFLINE", "1")
    done = estate.suite.run("update", service, "--to", "7.7.7")
    assert done.returncode != 0
    assert "paviour" in done.stderr
    assert "'newest' is no version" in refused(estate, service, "--to", "newest")
