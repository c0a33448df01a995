"""An update by Copier, as people and Renovate call it: a correct result, or a line that says why not.

Whether a migration has to run is decided by versions alone: that refusal is tried once.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support.git import git
from tests.support.suites import Suite, committed, files
from tests.update.conftest import ONCE, module

RENOVATE = ["--skip-answered", "--defaults", "--answers-file", ".copier-answers.yml", "--vcs-ref"]
"""What Renovate's Copier manager calls `copier update` with, without `allowScripts`."""


def copier(service: Path, *options: str) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-m", "copier", "update", *options]
    return subprocess.run(call, cwd=service, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Suite:
    """On 1.1.0, which changes a file of each zone and needs no migration."""
    found = Suite(tmp_path_factory.mktemp("copier") / "suite", "1.0.0")
    found.edit("templates/{{ common }}/Makefile.jinja", "## Run the tests", "## Run all tests")
    found.write("templates/{{ python }}/src/{{ package }}/platform/fresh.py", '"""New in 1.1.0."""\n')
    found.write("templates/{{ typescript }}/src/platform/fresh.ts", "/** New in 1.1.0. */\n")
    for name in ("{{ python }}/src/{{ package }}/platform/mock.py", "{{ typescript }}/src/platform/mock.ts"):
        (found.folder / "templates" / name).unlink()
    found.edit("templates/{{ python }}/src/{{ package }}/platform/audit.py", '"""', '"""Changed. ')
    found.edit("templates/{{ typescript }}/src/platform/audit.ts", "/**", "/** Changed.")
    found.release("1.1.0")
    return found


@pytest.fixture(scope="module")
def first(suite: Suite, stack: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    room = tmp_path_factory.mktemp("first")
    return suite.at("1.0.0", room / "suite-1.0.0").new(room / "quotes", stack)


@pytest.fixture
def service(suite: Suite, stack: str, first: Path, tmp_path: Path) -> Path:
    copy = shutil.copytree(first, tmp_path / "quotes", symlinks=True)
    answers = copy / ".copier-answers.yml"
    answers.write_text(re.sub(r"_src_path: .*", f"_src_path: {suite.folder}", answers.read_text()))
    makefile = copy / "Makefile"
    makefile.write_text(makefile.read_text() + "\nours: ## Ours\n\techo ours\n")
    operations = copy / module(stack, "operations")
    operations.write_text(operations.read_text() + "\n# the team's\n")
    (copy / "docs/runbook.md").unlink()
    committed(copy, "The team's")
    return copy


@pytest.mark.parametrize("options", [["--defaults"], [*RENOVATE, "v1.1.0"]], ids=["plain", "renovate"])
def test_the_result_is_that_of_paviour_update_but_for_the_generated_code(
    options: list[str], suite: Suite, service: Path, tmp_path: Path
) -> None:
    other = shutil.copytree(service, tmp_path / "other", symlinks=True)
    done = copier(service, *options)
    assert done.returncode == 0, done.stderr
    left = suite.run("check", service).stdout.splitlines()
    assert [line.split(":")[1] for line in left[:-1]] == [" stale"]
    assert suite.run("generate", service).returncode == 0
    assert suite.run("check", service).returncode == 0
    done = suite.run("update", other)
    assert done.returncode == 0, done.stdout + done.stderr
    assert files(service) == files(other)


def test_the_check_names_what_copier_leaves(suite: Suite, stack: str, service: Path) -> None:
    auth = module(stack, "platform/auth")
    makefile = service / "Makefile"
    makefile.write_text(makefile.read_text().replace("## Run the tests", "## Test"))
    (service / auth).write_text("edited\n")
    committed(service, "The team's")
    assert copier(service, *RENOVATE, "v1.1.0").returncode == 0
    (service / "README.md.rej").write_text("what Copier leaves with --conflict rej\n")
    found = suite.run("check", service).stdout
    for said in ("Makefile: conflict: ", f"{auth}: platform-changed: ", "README.md.rej: rejected: ", ": stale: "):
        assert said in found


def test_what_was_taken_over_is_left_alone(suite: Suite, stack: str, service: Path) -> None:
    taken = [module(stack, f"platform/{name}") for name in ("audit", "mock")]
    earlier = suite.at("1.0.0", service.parent / "suite-1.0.0")
    done = earlier.run("eject", *taken, "--reason", "ours", "--service", service)
    assert done.returncode == 0, done.stderr
    for path in taken:
        (service / path).write_text("ours\n")
    committed(service, "Taken over")
    assert copier(service, *RENOVATE, "v1.1.0").returncode == 0
    assert [(service / path).read_text() for path in taken] == ["ours\n", "ours\n"]
    assert sorted(yaml.safe_load((service / ".paviour/zones.yaml").read_text())["ejected"]) == taken


@ONCE
def test_where_a_migration_has_to_run_copier_refuses_in_one_line(suite: Suite, service: Path, tmp_path: Path) -> None:
    later = suite.at("1.1.0", tmp_path / "later")
    later.edit("copier.yml", 'default: "0.0.0"', 'default: "1.1.9"')
    later.release("1.2.0")
    before = files(service)
    for options in (["--defaults"], [*RENOVATE, "v1.2.0"]):
        done = copier(service, *options)
        assert done.returncode != 0
        assert "Traceback" not in done.stderr
        assert "Copier can't update from 1.0.0 to this version: run `paviour update` instead" in done.stderr
        assert files(service) == before
    later.release("1.3.0")
    answers = service / ".copier-answers.yml"
    answers.write_text(answers.read_text().replace("1.0.0", "1.2.0"))
    committed(service, "As if migrated")
    assert copier(service, *RENOVATE, "v1.3.0").returncode == 0
    git(suite.folder, "tag", "--delete", "v1.2.0", "v1.3.0")


def test_a_service_of_cookiecutter_s_can_be_updated(
    suite: Suite, stack: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("COOKIECUTTER_CONFIG", os.devnull)
    call = [sys.executable, "-m", "cookiecutter", "--no-input", "--checkout", "v1.0.0", str(suite.folder)]
    call += ["service=order-desk", f"stack={stack}"]
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    service = tmp_path / "order-desk"
    committed(service, "New")
    done = suite.run("update", service)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (service / ".paviour/standard").read_text() == "1.1.0\n"
    assert suite.run("check", service).returncode == 0
