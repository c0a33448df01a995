"""The reference says what the code does."""

from __future__ import annotations

import ast
import json
import re
import shutil
from pathlib import Path
from typing import Any, get_args

import jsonschema_rs
import pytest

from paviour import drift, suite
from paviour.cli import COMMANDS
from paviour.verify.registry import GROUPS
from sdkgen.findings import IDS
from tests.docs import backstage
from tests.docs.pages import DOCS, headings, pages, platform_module, prose, refreshed, rows
from tests.support.command import REPOSITORY, paviour

REFERENCE = DOCS / "reference"
SETTINGS = platform_module("settings")["PlatformSettings"]


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_quoted_help_is_as_the_commands_print_it(page: Path) -> None:
    text = page.read_text("utf-8")
    assert refreshed(text) == text, "run scripts/docs"


def test_backstage_asks_what_copier_asks() -> None:
    assert backstage.PATH.read_text("utf-8") == backstage.document(), "run scripts/docs"


def test_every_command_is_described() -> None:
    text = (REFERENCE / "command-line.md").read_text("utf-8")
    assert [name for name in COMMANDS if f"<!-- paviour {name} --help -->" not in text] == []


def test_every_setting_is_described_with_its_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    by_profile = {"auth_audience", "auth_client_ids"}
    for name in SETTINGS.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    in_dev = SETTINGS.model_validate({"app_env": "dev"})
    expected = {}
    for name, field in SETTINGS.model_fields.items():
        in_prod = "required" if field.is_required() else "by profile" if name in by_profile else _shown(field.default)
        expected[f"`{name.upper()}`"] = (in_prod, _shown(getattr(in_dev, name)))
    expected["`APP_ENV`"] = ("`prod`", "`dev`")

    assert {row[0]: (row[2], row[3]) for row in rows(REFERENCE / "settings.md") if len(row) == 4} == expected


def test_every_finding_is_described() -> None:
    found = {"undeclared-properties"}
    for path in (REPOSITORY / "sdkgen").rglob("*.py"):
        found |= _reported(ast.parse(path.read_text("utf-8")))

    assert {name for name in headings(REFERENCE / "findings.md") if _is_id(name)} == found == IDS


def test_every_zone_is_described_with_its_paths() -> None:
    template = suite.template()
    zones: dict[str, list[str]] = {}
    for stack in template.questions["stack"]["choices"].values():
        for name, patterns in template.answers({"service": "quotes", "stack": stack})["zones"].items():
            zones.setdefault(name, []).extend(patterns)
    sections = re.split(r"^## ", prose(REFERENCE / "zones.md"), flags=re.MULTILINE)
    described = {}
    for section in sections:
        name = section.partition("\n")[0]
        if name in zones:
            described[name] = set(re.findall(r"^- `(/\S+)`", section, re.MULTILINE))

    assert described == {name: set(patterns) for name, patterns in zones.items()}


def test_every_key_of_x_paved_is_described() -> None:
    definitions = json.loads((REFERENCE / "schemas" / "x-paved.schema.json").read_text("utf-8"))["$defs"]
    keys = {f"`{key}`" for part in ("info", "operation") for key in definitions[part]["properties"]}

    assert {row[0] for row in rows(REFERENCE / "x-paved.md")} == keys


def test_every_key_of_the_fleet_file_is_described() -> None:
    schema = json.loads((REFERENCE / "schemas" / "fleet.schema.json").read_text("utf-8"))["properties"]
    keys = {f"`{key}`" for key in schema if key != "ramp"}
    keys |= {f"`ramp.{key}`" for key in schema["ramp"]["properties"]}

    assert {row[0] for row in rows(REFERENCE / "fleet.md")} == keys


def test_what_check_prints_is_as_its_schema_says(starter: Path, tmp_path: Path) -> None:
    schema = json.loads((REFERENCE / "schemas" / "check.schema.json").read_text("utf-8"))
    validator = jsonschema_rs.Draft202012Validator(schema)
    service = tmp_path / "quotes"
    shutil.copytree(starter, service)
    assert _checked(service)["differences"] == []

    platform = service / "src" / "quotes" / "platform"
    (platform / "mock.py").write_text("")
    (platform / "audit.py").unlink()
    (platform / "other.py").write_text("")
    (service / "src" / "quotes" / "contract" / "models.py").write_text("")
    contract = service / "contract" / "openapi.yaml"
    contract.write_text(contract.read_text("utf-8") + "# changed\n", "utf-8")
    printed = _checked(service)

    assert [error.message for error in validator.iter_errors(printed)] == []
    assert printed["summary"]["differences"] == len(printed["differences"]) == 5


def test_the_kinds_of_differences_are_those_of_the_schema() -> None:
    schema = json.loads((REFERENCE / "schemas" / "check.schema.json").read_text("utf-8"))
    kinds = schema["properties"]["differences"]["items"]["properties"]["kind"]["enum"]
    assert tuple(kinds) == get_args(drift.Kind)


def test_the_groups_of_checks_are_those_of_the_schema() -> None:
    schema = json.loads((REFERENCE / "schemas" / "verify.schema.json").read_text("utf-8"))
    assert tuple(schema["$defs"]["group"]["enum"]) == GROUPS


def _checked(service: Path) -> Any:
    return json.loads(paviour("check", service, "--format", "json").stdout)


def _reported(module: ast.Module) -> set[str]:
    """The ids that a module reports: the first argument, or the first of a pair of id and message in a table."""
    calls = [node for node in ast.walk(module) if isinstance(node, ast.Call) and _called(node) == "report"]
    found = {node.args[0].value for node in calls if isinstance(node.args[0], ast.Constant)}
    if len(calls) > sum(isinstance(node.args[0], ast.Constant) for node in calls):
        pairs = [node.elts for node in ast.walk(module) if isinstance(node, ast.Tuple) and len(node.elts) == 2]
        found |= {first.value for first, _ in pairs if isinstance(first, ast.Constant)}
    return {id for id in found if isinstance(id, str) and _is_id(id)}


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _is_id(text: str) -> bool:
    return re.fullmatch(r"[a-z]+(-[a-z]+)*", text) is not None


def _shown(value: object) -> str:
    if value is None or value == frozenset():
        return "none"
    return f"`{str(value).lower().removesuffix('.0') if isinstance(value, bool | float) else value}`"
