"""`paviour sdk publish`, from a service to what its callers install."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.publish.estate import CONTRACT, NEW, estate
from tests.publish.registries import Registry, digests
from tests.support.command import paviour
from tests.support.git import git

WHEEL, SDIST = "quotes_client-{}-py3-none-any.whl", "quotes_client-{}.tar.gz"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A service with a Python SDK, all committed."""
    folder = tmp_path_factory.mktemp("estate") / "quotes"
    estate(folder)
    shutil.rmtree(folder / "sdk")
    change(folder, CONTRACT)
    return folder


@pytest.fixture
def service(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for part in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{part}_NAME", "Paviour")
        monkeypatch.setenv(f"GIT_{part}_EMAIL", "paviour@example.com")
    return Path(shutil.copytree(made, tmp_path / "quotes"))


def change(service: Path, contract: str) -> None:
    """What a team does: the contract, `make generate`, a commit."""
    (service / "contract/openapi.yaml").write_text(contract)
    done = paviour("sdk", "build", service, "--language", "python")
    assert done.returncode == 0, done.stderr
    git(service, "add", ".")
    git(service, "commit", "--quiet", "-m", "Change")


def publish(service: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return paviour("sdk", "publish", service, "--language", "python", *options)


def tags(service: Path) -> list[str]:
    return git(service, "tag", "--list").split()


@pytest.mark.slow
def test_a_dry_run_is_the_default_and_leaves_no_trace_but_the_packages(service: Path, to_pypi: Registry) -> None:
    done = publish(service)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "python: 1.0.0, the first release"
    assert "tried out: installed, imported, called" in done.stdout
    assert done.stdout.endswith("nothing was uploaded; --upload does it\n")
    folder = service / "dist/sdk/python"
    first = digests(folder / name.format("1.0.0") for name in (WHEEL, SDIST))
    assert publish(service).returncode == 0
    assert digests(folder / name.format("1.0.0") for name in (WHEEL, SDIST)) == first
    assert git(service, "status", "--porcelain") == ""
    assert not tags(service)
    assert not list(to_pypi.folder.iterdir())


@pytest.mark.slow
def test_what_is_uploaded_is_tagged_and_the_next_version_follows_from_there(service: Path, to_pypi: Registry) -> None:
    done = publish(service, "--upload")
    assert done.returncode == 0, done.stderr
    assert {path.name for path in to_pypi.folder.iterdir()} == {name.format("1.0.0") for name in (WHEEL, SDIST)}
    assert tags(service) == ["sdk-python-v1.0.0"]
    assert "git push origin sdk-python-v1.0.0" in done.stdout

    done = publish(service, "--upload")
    assert (done.returncode, done.stdout) == (0, "python: 1.0.0 is what the contract gives; nothing to publish\n")

    (service / "contract/openapi.yaml").write_text(CONTRACT + NEW)
    done = publish(service, "--upload")
    assert done.returncode == 1
    assert "sdk/python: not what the contract gives; `paviour sdk build` makes it anew" in done.stdout

    change(service, CONTRACT + NEW)
    done = publish(service, "--upload")
    assert done.returncode == 0, done.stderr
    assert tags(service) == ["sdk-python-v1.0.0", "sdk-python-v1.1.0"]
    with tarfile.open(to_pypi.folder / SDIST.format("1.1.0")) as tar:
        told = tar.extractfile("quotes_client-1.1.0/CHANGELOG.md").read().decode()  # type: ignore[union-attr]
        assert tar.extractfile("quotes_client-1.1.0/LICENSE").read() == b"Ours.\n"  # type: ignore[union-attr]
        about = tar.extractfile("quotes_client-1.1.0/PKG-INFO").read().decode()  # type: ignore[union-attr]
    assert "Project-URL: Source, https://github.com/acme/quotes" in about
    assert told.index("## 1.1.0") < told.index("`list_quotes` is new") < told.index("## 1.0.0\n\nFirst release.")
    assert (
        told.partition("## 1.1.0\n\n")[2].partition("\n## 1.0.0")[0].strip()
        == git(service, "tag", "--list", "--format=%(contents:body)", "sdk-python-v1.1.0").strip()
    )


def test_what_is_refused_is_not_tagged_and_another_run_finishes_it(
    service: Path, to_pypi: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_PUBLISH_PASSWORD", "wrong-password")
    done = publish(service, "--upload")
    assert done.returncode == 2
    assert done.stderr.startswith("paviour: the index does not let you upload: ")
    assert len(done.stderr.splitlines()) == 1
    assert "wrong-password" not in done.stdout + done.stderr
    assert tags(service) == []

    # As after a run that was stopped between the two files; meanwhile there is another commit with the same contract.
    shutil.copy(service / "dist/sdk/python" / WHEEL.format("1.0.0"), to_pypi.folder)
    git(service, "commit", "--quiet", "--allow-empty", "-m", "Something else")
    monkeypatch.setenv("UV_PUBLISH_PASSWORD", "right-password")
    done = publish(service, "--upload")
    assert done.returncode == 0, done.stderr
    assert f"uploaded {SDIST.format('1.0.0')}; there already: {WHEEL.format('1.0.0')}" in done.stdout
    assert tags(service) == ["sdk-python-v1.0.0"]


def test_one_job_builds_and_another_uploads_just_that(service: Path, to_pypi: Registry) -> None:
    done = publish(service, "--upload", "--built")
    assert (done.returncode, done.stdout) == (0, "")
    assert publish(service).returncode == 0
    wheel = service / "dist/sdk/python" / WHEEL.format("1.0.0")
    good = wheel.read_bytes()

    wheel.write_bytes(good + b"!")
    done = publish(service, "--upload", "--built")
    assert done.returncode == 2
    assert "is not what was tried out; make it anew: paviour sdk publish" in done.stderr

    wheel.write_bytes(good)
    git(service, "commit", "--quiet", "--allow-empty", "-m", "Something else")
    done = publish(service, "--upload", "--built")
    assert done.returncode == 2
    assert "was not made from this commit" in done.stderr
    assert list(to_pypi.folder.iterdir()) == []

    git(service, "reset", "--quiet", "--hard", "HEAD^")
    done = publish(service, "--upload", "--built")
    assert done.returncode == 0, done.stderr
    assert digests(to_pypi.folder.iterdir())[wheel.name] == digests([wheel])[wheel.name]
    assert tags(service) == ["sdk-python-v1.0.0"]


def test_what_is_not_committed_is_not_uploaded(service: Path, to_pypi: Registry) -> None:
    path = service / "contract/openapi.yaml"
    path.write_text(path.read_text() + "# a thought\n")
    assert paviour("sdk", "build", service).returncode == 0
    done = publish(service, "--upload")
    assert done.returncode == 2
    assert "has changes that are not committed; commit them" in done.stderr
    assert not tags(service)
    assert not list(to_pypi.folder.iterdir())


def test_what_nobody_can_decide_waits_for_a_person(service: Path) -> None:
    text = CONTRACT.replace(
        "properties:\n                  id: {type: string}",
        "properties:\n                  id: {type: string, pattern: '%s'}",
    )
    change(service, text % r"^(a|b)\1$")
    git(service, "tag", "sdk-python-v1.0.0")
    change(service, text % "^(?:aa|bb)$")
    done = publish(service, "--upload")
    assert done.returncode == 3, done.stderr
    assert "after 1.0.0 a person has to decide; judge this, then name the version with --version" in done.stdout
    assert "contract/openapi.yaml:" in done.stdout
    assert tags(service) == ["sdk-python-v1.0.0"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--version", "2.0.0"], "--version is the version of one SDK; name it with --language"),
        (["--built"], "--built goes with --upload"),
        (["--language", "python", "--version", "next"], "'next' is no semantic version without a suffix"),
    ],
)
def test_half_a_choice_is_refused(service: Path, options: list[str], told: str) -> None:
    done = paviour("sdk", "publish", service, *options)
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_service_without_sdks_is_told_how_to_get_them(service: Path) -> None:
    shutil.rmtree(service / "sdk")
    done = publish(service)
    assert done.returncode == 2
    assert "has no SDK to publish; make it: paviour sdk build" in done.stderr


@pytest.mark.slow
def test_the_typescript_one_goes_the_same_way(service: Path, npm: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    assert paviour("sdk", "build", service, "--language", "typescript").returncode == 0
    git(service, "add", ".")
    git(service, "commit", "--quiet", "-m", "Add it")
    options: list[str | Path] = ["sdk", "publish", service, "--language", "typescript"]
    done = paviour(*options)  # compiled with what the public registry has
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "typescript: 1.0.0, the first release"
    tarball = service / "dist/sdk/typescript/quotes-client-1.0.0.tgz"
    with tarfile.open(tarball) as tar:
        names = {name.partition("/")[2] for name in tar.getnames()}
        manifest = json.load(tar.extractfile("package/package.json"))  # type: ignore[arg-type]
    assert manifest["repository"] == {"type": "git", "url": "git+https://github.com/acme/quotes.git"}
    assert {
        "CHANGELOG.md",
        "LICENSE",
        "README.md",
        "sbom.cdx.json",
        "dist/index.js",
        "dist/index.d.ts",
        "src/index.ts",
    } <= names
    assert not [name for name in names if "node_modules" in name or "examples" in name]

    monkeypatch.setenv("NPM_CONFIG_REGISTRY", npm.url)
    monkeypatch.setenv("NODE_AUTH_TOKEN", npm.token)
    done = paviour(*options, "--upload", "--built")
    assert done.returncode == 0, done.stderr
    assert f"uploaded {tarball.name}" in done.stdout
    assert tags(service) == ["sdk-typescript-v1.0.0"]
