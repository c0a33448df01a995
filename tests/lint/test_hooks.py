"""What runs by itself before each commit, and the linter in each service's check."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.command import REPOSITORY

HOOKS: dict[str, Any] = {
    hook["id"]: hook for hook in yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text("utf-8"))
}


def hook(id: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Call a hook as pre-commit does, which installs the repository and calls the entry at the root of the service."""
    found = HOOKS[id]
    assert {"id", "name", "description", "entry", "language", "files", "pass_filenames"} == set(found)
    assert found["language"] == "python"
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    return subprocess.run(
        shlex.split(found["entry"]),
        cwd=folder,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def service(starter: Path, tmp_path: Path) -> Path:
    """A service in a repository, with its contract committed."""
    folder = tmp_path / "quotes"
    shutil.copytree(starter, folder)
    author = ["-c", "user.name=Team", "-c", "user.email=team@example.com"]
    for command in (["init", "--quiet"], ["add", "."], [*author, "commit", "--quiet", "--message", "Begin"]):
        subprocess.run(["git", *command], cwd=folder, check=True, timeout=60)
    return folder


def change(service: Path, old: str, new: str) -> None:
    path = service / "contract" / "openapi.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_before_a_commit_what_follows_from_the_contract_is_written(service: Path) -> None:
    assert subprocess.run([sys.executable, "-m", "paviour", "sdk", "build"], cwd=service, check=False).returncode == 0
    change(service, "operationId: getQuoteStatus", "operationId: readQuoteStatus")
    assert hook("generate", service).returncode == 0
    changed = subprocess.run(
        ["git", "status", "--short"], cwd=service, capture_output=True, text=True, check=True
    ).stdout
    assert "src/quotes/contract/operations.py" in changed
    assert (service / "sdk/python/src/quotes_client/api/quotes/read_quote_status.py").is_file()


def test_before_a_commit_a_contract_that_keeps_the_standard_passes(service: Path) -> None:
    for id in HOOKS:
        done = hook(id, service)
        assert done.returncode == 0, done.stdout + done.stderr


def test_before_a_commit_an_error_is_named(service: Path) -> None:
    change(service, "https://quotes.example.com", "http://quotes.example.com")
    done = hook("contract-lint", service)
    assert done.returncode == 1
    assert "contract/openapi.yaml:36:5: error: server-https" in done.stdout


def test_before_a_commit_a_breaking_change_is_named(service: Path) -> None:
    change(
        service,
        "    TermMonths:\n      description: How long the circuit is rented, in months.\n      type: integer",
        "    TermMonths:\n      description: How long the circuit is rented, in months.\n      type: string",
    )
    done = hook("contract-diff", service)
    assert done.returncode == 1, done.stdout + done.stderr


def test_before_a_commit_a_stale_sdk_is_named_and_generated_anew(service: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "paviour", "sdk", "build", "--language", "typescript"],
        cwd=service,
        check=True,
        capture_output=True,
        timeout=60,
    )
    assert hook("sdk-check", service).returncode == 0
    change(service, "title: ", "title: Other ")
    done = hook("sdk-check", service)
    assert done.returncode == 1
    assert "it is not of openapi.yaml as it is now; `paviour sdk build` makes it anew" in done.stdout
    assert hook("generate", service).returncode == 0
    assert hook("sdk-check", service).returncode == 0


def test_before_the_first_commit_nothing_can_break(service: Path) -> None:
    shutil.rmtree(service / ".git")
    assert hook("contract-diff", service).returncode == 0


def test_a_services_check_lints_its_contract(service: Path) -> None:
    def check(*settings: str) -> subprocess.CompletedProcess[str]:
        paviour = f"PAVIOUR={sys.executable} -m paviour"
        subprocess.run([sys.executable, "-m", "paviour", "generate"], cwd=service, check=True, timeout=60)
        command = ["make", "--silent", "check", "CHECK=true", paviour, *settings]
        return subprocess.run(command, cwd=service, capture_output=True, text=True, check=False, timeout=60)

    change(service, "https://quotes.example.com", "http://quotes.example.com")
    (service / "contract" / "waivers.yaml").write_text("- {id: server-https, reason: behind the edge}\n")
    done = check("GITHUB_ACTIONS=")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("0 errors, 0 warnings, 0 to look at, 1 waived\n")

    (service / "contract" / "waivers.yaml").unlink()
    done = check("GITHUB_ACTIONS=true")
    assert done.returncode != 0
    assert "::error file=contract/openapi.yaml," in done.stdout
