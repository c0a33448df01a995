"""The commands as a pipeline calls them: exit statuses, formats, approvals, consumers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from sdkgen.compat.rules import RULES
from tests.compat.support import edited, table
from tests.docs.pages import DOCS, headings
from tests.support.command import paviour

BASE = table("base")
NARROWED = [{"at": "/components/schemas/NewOrder/properties/item/maxLength", "set": 10}]
RENAMED = [{"at": "/paths/~1orders/get/operationId", "set": "findOrders"}]
GROWN = [{"at": "/components/schemas/State/enum", "set": ["open", "closed", "lost"]}]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "main").mkdir()
    (tmp_path / "main" / "openapi.json").write_text(json.dumps(BASE), "utf-8")
    return tmp_path


def changed(folder: Path, edits: list[dict[str, Any]]) -> tuple[Path, Path]:
    """The paths of the old contract and of the new one."""
    (folder / "openapi.json").write_text(json.dumps(edited(BASE, edits)), "utf-8")
    return folder / "main" / "openapi.json", folder / "openapi.json"


def schema(name: str) -> jsonschema_rs.Draft202012Validator:
    text = (DOCS / "reference" / "schemas" / f"{name}.schema.json").read_text("utf-8")
    return jsonschema_rs.Draft202012Validator(json.loads(text))


def test_a_harmless_change_passes(folder: Path) -> None:
    run = paviour("contract", "diff", *changed(folder, [{"at": "/info/title", "set": "The shop"}]))
    assert (run.returncode, run.stderr) == (0, "")
    assert "version: contract patch, python patch, typescript patch" in run.stdout


def test_a_breaking_change_is_stopped_with_a_payload_that_shows_it(folder: Path) -> None:
    run = paviour("contract", "diff", *changed(folder, NARROWED), "--format", "json")
    assert run.returncode == 1
    printed = json.loads(run.stdout)
    assert [error.message for error in schema("diff").iter_errors(printed)] == []
    assert printed["verdict"] == {
        "wire": "breaking",
        "policy": "same",
        "source": {"python": "same", "typescript": "same"},
    }
    assert printed["bump"] == {"contract": "major", "python": "major", "typescript": "major"}
    (change,) = printed["changes"]
    assert (change["id"], change["operation"]) == ("request-max-length-narrowed", "POST /orders")
    assert change["operations"] == ["POST /orders", "PUT /orders/{id}"]
    assert change["pointer"] == "/components/schemas/NewOrder/properties/item"
    assert len(change["witness"]["payload"]["item"]) > 10
    assert change["witness"]["validIn"] == "old"


def test_an_axis_that_nobody_asks_about_does_not_count(folder: Path) -> None:
    pair = changed(folder, RENAMED)
    assert paviour("contract", "diff", *pair).returncode == 1
    assert paviour("contract", "diff", *pair, "--axis", "wire", "--axis", "policy").returncode == 0
    assert paviour("contract", "diff", *pair, "--axis", "source.python").returncode == 1


def test_what_nobody_could_decide_needs_a_person(folder: Path) -> None:
    pair = changed(folder, [{"at": "/components/schemas/NewOrder/properties/item/format", "set": "sku"}])
    run = paviour("contract", "diff", *pair)
    assert run.returncode == 3
    assert "wire: unknown" in run.stdout


def test_the_next_versions(folder: Path) -> None:
    run = paviour("contract", "diff", *changed(folder, RENAMED), "--format", "next-version")
    assert run.stdout == "contract 1.2.4\npython 2.0.0\ntypescript 2.0.0\n"


def test_the_other_formats(folder: Path) -> None:
    pair = changed(folder, NARROWED)
    sarif = json.loads(paviour("contract", "diff", *pair, "--format", "sarif").stdout)
    (result,) = sarif["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == ("request-max-length-narrowed", "error")
    github = paviour("contract", "diff", *pair, "--format", "github").stdout
    assert github.startswith("::error file=")
    assert "title=request-max-length-narrowed::wire: `item`" in github
    markdown = paviour("contract", "diff", *pair, "--format", "markdown").stdout
    assert "| wire | breaking | major |" in markdown
    text = paviour("contract", "diff", *pair).stdout
    assert "valid by the old contract only: {" in text


def test_a_breaking_change_that_somebody_answers_for_passes(folder: Path) -> None:
    pair = changed(folder, NARROWED)
    found = json.loads(paviour("contract", "diff", *pair, "--format", "json").stdout)["changes"]
    approval = {"fingerprint": found[0]["fingerprint"], "owner": "team-orders", "reason": "Nobody sends more."}
    file = folder / "approvals.yaml"

    file.write_text(json.dumps([approval | {"expires": "2999-12-31"}]), "utf-8")
    run = paviour("contract", "diff", *pair, "--format", "json")
    assert run.returncode == 0
    printed = json.loads(run.stdout)
    assert printed["changes"][0]["approval"]["owner"] == "team-orders"
    assert [error.message for error in schema("diff").iter_errors(printed)] == []

    file.write_text(json.dumps([approval | {"expires": "2020-12-31"}]), "utf-8")
    run = paviour("contract", "diff", *pair)
    assert run.returncode == 2
    assert "the approval expired on 2020-12-31; decide anew" in run.stderr

    file.write_text(json.dumps([approval | {"expires": "2999-12-31", "fingerprint": "0" * 16}]), "utf-8")
    run = paviour("contract", "diff", *pair)
    assert run.returncode == 2
    assert "which is no change between these contracts; remove it" in run.stderr

    file.write_text(json.dumps([{"fingerprint": "1"}]), "utf-8")
    assert "an approval needs `owner`, `reason`, `expires`" in paviour("contract", "diff", *pair).stderr


def test_a_fingerprint_outlives_other_changes(folder: Path) -> None:
    alone = json.loads(paviour("contract", "diff", *changed(folder, NARROWED), "--format", "json").stdout)
    both = json.loads(paviour("contract", "diff", *changed(folder, [*NARROWED, *GROWN]), "--format", "json").stdout)
    assert alone["changes"][0]["fingerprint"] in {change["fingerprint"] for change in both["changes"]}


CONSUMERS = """
- name: web
  scopes: [orders.read]
  operations:
    GET /orders: {parameters: [limit], response: [id]}
- name: app
  scopes: [orders.read]
  operations:
    listOrders: {parameters: [], response: [state]}
- name: new-app
  operations:
    listOrders: {parameters: [], response: [state], values: {state: [open, closed, lost]}}
- name: stranger
  operations:
    GET /orders:
"""


def test_the_impact_on_each_consumer(folder: Path) -> None:
    (folder / "consumers.yaml").write_text(CONSUMERS, "utf-8")
    pair = changed(folder, GROWN)
    run = paviour("contract", "impact", *pair, "--consumers", folder / "consumers.yaml", "--format", "json")
    printed = json.loads(run.stdout)
    assert run.returncode == 1
    assert [error.message for error in schema("impact").iter_errors(printed)] == []
    assert {one["name"]: one["verdict"] for one in printed["consumers"]} == {
        "web": "unaffected",
        "app": "affected",
        "new-app": "unaffected",
        "stranger": "unknown",
    }
    app = printed["consumers"][1]
    assert app["impacts"][0]["field"] == "state"
    assert app["since"]["contract"] == "2.0.0"
    assert printed["consumers"][0]["since"] == {"contract": None, "sdk": None}


@pytest.mark.parametrize(
    ("language", "required", "status"), [("python", True, 1), ("python", False, 0), ("typescript", True, 0)]
)
def test_the_sdk_for_python_misses_a_required_property_that_nobody_reads(
    folder: Path, language: str, required: bool, status: int
) -> None:
    entry = {"name": "web", "language": language, "operations": {"readOrder": {"request": [], "response": ["id"]}}}
    (folder / "consumers.yaml").write_text(json.dumps([entry]), "utf-8")
    order = "/components/schemas/Order"
    old, new = changed(
        folder, [{"at": f"{order}/properties/state", "remove": True}, {"at": f"{order}/required", "set": ["id"]}]
    )
    before = edited(BASE, [{"at": f"{order}/required", "set": ["id", "state"] if required else ["id"]}])
    old.write_text(json.dumps(before), "utf-8")
    run = paviour("contract", "impact", old, new, "--consumers", folder / "consumers.yaml")
    assert run.returncode == status, run.stdout


@pytest.mark.parametrize(
    ("operation", "status"), [("/paths/~1files/post", 1), ("/paths/~1orders~1{id}/delete", 0)], ids=["early", "due"]
)
def test_what_nobody_uses_may_go_after_its_sunset(folder: Path, operation: str, status: int) -> None:
    (folder / "consumers.yaml").write_text("- name: web\n  operations:\n    GET /orders:\n", "utf-8")
    old, new = changed(folder, [{"at": operation, "remove": True}])
    before = edited(BASE, [{"at": "/paths/~1orders~1{id}/delete/x-paved/sunset", "set": "2020-01-01T00:00:00Z"}])
    old.write_text(json.dumps(before), "utf-8")
    run = paviour("contract", "impact", old, new, "--consumers", folder / "consumers.yaml")
    assert run.returncode == status, run.stdout


def test_a_pact_says_what_a_consumer_uses(folder: Path) -> None:
    pact = {
        "consumer": {"name": "web"},
        "provider": {"name": "shop"},
        "interactions": [
            {
                "request": {"method": "GET", "path": "/orders/7"},
                "response": {"status": 200, "body": {"id": "7", "state": "open"}},
            },
            {
                "request": {"method": "POST", "path": "/orders", "body": {"item": "x", "kind": "gift"}},
                "response": {"status": 201},
            },
        ],
    }
    (folder / "web.json").write_text(json.dumps(pact), "utf-8")
    run = paviour("contract", "impact", *changed(folder, GROWN), "--consumers", folder / "web.json")
    assert run.returncode == 1
    assert "affected by `state`: response-enum-value-added" in run.stdout
    unused = [{"at": "/components/schemas/NewOrder/properties/quantity", "remove": True}]
    assert paviour("contract", "impact", *changed(folder, unused), "--consumers", folder / "web.json").returncode == 0


def test_a_consumer_of_what_is_not_there_is_an_error(folder: Path) -> None:
    (folder / "consumers.yaml").write_text("- name: web\n  operations:\n    GET /nothing:\n", "utf-8")
    run = paviour("contract", "impact", *changed(folder, GROWN), "--consumers", folder / "consumers.yaml")
    assert run.returncode == 2
    assert (
        "consumers.yaml:3: /0/operations/GET ~1nothing: the old contract has no operation 'GET /nothing'" in run.stderr
    )


def test_the_changelog_is_written_for_consumers(folder: Path) -> None:
    (folder / "consumers.yaml").write_text(CONSUMERS, "utf-8")
    pair = changed(folder, GROWN)
    run = paviour("contract", "changelog", *pair, "--consumers", folder / "consumers.yaml")
    assert run.returncode == 0
    assert run.stdout.startswith("# 2.0.0\n")
    assert "### GET /orders" in run.stdout
    assert "concerns: app, stranger" in run.stdout
    assert "Handle the new value, and any that may follow." in run.stdout
    printed = json.loads(paviour("contract", "changelog", *pair, "--format", "json").stdout)
    assert [error.message for error in schema("changelog").iter_errors(printed)] == []


def test_every_rule_has_its_anchor() -> None:
    found = [name for name in headings(DOCS / "reference" / "compatibility.md") if name in RULES or "-" in name]
    assert sorted(found) == sorted(RULES)
