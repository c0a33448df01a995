"""Where the linter runs by itself: each service's check, and before each commit."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.command import REPOSITORY


def hooks() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text("utf-8"))
    return found


@pytest.mark.parametrize("hook", hooks(), ids=lambda hook: hook["id"])
def test_a_hook_runs_in_a_service_as_pre_commit_calls_it(hook: dict[str, Any], starter: Path) -> None:
    """pre-commit installs the repository as a package, and calls the entry in the root of the service."""
    assert {"id", "name", "entry", "language", "files"} <= set(hook)
    assert hook["language"] == "python"
    program, *arguments = shlex.split(hook["entry"])
    command = [sys.executable, "-m", program, *arguments, *hook.get("args", [])]
    done = subprocess.run(command, cwd=starter, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_services_check_lints_its_contract(starter: Path, tmp_path: Path) -> None:
    service = tmp_path / "quotes"
    shutil.copytree(starter, service)
    contract = service / "contract" / "openapi.yaml"
    contract.write_text(contract.read_text("utf-8").replace("https://quotes.example.com", "http://quotes.example.com"))

    def check(**settings: str) -> subprocess.CompletedProcess[str]:
        paviour = f"PAVIOUR={sys.executable} -m paviour"
        overridden = [f"{name}={value}" for name, value in settings.items()]
        command = ["make", "--silent", "check", "CHECK=true", paviour, *overridden]
        return subprocess.run(command, cwd=service, capture_output=True, text=True, check=False, timeout=120)

    (service / "contract" / "waivers.yaml").write_text("- {id: server-https, reason: behind the edge}\n")
    subprocess.run([sys.executable, "-m", "paviour", "generate", service], check=True, capture_output=True, timeout=120)
    done = check()
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("0 errors, 0 warnings, 0 to look at, 1 waived\n")

    (service / "contract" / "waivers.yaml").unlink()
    subprocess.run([sys.executable, "-m", "paviour", "generate", service], check=True, capture_output=True, timeout=120)
    done = check(GITHUB_ACTIONS="true")
    assert done.returncode != 0
    assert "::error file=contract/openapi.yaml," in done.stdout
