"""The TypeScript SDK on its way to an npm-compatible registry."""

from __future__ import annotations

import base64
import hashlib
import json
import tarfile
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from paviour.errors import UserError
from paviour.publish import typescript
from paviour.publish.mock import Mock
from tests.publish import packages
from tests.publish.registries import Registry, digests, through


def packed(room: Path, version: str, text: str = "") -> list[Path]:
    source, into = room / "source", room / "packages"
    packages.typescript(source, version, text=text)
    (source / "CHANGELOG.md").write_text("# Changelog\n")
    into.mkdir()
    return typescript.pack(source, into)


@pytest.fixture
def fresh(to_npm: Registry, tmp_path: Path) -> list[Path]:
    """A version that is not published yet."""
    version = f"1.0.{sum(1 for _ in to_npm.folder.rglob('*.tgz'))}"
    return packed(tmp_path, version)


def published(registry: Registry, files: list[Path]) -> bool:
    """Has the registry these very bytes, whole?"""
    (tarball,) = files
    version = tarball.stem.rpartition("-")[2]
    record = registry.folder / "@example/quotes-sdk/package.json"
    known = json.loads(record.read_text())["versions"].get(version) if record.exists() else None
    digest = base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    return known is not None and known["dist"]["integrity"] == f"sha512-{digest}"


def test_the_same_folder_gives_the_same_bytes(tmp_path: Path) -> None:
    files = [packed(tmp_path / name, "1.0.0") for name in ("first", "second")]
    assert digests(files[0]) == digests(files[1])
    assert list(digests(files[0])) == ["example-quotes-sdk-1.0.0.tgz"]


def test_the_package_says_what_it_is_made_of(tmp_path: Path) -> None:
    (tarball,) = packed(tmp_path, "1.0.0")
    with tarfile.open(tarball) as tar:
        names = {name.partition("/")[2] for name in tar.getnames()}
        text = tar.extractfile("package/sbom.cdx.json").read().decode()  # type: ignore[union-attr]
    assert names == {"CHANGELOG.md", "README.md", "index.js", "package.json", "sbom.cdx.json"}
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert '"purl": "pkg:npm/%40example/quotes-sdk@1.0.0"' in text
    assert '"value": "@opentelemetry/api@^1.9.0"' in text
    assert '"scope": "optional"' in text


def test_it_is_installed_imported_and_called_as_by_its_users(tmp_path: Path, mock: Mock) -> None:
    files = packed(tmp_path, "1.0.0")
    example = packages.typescript(tmp_path / "unused", "1.0.0")
    (tmp_path / "room").mkdir()
    typescript.try_out(files, example, mock, tmp_path / "room")
    assert mock.called == ["getQuote"]


def test_what_is_tried_out_has_no_credentials(tmp_path: Path, mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NODE_AUTH_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "GH_TOKEN"):
        monkeypatch.setenv(name, "very-secret")
    example = 'if (Object.values(process.env).includes("very-secret")) throw new Error("told");'
    files = packed(tmp_path, "1.0.0")
    (tmp_path / "room").mkdir()
    typescript.try_out(files, example, mock, tmp_path / "room")


def test_a_package_that_does_not_work_is_not_published(tmp_path: Path, mock: Mock) -> None:
    files = packed(tmp_path, "1.0.0")
    for example, told in (
        ("throw new Error('no quote');", "the first call by the installed SDK fails: Error: no quote"),
        ("import '@example/quotes-sdk/other';", "the first call by the installed SDK fails: Error"),
    ):
        room = tmp_path / hashlib.sha256(example.encode()).hexdigest()
        room.mkdir()
        with pytest.raises(UserError) as error:
            typescript.try_out(files, example, mock, room)
        assert str(error.value).startswith(told)
        assert "\n" not in str(error.value)


def test_a_first_call_that_does_not_end_is_ended(tmp_path: Path, mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typescript, "TRIAL_SECONDS", 8)
    files = packed(tmp_path, "1.0.0")
    (tmp_path / "room").mkdir()
    with pytest.raises(UserError, match=r"first_call\.js has not ended after 8 s; try it out by hand"):
        typescript.try_out(files, "setInterval(() => {}, 1000);", mock, tmp_path / "room")


def test_a_first_release_is_uploaded_once(fresh: list[Path], to_npm: Registry) -> None:
    assert typescript.upload(fresh) == fresh
    assert published(to_npm, fresh)
    assert typescript.upload(fresh) == []


def test_the_same_version_with_other_bytes_is_refused(fresh: list[Path], to_npm: Registry, tmp_path: Path) -> None:
    typescript.upload(fresh)
    other = packed(tmp_path / "other", fresh[0].stem.rpartition("-")[2], "Other.")
    with pytest.raises(
        UserError, match=r"quotes-sdk 1\.0\.\d+ is published already, with other bytes; .*another version"
    ):
        typescript.upload(other)
    assert published(to_npm, fresh)


def test_what_was_cut_off_is_finished_by_another_run(
    fresh: list[Path], to_npm: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    with through(to_npm.url) as line:
        monkeypatch.setenv("NPM_CONFIG_REGISTRY", line.url)
        line.whole = 0
        with pytest.raises(UserError, match=r"the upload was not completed: .*run this again"):
            typescript.upload(fresh)
    assert not published(to_npm, fresh)
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", to_npm.url)
    assert typescript.upload(fresh) == fresh
    assert published(to_npm, fresh)


def test_an_answer_that_got_lost_is_found_by_another_run(
    fresh: list[Path], to_npm: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    with through(to_npm.url) as line:
        monkeypatch.setenv("NPM_CONFIG_REGISTRY", line.url)
        line.whole, line.asked = 0, True
        with pytest.raises(UserError, match=r"the upload was not completed: .*run this again"):
            typescript.upload(fresh)
    assert published(to_npm, fresh)
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", to_npm.url)
    assert typescript.upload(fresh) == []


@pytest.mark.parametrize("token", ["wrong-token", ""])
def test_without_the_right_credentials_nothing_happens_and_no_secret_is_told(
    token: str, fresh: list[Path], to_npm: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NODE_AUTH_TOKEN", token)
    with pytest.raises(UserError, match=r"the registry does not let you upload: .*set NODE_AUTH_TOKEN") as error:
        typescript.upload(fresh)
    assert "\n" not in str(error.value)
    assert "wrong-token" not in str(error.value)
    assert not published(to_npm, fresh)


def test_a_registry_that_is_down_is_named(fresh: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "http://127.0.0.1:1/")
    with pytest.raises(UserError, match=r"the upload was not completed: .*ECONNREFUSED 127\.0\.0\.1:1; run this again"):
        typescript.upload(fresh)


def test_no_secret_is_an_argument_of_a_process_or_in_a_file(
    fresh: list[Path], to_npm: Registry, tmp_path: Path, commands: list[str]
) -> None:
    typescript.upload(fresh)
    assert commands
    assert not any(to_npm.token in command for command in commands)
    assert not any(to_npm.token.encode() in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_without_node_it_is_said_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("paviour.publish.typescript.sys.executable", str(tmp_path / "python"))
    with pytest.raises(UserError, match="npm is not installed, and the TypeScript SDK needs it; install Node"):
        packed(tmp_path, "1.0.0")
