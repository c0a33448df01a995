"""`paviour contract lint` as people, scripts and CI call it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.docs.pages import DOCS
from tests.lint.support import CREATE, THING, at, changed, written
from tests.support.command import REPOSITORY, paviour
from tests.support.sarif import SARIF

STARTER = REPOSITORY / "templates" / "{{ starter }}" / "contract" / "openapi.yaml"
NOTE = at((*THING, "properties"), {"note": {"description": "A note.", "type": "string"}})
HTTP = {"servers": [{"url": "http://things.example.com/50%,:"}]}


def lint(*arguments: str | Path, cwd: Path | None = None) -> Any:
    return paviour("contract", "lint", *arguments, cwd=cwd)


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """An error, two warnings of one rule, a waived warning."""
    (tmp_path / "waivers.yaml").write_text("- {id: idempotency-key, reason: never repeated}\n")
    other = at(
        ("components", "schemas", "Problem", "properties"), {"note": {"description": "A note.", "type": "string"}}
    )
    written(tmp_path, changed(NOTE, other, HTTP, at(CREATE, {"parameters": []})))
    return tmp_path


def test_the_starter_contract_keeps_the_standard_without_a_waiver() -> None:
    done = lint(STARTER, "--severity", "info")
    assert (done.returncode, done.stdout) == (0, "0 errors, 0 warnings, 0 to look at\n")


def test_people_read_place_rule_cause_mend_and_link(faulty: Path) -> None:
    done = lint("openapi.yaml", cwd=faulty)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "openapi.yaml:13:3: error: server-https: the server `http://things.example.com/50%,:` is reached without TLS"
        " (/servers/0/url)",
        "  serve it over https; https://paviour.github.io/paviour/standards/contract#server-https",
        "",
        "openapi.yaml:225:9: warning: string-limit: the property `note` has no maxLength"
        " (/components/schemas/Thing/properties/note)",
        "  add maxLength; https://paviour.github.io/paviour/standards/contract#string-limit",
        "",
        "openapi.yaml:265:9: info: string-limit: the property `note` has no maxLength"
        " (/components/schemas/Problem/properties/note)",
        "  add maxLength; https://paviour.github.io/paviour/standards/contract#string-limit",
        "",
        "1 error, 1 warning, 1 to look at, 1 waived",
    ]


def test_the_severity_that_fails_is_chosen(tmp_path: Path) -> None:
    written(tmp_path, changed(NOTE))
    statuses = {s: lint("openapi.yaml", "--severity", s, cwd=tmp_path).returncode for s in ("error", "warning", "info")}
    assert statuses == {"error": 0, "warning": 1, "info": 1}


def test_programs_read_json_by_its_published_schema(faulty: Path) -> None:
    schema = json.loads((DOCS / "reference" / "schemas" / "lint.schema.json").read_text("utf-8"))
    printed = json.loads(lint("openapi.yaml", "--format", "json", cwd=faulty).stdout)

    assert [error.message for error in jsonschema_rs.Draft202012Validator(schema).iter_errors(printed)] == []
    assert printed["summary"] == {"error": 1, "warning": 1, "info": 1, "waived": 1}
    [waived] = [finding for finding in printed["findings"] if finding["waiver"]]
    assert (waived["id"], waived["waiver"]) == ("idempotency-key", "never repeated")
    assert printed["findings"][0]["pointer"] == "/servers/0/url"


def test_code_scanning_reads_sarif(faulty: Path) -> None:
    log = json.loads(lint("openapi.yaml", "--format", "sarif", cwd=faulty).stdout)
    assert [error.message for error in jsonschema_rs.Draft202012Validator(SARIF).iter_errors(log)] == []

    [run] = log["runs"]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "warning", "note"]
    assert [result.get("suppressions") for result in run["results"]] == [
        None,
        [{"kind": "external", "justification": "never repeated"}],
        None,
        None,
    ]
    [first, *_] = run["results"]
    rule = run["tool"]["driver"]["rules"][first["ruleIndex"]]
    assert rule["helpUri"] == "https://paviour.github.io/paviour/standards/contract#server-https"
    place = first["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "openapi.yaml"}, "region": {"startLine": 13, "startColumn": 3}}
    assert len({result["partialFingerprints"]["place/v1"] for result in run["results"]}) == 4


def test_a_pull_request_shows_annotations(faulty: Path) -> None:
    done = lint("openapi.yaml", "--format", "github", cwd=faulty)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["::error", "::warning", "::notice"]
    assert lines[0] == (
        "::error file=openapi.yaml,line=13,col=3,title=server-https::the server `http://things.example.com/50%25,:`"
        " is reached without TLS; serve it over https%0A/servers/0/url"
        "%0Ahttps://paviour.github.io/paviour/standards/contract#server-https"
    )


def test_fix_says_how_many_and_reports_what_is_left(tmp_path: Path) -> None:
    written(tmp_path, changed(NOTE, {"info": {"version": "1.0"}}))
    done = lint("openapi.yaml", "--fix", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "put right: 1 finding\n")
    assert "0 errors, 1 warning" in done.stdout
    assert "version: '1.0.0'\n" in (tmp_path / "openapi.yaml").read_text()


def test_a_service_is_linted_from_its_own_folder(tmp_path: Path) -> None:
    (tmp_path / "contract").mkdir()
    written(tmp_path / "contract", changed())
    assert lint(cwd=tmp_path).returncode == 0


def test_a_profile_replaces_what_it_contradicts(tmp_path: Path) -> None:
    written(tmp_path, changed())
    printed = json.loads(lint("openapi.yaml", "--profile", "mef-lso", "--format", "json", cwd=tmp_path).stdout)
    assert {finding["id"] for finding in printed["findings"]} >= {"mef-buyer-seller", "mef-server"}


def test_a_contract_of_several_files_is_linted_whole(tmp_path: Path) -> None:
    schema = {
        "description": "A thing.",
        "type": "object",
        "properties": {"note": {"description": "N", "type": "string"}},
    }
    (tmp_path / "thing.json").write_text(json.dumps(schema | {"example": {"note": 1}}, indent=1))
    written(tmp_path, changed({"components": {"schemas": {"Thing": {"$ref": "./thing.json"}}}}))

    printed = json.loads(lint("openapi.yaml", "--format", "json", cwd=tmp_path).stdout)
    found = {(f["id"], f["file"], f["line"], f["pointer"], f["severity"]) for f in printed["findings"]}
    assert ("string-limit", "thing.json", 5, "/properties/note", "warning") in found
    assert ("example-valid", "thing.json", 11, "/example/note", "error") in found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("openapi: 3.1.0\ninfo: [", "openapi.yaml:3: did not find expected node content"),
        ("{}", "openapi.yaml:1: has no `openapi` version"),
        ("openapi: 3.1.0\ninfo: {title: T}\n", 'openapi.yaml:2: /info: "version" is a required property'),
        ("swagger: '2.0'", "openapi.yaml:1: is Swagger 2.0, not OpenAPI 3"),
        (
            "openapi: 3.0.0\ninfo: {title: T, version: 1.0.0}\npaths: {}\ncomponents: {schemas: {A: {allOf: [{$ref:"
            " '#/components/schemas/A'}]}}}",
            "openapi.yaml:4: /components/schemas/A/allOf/0: the reference '#/components/schemas/A' leads back to",
        ),
        ("- " * 100_000, "openapi.yaml:1: nested deeper than 200 levels"),
    ],
)
def test_what_is_no_contract_is_one_line_and_status_2(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "openapi.yaml").write_text(text)
    done = lint("openapi.yaml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"paviour: {message}")
    assert done.stderr.count("\n") == 1


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    done = lint("openapi.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == (
        "paviour: openapi.yaml: can't be read: no such file or directory; name a readable OpenAPI file\n"
    )


def test_a_schema_that_contains_itself_is_linted(tmp_path: Path) -> None:
    tree = {
        "children": {
            "description": "C",
            "type": "array",
            "maxItems": 9,
            "items": {"$ref": "#/components/schemas/Thing"},
        }
    }
    written(
        tmp_path, changed(at((*THING, "properties"), tree), at(THING, {"example": {"name": "a", "children": [{}]}}))
    )
    done = lint("openapi.yaml", cwd=tmp_path)
    assert done.returncode == 1
    assert "(/components/schemas/Thing/example/children/0)" in done.stdout
