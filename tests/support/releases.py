"""The released versions of the suite, as a repository with their tags: `releases.yaml` says on what they stand."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from io import BytesIO
from pathlib import Path

import yaml

from tests.support.command import REPOSITORY
from tests.support.git import git

VERSIONS: dict[str, str] = yaml.safe_load((REPOSITORY / "releases.yaml").read_text("utf-8"))
"""Commits by version, oldest first."""


def tagged_repository(folder: Path) -> Path:
    """A clone with a tag for each released version and nothing else."""
    git(folder.parent, "clone", "--quiet", "--shared", "--no-checkout", "--no-tags", REPOSITORY, folder)
    for version, commit in VERSIONS.items():
        git(folder, "tag", f"v{version}", commit)
    return folder


def generated_by(version: str, service: Path, room: Path) -> None:
    """Let the command of a released version generate a service's code."""
    checkout = room / version
    if not checkout.is_dir():
        checkout.mkdir(parents=True)
        command = ["git", "-C", str(REPOSITORY), "archive", "--format=tar", VERSIONS[version], "paviour", "sdkgen"]
        archive = subprocess.run([*command, "copier.yml", "templates"], capture_output=True, check=True).stdout
        with tarfile.open(fileobj=BytesIO(archive)) as tar:
            tar.extractall(checkout, filter="data")
    # `-P` and the folder itself first, so that the editable installation is not found.
    code = f"import sys; sys.path.insert(0, {str(checkout)!r}); from paviour.cli import main; main()"
    call = [sys.executable, "-P", "-c", code, "generate", str(service)]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
