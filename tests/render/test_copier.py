"""Plain Copier gives the same service as `paviour new`, without having to be trusted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from paviour import __version__
from paviour.suite import ANSWERS, source, template
from tests.support.command import REPOSITORY
from tests.support.git import git, suite_repository

ANSWER_SETS = [
    pytest.param({}, id="defaults"),
    pytest.param({"service": "order-desk", "contract": "own"}, id="own contract"),
    pytest.param(
        {"service": "sites", "organization": "acme", "owner": "field_ops", "platform_team": "core", "domain": "supply"},
        id="all names given",
    ),
]


def copier(command: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-m", "copier", command, "--quiet", *map(str, arguments)]
    return subprocess.run(call, capture_output=True, text=True, check=False)


def files(folder: Path) -> dict[str, tuple[bytes, int]]:
    """What a render consists of: bytes and mode of each file; only the recorded origin may differ."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and ".git" not in path.relative_to(folder).parts:
            lines = path.read_bytes().splitlines(keepends=True)
            kept = [line for line in lines if path.name != ANSWERS or not line.startswith((b"_commit", b"_src_path"))]
            found[path.relative_to(folder).as_posix()] = b"".join(kept), path.stat().st_mode & 0o111
    return found


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return suite_repository(tmp_path_factory.mktemp("released") / "paviour", f"v{__version__}")


@pytest.mark.parametrize("answers", ANSWER_SETS)
def test_copier_and_paviour_render_the_same_bytes(answers: dict[str, str], released: Path, tmp_path: Path) -> None:
    data = [f"--data={name}={answer}" for name, answer in answers.items()]
    done = copier("copy", "--defaults", *data, released, tmp_path / "copier")
    assert done.returncode == 0, done.stderr
    template().render(answers, tmp_path / "paviour", commit=f"v{__version__}", source=source())
    assert files(tmp_path / "copier") == files(tmp_path / "paviour")


def test_cookiecutter_asks_the_same_and_gives_the_same_bytes(
    released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = json.loads((REPOSITORY / "cookiecutter.json").read_text())
    assert list(asked) == template().asked
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("COOKIECUTTER_CONFIG", os.devnull)
    call = [sys.executable, "-m", "cookiecutter", "--no-input", str(released), "service=order-desk", "domain=supply"]
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answers = {"service": "order-desk", "domain": "supply"}
    template().render(answers, tmp_path / "paviour", commit=f"v{__version__}", source=source())
    assert files(tmp_path / "order-desk") == files(tmp_path / "paviour")
    recorded = yaml.safe_load((tmp_path / "order-desk" / ANSWERS).read_text())
    assert (recorded["_src_path"], recorded["_commit"]) == (str(released), f"v{__version__}")


def test_the_same_answers_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        template().render({"service": "sites"}, tmp_path / name, commit="v1.0.0", source="here")
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_the_answers_are_recorded_with_version_and_source(released: Path, tmp_path: Path) -> None:
    copier("copy", "--defaults", "--data=service=sites", released, tmp_path / "sites")
    recorded = yaml.safe_load((tmp_path / "sites" / ANSWERS).read_text())
    assert recorded["_commit"] == f"v{__version__}"
    assert recorded["_src_path"] == str(released)
    assert set(recorded) - {"_commit", "_src_path", "version"} == set(template().asked)


def test_an_update_needs_no_trust_and_leaves_the_team_s_files_alone(tmp_path: Path) -> None:
    released = suite_repository(tmp_path / "paviour", f"v{__version__}")
    service = tmp_path / "quotes"
    assert copier("copy", "--defaults", released, service).returncode == 0
    git(service, "init", "--quiet")
    edited = ["contract/openapi.yaml", "src/quotes/operations.py", "src/quotes/settings.py", "docs/runbook.md"]
    for name in edited:
        (service / name).write_text("the team's\n")
    git(service, "add", "--all")
    git(service, "commit", "--quiet", "--message=First")
    newer = released / "templates/{{ common }}/.paviour/newer.txt"
    newer.write_text("of the new standard\n")
    git(released, "add", "--all")
    git(released, "commit", "--quiet", "--message=Second release")
    git(released, "tag", "v99.0.0")
    done = copier("update", "--defaults", service)
    assert done.returncode == 0, done.stderr
    assert "_commit: v99.0.0" in (service / ANSWERS).read_text()
    assert (service / ".paviour/newer.txt").read_text() == "of the new standard\n"
    assert [(service / name).read_text() for name in edited] == ["the team's\n"] * len(edited)


def test_there_is_nothing_in_the_templates_that_needs_trust() -> None:
    settings = [key for document in documents() for key in document if key.startswith("_")]
    assert not {"_tasks", "_jinja_extensions", "_migrations"} & set(settings)


def test_every_question_has_a_default_and_an_explanation() -> None:
    for name in template().asked:
        question = template().questions[name]
        assert question["default"], name
        assert question["help"].endswith((".", "?", ")")), name
        assert "choices" in question or question["validator"], name


def test_an_undefined_name_in_a_template_is_an_error_and_not_a_gap() -> None:
    assert [document["_envops"]["undefined"] for document in documents() if "_envops" in document] == [
        "jinja2.StrictUndefined"
    ]


def test_all_paths_of_the_team_are_skipped_where_they_exist() -> None:
    skipped = [pattern for document in documents() for pattern in document.get("_skip_if_exists", ())]
    stacks = template().questions["stack"]["choices"].values()
    team = [pattern for stack in stacks for pattern in template().answers({"stack": stack})["zones"]["team"]]
    # A pattern of another stack's names nothing that this one has.
    assert skipped == list(dict.fromkeys(team))


def test_no_template_is_a_link_or_has_a_name_that_windows_refuses() -> None:
    devices = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
    for path in (REPOSITORY / "templates").rglob("*"):
        assert not path.is_symlink(), path
        assert not set('<>:"\\|?*') & set(path.name), path
        assert not path.name.endswith((".", " ")), path
        assert path.name.split(".")[0].lower() not in devices, path


def test_a_template_without_variables_is_copied_and_not_rendered() -> None:
    for path in (REPOSITORY / "templates").rglob("*.jinja"):
        text = path.read_text("utf-8")
        assert "{{" in text or "{%" in text, path


def test_the_templates_and_the_package_are_of_one_version() -> None:
    assert template().answers({})["standard"] == __version__


def documents() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((REPOSITORY / "copier.yml").read_text("utf-8")))
