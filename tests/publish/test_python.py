"""The Python SDK on its way to a PyPI-compatible index."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from paviour.errors import UserError
from paviour.publish import python
from paviour.publish.mock import Mock
from tests.publish import packages
from tests.publish.registries import PASSWORD, Registry, digests, through


def packed(room: Path, text: str = "", version: str = "1.0.0") -> list[Path]:
    source, into = room / "source", room / "packages"
    packages.python(source, version, text=text)
    (source / "CHANGELOG.md").write_text("# Changelog\n")
    into.mkdir()
    return python.pack(source, into)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return packed(tmp_path_factory.mktemp("first"))


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Another package of the same name and version."""
    return packed(tmp_path_factory.mktemp("other"), "Other.")


def test_the_same_folder_gives_the_same_bytes(
    first: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")  # somebody else's
    assert digests(packed(tmp_path)) == digests(first)
    assert sorted(digests(first)) == ["quotes_sdk-1.0.0-py3-none-any.whl", "quotes_sdk-1.0.0.tar.gz"]


def test_the_packages_say_what_they_are_made_of(first: list[Path]) -> None:
    wheel, sdist = first
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read("quotes_sdk-1.0.0.dist-info/sboms/sbom.cdx.json").decode()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert '"purl": "pkg:pypi/quotes-sdk@1.0.0"' in text
    assert '"value": "opentelemetry-api>=1.30"' in text
    with tarfile.open(sdist) as tar:
        names = {name.partition("/")[2] for name in tar.getnames()}
    assert {"CHANGELOG.md", "README.md", "sbom.cdx.json", "quotes_sdk/py.typed"} <= names


def test_it_is_installed_imported_and_called_as_by_its_users(first: list[Path], mock: Mock, tmp_path: Path) -> None:
    example = packages.python(tmp_path / "unused", "1.0.0")
    python.try_out(first, example, mock, tmp_path)


def test_what_is_tried_out_has_no_credentials(
    first: list[Path], mock: Mock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("UV_PUBLISH_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "GH_TOKEN", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "very-secret")
    python.try_out(first, "import os\nassert 'very-secret' not in os.environ.values()", mock, tmp_path)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"dependencies": '["quotes-sdk-that-does-not-exist"]'}, "the wheel can't be installed: "),
        (
            {"first_call": "raise ValueError('no quote')"},
            "the first call by the installed SDK fails: ValueError: no quote",
        ),
        ({"broken": "import nothing_like_it"}, "importing quotes_sdk from the wheel fails: ModuleNotFoundError: "),
    ],
)
def test_a_package_that_does_not_work_is_not_published(
    change: dict[str, str], told: str, mock: Mock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_OFFLINE", "1")
    broken = change.pop("broken", None)
    source, into, room = tmp_path / "source", tmp_path / "packages", tmp_path / "room"
    into.mkdir()
    room.mkdir()
    example = packages.python(source, "1.0.0", **change)
    if broken:
        (source / "quotes_sdk/__init__.py").write_text(broken)
    files = python.pack(source, into)
    with pytest.raises(UserError) as error:
        python.try_out(files, example, mock, room)
    assert str(error.value).startswith(told)
    assert "\n" not in str(error.value)


def test_a_first_release_is_uploaded_whole_and_once(first: list[Path], to_pypi: Registry) -> None:
    assert python.upload(first) == first
    assert digests(list(to_pypi.folder.iterdir())) == digests(first)
    assert python.upload(first) == []


def test_the_same_version_with_other_bytes_is_refused(
    first: list[Path], other: list[Path], to_pypi: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    python.upload(first)
    with pytest.raises(UserError, match=r"published already, with other bytes: .*quotes_sdk-1.0.0.*another version"):
        python.upload(other)
    assert digests(list(to_pypi.folder.iterdir())) == digests(first)


@pytest.mark.usefixtures("to_pypi")
def test_what_is_missing_is_added(first: list[Path]) -> None:
    wheel, sdist = first
    assert python.upload([wheel]) == [wheel]
    assert python.upload(first) == [sdist]


@pytest.mark.parametrize("asked", [False, True], ids=["upload", "answer"])
@pytest.mark.parametrize("whole", [0, 1], ids=["wheel", "sdist"])
def test_what_was_cut_off_is_finished_by_another_run(
    whole: int, asked: bool, first: list[Path], to_pypi: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    with through(to_pypi.url) as line:
        monkeypatch.setenv("UV_PUBLISH_URL", line.url)
        line.whole, line.asked = whole, asked
        with pytest.raises(UserError, match=r"the upload was not completed: .*run this again"):
            python.upload(first)
    there = first[: whole + asked]
    assert digests(list(to_pypi.folder.iterdir())) == digests(there)
    monkeypatch.setenv("UV_PUBLISH_URL", to_pypi.url)
    assert python.upload(first) == first[len(there) :]
    assert digests(list(to_pypi.folder.iterdir())) == digests(first)


@pytest.mark.parametrize("given", [{"UV_PUBLISH_PASSWORD": "wrong-password"}, {"UV_PUBLISH_PASSWORD": ""}])
def test_without_the_right_credentials_nothing_happens_and_no_secret_is_told(
    given: dict[str, str], first: list[Path], to_pypi: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value) if value else monkeypatch.delenv(name)
    with pytest.raises(UserError, match=r"the index does not let you upload: .*set UV_PUBLISH_TOKEN") as error:
        python.upload(first)
    assert "\n" not in str(error.value)
    assert "wrong-password" not in str(error.value)
    assert list(to_pypi.folder.iterdir()) == []


def test_credentials_in_the_url_are_not_told(
    first: list[Path], to_pypi: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("UV_PUBLISH_USERNAME")
    monkeypatch.delenv("UV_PUBLISH_PASSWORD")
    monkeypatch.setenv("UV_PUBLISH_URL", to_pypi.url.replace("//", "//ci:wrong-password@"))
    with pytest.raises(UserError) as error:
        python.upload(first)
    assert "wrong-password" not in str(error.value)


@pytest.mark.usefixtures("to_pypi")
def test_an_index_that_is_down_is_named(first: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_PUBLISH_CHECK_URL", "http://127.0.0.1:1/simple/")
    with pytest.raises(UserError, match=r"the upload was not completed: .*127.0.0.1:1.*refused.*; run this again"):
        python.upload(first)


@pytest.mark.usefixtures("to_pypi")
def test_an_index_needs_the_url_by_which_an_upload_can_go_on(
    first: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("UV_PUBLISH_CHECK_URL")
    with pytest.raises(UserError, match="set it to where the index lists its files"):
        python.upload(first)


@pytest.mark.usefixtures("to_pypi")
def test_no_secret_is_an_argument_of_a_process(first: list[Path], commands: list[str]) -> None:
    python.upload(first)
    assert commands
    assert not any(PASSWORD in command for command in commands)


def test_a_first_call_that_does_not_end_is_ended(
    first: list[Path], mock: Mock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(python, "TRIAL_SECONDS", 5)
    with pytest.raises(UserError, match=r"first_call\.py has not ended after 5 s; try it out by hand"):
        python.try_out(first, "while True: pass", mock, tmp_path)
