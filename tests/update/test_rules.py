"""A change of the templates comes with what services need to follow it."""

from __future__ import annotations

import ast
import shutil
from functools import cache
from pathlib import Path

import pytest

from paviour import __version__, suite
from paviour.render import Template
from paviour.update.changes import fragments
from paviour.update.migrations import migrations
from paviour.update.sources import template_at
from paviour.update.versions import release, shown
from tests.support.command import REPOSITORY
from tests.support.releases import VERSIONS
from tests.update.rules import migration_folders, unexplained, unmigrated, without_default

LAST = list(VERSIONS)[-1]


@cache
def last_release() -> Template:
    return template_at(str(REPOSITORY), VERSIONS[LAST])


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """A copy of what services are made from, for the rules to be tried on."""
    shutil.copyfile(REPOSITORY / "copier.yml", tmp_path / "copier.yml")
    shutil.copytree(REPOSITORY / "templates", tmp_path / "templates")
    return tmp_path


def migration(folder: Path, text: str) -> Path:
    place = folder / "hooks/migrations/v9_9_9/change"
    place.mkdir(parents=True)
    (place / "migration.py").write_text(f'"""Change something."""\n\n{text}\n')
    return folder / "hooks/migrations"


def test_what_changed_in_services_since_the_last_release_is_explained() -> None:
    told = fragments(suite.changes(), release(LAST), release(__version__))
    missing = unexplained(last_release(), suite.template(), told)
    assert missing == set(), f"add a fragment to changes/{__version__}/, whose last line names these files"


def test_what_was_renamed_or_removed_since_the_last_release_is_migrated() -> None:
    chosen = migrations(suite.migrations(), release(LAST), release(__version__))
    missing = unmigrated(last_release(), suite.template(), chosen)
    assert missing == set(), f"add a migration to hooks/migrations/v{__version__.replace('.', '_')}/"


def test_new_questions_have_a_default() -> None:
    assert without_default(last_release(), suite.template()) == set()


def test_a_changed_file_without_a_fragment_is_noticed(changed: Path) -> None:
    path = changed / "templates/{{ python }}/src/{{ package }}/platform/mock.py"
    path.write_text(path.read_text() + "# changed\n")
    (changed / "templates/{{ starter }}/contract/openapi.yaml").write_text(
        "the team's: changes only for new services\n"
    )
    assert unexplained(suite.template(), Template(changed), []) == {"src/quotes/platform/mock.py"}
    folder = changed / "changes/9.9.9"
    folder.mkdir(parents=True)
    (folder / "mock.md").write_text("# Fixed: the mock answers\n\nIt did not.\n\nFiles: `/src/*/platform/mock.py`\n")
    told = fragments(changed / "changes", release("1.0.0"), release("9.9.9"))
    assert unexplained(suite.template(), Template(changed), told) == set()


def test_a_removed_and_a_renamed_file_without_a_migration_are_noticed(changed: Path) -> None:
    platform = changed / "templates/{{ python }}/src/{{ package }}/platform"
    (platform / "mock.py").unlink()
    (platform / "audit.py").rename(platform / "auditing.py")
    gone = {"src/quotes/platform/mock.py", "src/quotes/platform/audit.py"}
    assert unmigrated(suite.template(), Template(changed), []) == gone
    folder = migration(
        changed,
        'REMOVED = ["src/{package}/platform/mock.py"]\n'
        'RENAMED = {"src/{package}/platform/audit.py": "src/{package}/platform/auditing.py"}',
    )
    chosen = migrations(folder, release("1.0.0"), release("9.9.9"))
    assert unmigrated(suite.template(), Template(changed), chosen) == set()


def test_a_question_that_was_renamed_or_has_no_default_is_noticed(changed: Path) -> None:
    for path in (changed / "copier.yml", *(changed / "templates").rglob("*.jinja")):
        text = path.read_text().replace("\ndomain:\n", "\narea:\n")
        path.write_text(
            text.replace("{{ domain", "{{ area").replace("if not domain", "if not area").replace("or domain", "or area")
        )
    assert unmigrated(suite.template(), Template(changed), []) == {"domain"}
    chosen = migrations(migration(changed, 'ANSWERS = {"domain": "area"}'), release("1.0.0"), release("9.9.9"))
    assert unmigrated(suite.template(), Template(changed), chosen) == set()
    text = (changed / "copier.yml").read_text()
    (changed / "copier.yml").write_text(text.replace("  default: connectivity\n", "", 1))
    assert without_default(suite.template(), Template(changed)) == {"area"}


def test_copier_refuses_from_before_the_last_migration() -> None:
    versions = [release(path.parent.name.replace("_", ".")) for path in migration_folders(suite.migrations())]
    expected = shown(max(versions)) if versions else "0.0.0"
    assert suite.template().answers({})["last_migration"] == expected


def test_every_migration_has_its_sentence_and_its_test() -> None:
    for folder in migration_folders(suite.migrations()):
        sentence = ast.get_docstring(ast.parse((folder / "migration.py").read_text("utf-8")))
        assert sentence, folder
        assert sentence.count("\n") == 0, folder
        tests = (folder / "test_migration.py").read_text("utf-8")
        assert "def test_does_nothing_when" in tests, folder
        assert "def test_does_nothing_a_second_time" in tests, folder


def test_the_version_of_the_work_tree_comes_after_all_released_ones() -> None:
    versions = [release(version) for version in VERSIONS]
    assert versions == sorted(versions)
    assert release(__version__) > versions[-1]
    for version in VERSIONS:
        assert template_at(str(REPOSITORY), VERSIONS[version]).answers({})["standard"] == version
