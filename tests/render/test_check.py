"""`paviour check`: what has left the paved road is named, without a network."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.support.command import paviour


@pytest.fixture
def service(own: Path, tmp_path: Path) -> Path:
    return shutil.copytree(own, tmp_path / own.name)


def differences(service: Path) -> list[tuple[str, str]]:
    done = paviour("check", service, "--format", "json")
    report = json.loads(done.stdout)
    assert done.returncode == (1 if report["differences"] else 0), done.stderr
    assert report["summary"] == {"differences": len(report["differences"])}
    return [(entry["kind"], entry["path"]) for entry in report["differences"]]


def test_a_new_service_has_no_differences(service: Path) -> None:
    assert differences(service) == []
    assert paviour("check", service).stdout == "on the paved road: no differences\n"


def test_what_the_team_owns_may_change(service: Path) -> None:
    for name in ("src/parcel_deliveries/operations.py", "docs/runbook.md", "README.md", "pyproject.toml"):
        (service / name).write_text((service / name).read_text() + "\n# the team's\n")
    (service / "src/parcel_deliveries/routes.py").write_text("")
    assert differences(service) == []


def test_a_changed_a_deleted_and_an_added_platform_file_are_named(service: Path) -> None:
    platform = service / "src/parcel_deliveries/platform"
    (platform / "auth.py").write_text("")
    (platform / "audit.py").unlink()
    (platform / "mine.py").write_text("")
    assert sorted(differences(service)) == [
        ("platform-added", "src/parcel_deliveries/platform/mine.py"),
        ("platform-changed", "src/parcel_deliveries/platform/auth.py"),
        ("platform-deleted", "src/parcel_deliveries/platform/audit.py"),
    ]


def test_a_contract_that_was_not_generated_from_is_stale_until_it_is(service: Path) -> None:
    contract = service / "contract/openapi.yaml"
    contract.write_text(contract.read_text().replace("version: 1.0.0", "version: 1.1.0"))
    assert differences(service) == [("stale", "contract/openapi.yaml")]
    assert paviour("generate", service).returncode == 0
    assert differences(service) == []


def test_a_generated_file_that_was_edited_removed_or_added_is_named_and_mended(service: Path) -> None:
    generated = service / "src/parcel_deliveries/contract"
    (generated / "models.py").write_text("")
    (generated / "routes.py").unlink()
    (generated / "mine.py").write_text("")
    assert differences(service) == [
        ("generated-changed", f"src/parcel_deliveries/contract/{name}.py") for name in ("mine", "models", "routes")
    ]
    assert paviour("generate", service).returncode == 0
    assert differences(service) == []


def test_code_that_was_never_generated_is_stale(service: Path) -> None:
    shutil.rmtree(service / "src/parcel_deliveries/contract")
    assert differences(service) == [("stale", "contract/openapi.yaml")]


def test_what_is_not_carried_over_is_named_until_a_waiver_accepts_it(service: Path) -> None:
    contract = service / "contract/openapi.yaml"
    contract.write_text(contract.read_text() + "webhooks: {tracked: {post: {responses: {'200': {description: OK}}}}}\n")
    said = paviour("generate", service).stdout
    assert "not carried over from the contract: 1 webhooks" in said
    assert [kind for kind, _ in differences(service)] == ["finding"]
    waivers = service / "contract/waivers.yaml"
    waivers.write_text("- {id: webhooks, reason: sent by another service}\n")
    assert ("stale", "contract/waivers.yaml") in differences(service)
    assert paviour("generate", service).returncode == 0
    assert differences(service) == []
    waivers.write_text("- {id: webhooks, reason: sent by another service, expires: 2020-01-01}\n")
    paviour("generate", service)
    assert "the waiver of webhooks covers nothing" in paviour("check", service).stdout
    assert [kind for kind, _ in differences(service)] == ["finding", "finding"]


def test_a_service_of_another_version_is_not_judged(service: Path) -> None:
    answers = service / ".copier-answers.yml"
    answers.write_text(answers.read_text().replace("_commit: v", "_commit: v7"))
    done = paviour("check", service)
    assert (done.returncode, done.stdout) == (2, "")
    assert "run uvx --from paviour==7" in done.stderr


def test_a_folder_that_is_no_service_is_refused(tmp_path: Path) -> None:
    done = paviour("check", tmp_path)
    assert done.returncode == 2
    assert "is no service of the paved road" in done.stderr
