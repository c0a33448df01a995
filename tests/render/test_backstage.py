"""Backstage's front door: it asks what copier.yml asks, and its action gives the bytes of `paviour new`.

Backstage itself does not run here: what is tried are the form as JSON Schema, and the action's code in Node, without
the module that registers it.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from paviour.suite import template
from tests.conftest import OWN
from tests.docs import backstage
from tests.support.command import REPOSITORY, paviour
from tests.support.node import PATH, node
from tests.support.suites import files

CALL = """
const { renderService } = require(process.argv[1]);
const { answers, openapi } = JSON.parse(process.argv[2]);
renderService(answers, openapi, process.argv[3], { info: console.log })
  .catch((error) => { console.error(error.message); process.exitCode = 1; });
"""


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(backstage.PATH.read_text("utf-8"))["spec"]
    return found


def test_the_form_asks_what_copier_asks_with_the_same_defaults(spec: dict[str, Any]) -> None:
    fields = {name: field for form in spec["parameters"] for name, field in form["properties"].items()}
    assert list(fields) == template().asked
    for name, field in fields.items():
        question = template().questions[name]
        assert field["description"] == question["help"]
        assert field.get("enum", []) == list(question.get("choices", {}).values())
        if "default" in field:
            assert field["default"] == question["default"]
    assert set(spec["steps"][0]["input"]["answers"]) == set(fields)


@pytest.mark.parametrize(
    ("name", "answer", "is_good"),
    [
        ("service", "circuit-quotes", True),
        ("service", "Circuit", False),
        ("service", "a" * 41, False),
        ("service", "quotes\n", False),
        ("stack", "cobol", False),
        ("organization", "-x", False),
        ("owner", "field_ops", True),
        ("domain", "../up", False),
    ],
)
def test_the_form_refuses_what_copier_refuses(name: str, answer: str, is_good: bool, spec: dict[str, Any]) -> None:
    form = next(form for form in spec["parameters"] if name in form["properties"])
    least = {"service": "quotes", "organization": "acme", "contract": "starter"}
    schema = jsonschema_rs.Draft7Validator({"type": "object", **form})
    assert schema.is_valid({**least, name: answer}) == is_good


def test_an_own_contract_is_asked_for_its_text(spec: dict[str, Any]) -> None:
    schema = jsonschema_rs.Draft7Validator({"type": "object", **spec["parameters"][0]})
    assert not schema.is_valid({"service": "quotes", "contract": "own"})
    assert schema.is_valid({"service": "quotes", "contract": "own", "openapi": OWN})


def render(room: Path, answers: dict[str, str], openapi: str | None = None) -> subprocess.CompletedProcess[str]:
    action = REPOSITORY / "backstage/action/new.js"
    given = json.dumps({"answers": answers, "openapi": openapi})
    return node("-e", CALL, action, given, room, env={"PATH": PATH})


@pytest.mark.parametrize("contract", ["starter", "own"])
def test_the_action_gives_the_bytes_of_paviour_new(contract: str, tmp_path: Path) -> None:
    (tmp_path / "workspace").mkdir()
    (tmp_path / "openapi.yaml").write_text(OWN)
    answers = {
        "service": "order-desk",
        "contract": contract,
        "owner": "field_ops",
        "domain": "",
        "organization": "acme",
    }
    done = render(tmp_path / "workspace", answers, OWN if contract == "own" else None)
    assert done.returncode == 0, done.stderr
    own = ("--contract", tmp_path / "openapi.yaml") if contract == "own" else ()
    options = ("--no-lock", "--owner", "field_ops", "--organization", "acme", "--into", tmp_path / "new", *own)
    assert paviour("new", "order-desk", *options).returncode == 0
    assert files(tmp_path / "workspace/service") == files(tmp_path / "new")
    assert [path.name for path in (tmp_path / "workspace").iterdir()] == ["service"]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"service": "--help", "contract": "starter"}, "must be lower-case letters"),
        ({"service": "quotes", "contract": "starter", "owner": "$(touch evil); --into=/"}, "must be a team's name"),
        ({"service": "quotes", "contract": "own"}, "openapi.yaml"),
    ],
)
def test_what_is_refused_is_told_in_one_line_and_leaves_nothing(
    answers: dict[str, str], said: str, tmp_path: Path
) -> None:
    done = render(tmp_path, answers)
    assert done.returncode == 1
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
