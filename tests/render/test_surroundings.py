"""What stands around a service's code: workflows, images, compose, catalog, and the suite's own workflows."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from paviour import __version__
from tests.support.command import REPOSITORY

BIN = Path(sys.executable).parent


def clean(*command: str | Path) -> None:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(params=["service", "suite"])
def workflows(request: pytest.FixtureRequest, starter: Path) -> Path:
    return (starter if request.param == "service" else REPOSITORY) / ".github"


def test_workflows_are_valid_and_safe(workflows: Path) -> None:
    listed = sorted((workflows / "workflows").glob("*.yml"))
    assert listed
    clean(BIN / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", *listed)
    config: list[str | Path] = ["--config", workflows / "zizmor.yml"] if (workflows / "zizmor.yml").exists() else []
    clean(BIN / "zizmor", "--offline", "--quiet", "--pedantic", *config, *listed)


def test_actions_are_pinned_by_commit_and_our_workflows_by_release(workflows: Path) -> None:
    for path in (workflows / "workflows").glob("*.yml"):
        for name, version in re.findall(r"^\s*(?:- )?uses: ([^@\s]+)@(\S+)", path.read_text(), re.MULTILINE):
            if name.startswith("paviour/paviour/"):
                assert version == f"v{__version__}"
                assert (REPOSITORY / name.removeprefix("paviour/paviour/")).is_file()
            else:
                assert re.fullmatch(r"[0-9a-f]{40}", version), f"{path.name}: {name}@{version}"


def test_every_job_states_the_least_it_may_do_and_when_it_gives_up(workflows: Path) -> None:
    for path in (workflows / "workflows").glob("*.yml"):
        workflow = yaml.safe_load(path.read_text())
        for name, job in workflow["jobs"].items():
            assert "permissions" in job or "permissions" in workflow, f"{path.name}: {name}"
            assert "uses" in job or "timeout-minutes" in job, f"{path.name}: {name}"


def test_the_image_is_clean_and_runs_without_root(starter: Path) -> None:
    clean(BIN / "hadolint", starter / "Dockerfile")
    text = (starter / "Dockerfile").read_text()
    assert re.search(r"^USER (?!root|0)", text, re.MULTILINE)
    assert not re.search(r"^(CMD|ENTRYPOINT) [^\[]", text, re.MULTILINE), "exec form, so that no shell is needed"


def test_compose_and_renovate_files_are_valid(starter: Path) -> None:
    clean(BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", starter / "compose.yaml")
    clean(BIN / "check-jsonschema", "--builtin-schema", "vendor.renovate", starter / "renovate.json")


def test_the_catalog_entry_names_the_service_its_owner_and_its_contract(starter: Path) -> None:
    entries = list(yaml.safe_load_all((starter / "catalog-info.yaml").read_text()))
    kinds = {entry["kind"]: entry for entry in entries}
    assert set(kinds) == {"API", "Component"}
    assert kinds["Component"]["spec"]["providesApis"] == [kinds["API"]["metadata"]["name"]]
    assert kinds["API"]["spec"]["definition"] == {"$text": "./contract/openapi.yaml"}


def test_all_yaml_and_json_of_a_service_can_be_read(starter: Path, own: Path) -> None:
    for path in [*starter.rglob("*"), *own.rglob("*")]:
        if path.suffix in (".yaml", ".yml"):
            list(yaml.safe_load_all(path.read_text()))
        elif path.suffix == ".json":
            json.loads(path.read_text())


def test_nothing_of_the_template_is_left_in_a_service(starter: Path, own: Path) -> None:
    for path in [*starter.rglob("*"), *own.rglob("*")]:
        if (
            path.is_file()
            and ".github" not in path.parts
            and path.suffix in (".py", ".md", ".toml", ".yaml", ".yml", "")
        ):
            assert "{%" not in path.read_text(), path
            assert "jinja" not in path.read_text().lower() or path.name in ("renovate.json",), path
