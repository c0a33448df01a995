"""`paviour fleet status`: where each service is, read from its repository alone."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs

from tests.fleet.conftest import AUDIT, Fleet
from tests.support.command import REPOSITORY

SCHEMAS = REPOSITORY / "docs/reference/schemas"


def worked_on(work: Path) -> None:
    (work / AUDIT).unlink()
    (work / "src/quotes/platform/auth.py").write_text("# drifted\n")
    (work / "src/quotes/platform/own.py").write_text("# not the platform's\n")
    for path, text in {
        "sdk/python/pyproject.toml": '[project]\nname = "quotes-client"\nversion = "2.1.0"\n',
        "sdk/typescript/package.json": '{"name": "@example/quotes", "version": "2.0.3"}',
        "sdk/broken/package.json": "{",
    }.items():
        (work / path).parent.mkdir(parents=True)
        (work / path).write_text(text)


def test_what_is_known_of_each_service(fleet: Fleet) -> None:
    fleet.add("quotes", worked_on)
    fleet.add("orders")
    fleet.add("old", lambda work: (work / "contract/openapi.yaml").unlink())
    fleet.add("plain", lambda work: (work / ".copier-answers.yml").unlink())
    (fleet.room / "results").mkdir()
    summary = {"passed": 440, "failed": 2, "skipped": 12}
    (fleet.room / "results/quotes.json").write_text(json.dumps({"summary": summary}))
    fleet.more["verify"] = "results/{name}.json"
    fleet.more["refusals"] = [{"repository": "orders", "reason": "Frozen.", "until": "2999-12-31"}]
    found = fleet.json("status")
    schema = json.loads((SCHEMAS / "fleet-report.schema.json").read_text("utf-8"))
    jsonschema_rs.validate(schema, found)
    assert found["summary"] == {"services": 4, "behind": 3, "drifted": 1, "unreadable": 1}
    services = {entry["repository"]: entry for entry in found["services"]}
    quotes = services["quotes"]
    assert {key: quotes[key] for key in ("stack", "owner", "domain", "standard", "is_behind", "lifecycle", "tier")} == {
        "stack": "python",
        "owner": "quotes",
        "domain": "connectivity",
        "standard": "1.0.0",
        "is_behind": True,
        "lifecycle": "experimental",
        "tier": 2,
    }
    assert quotes["drift"] == [AUDIT, "src/quotes/platform/auth.py", "src/quotes/platform/own.py"]
    assert quotes["sdks"] == {"python": "2.1.0", "typescript": "2.0.3"}
    assert quotes["verify"] == summary
    assert quotes["slo"]["availability"] == 99.9
    assert [version for _, version in quotes["history"]] == ["1.0.0"]
    assert services["orders"]["refused"] == "until 2999-12-31: Frozen."
    assert (services["orders"]["verify"], services["orders"]["drift"]) == (None, [])
    assert services["old"]["contract"] is None
    assert "no service of the paved road" in services["plain"]["error"]


BOMB = """\
openapi: 3.1.0
x-bomb: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]
x-b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
x-c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
x-d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]
x-e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]
x-f: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e]
x-g: &g [*f, *f, *f, *f, *f, *f, *f, *f, *f]
x-h: &h [*g, *g, *g, *g, *g, *g, *g, *g, *g]
info: {title: Bomb, version: *h, x-paved: {owner: *h, tier: 2, slo: {availability: 99, latency: *h}}}
"""


def test_a_service_that_means_harm_spoils_the_view_of_no_other(fleet: Fleet) -> None:
    fleet.add("quotes")
    fleet.add("bomb", lambda work: (work / "contract/openapi.yaml").write_text(BOMB))
    fleet.add("anchors", _with_anchors)
    fleet.add("dates", lambda work: (work / "contract/openapi.yaml").write_text("info: {version: 2026-01-01}\n"))
    found = {entry["repository"]: entry for entry in fleet.json("status")["services"]}
    assert (found["bomb"]["contract"], found["bomb"]["tier"], found["bomb"]["slo"]) == (None, 2, {"availability": 99})
    assert found["bomb"]["owner"] == "quotes"
    assert "has an anchor" in found["anchors"]["error"]
    assert found["dates"]["contract"] == "2026-01-01"
    assert found["quotes"]["error"] is None


def _with_anchors(work: Path) -> None:
    answers = work / ".copier-answers.yml"
    answers.write_text(answers.read_text() + "x: &x [1]\ny: *x\n")


def test_the_table(fleet: Fleet) -> None:
    fleet.add("quotes", worked_on)
    fleet.add("plain", lambda work: (work / ".copier-answers.yml").unlink())
    done = fleet.run("status")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "REPOSITORY  STANDARD      DRIFT  CONTRACT  OWNER   RING",
        "plain       ?             ?      -         -       rest",
        "quotes      1.0.0 behind  3      1.0.0     quotes  rest",
        "plain: it has no .copier-answers.yml: no service of the paved road",
        "2 services: 1 behind 1.1.0, 1 drifted",
    ]


def test_what_an_update_prints_is_as_its_schema_says(fleet: Fleet) -> None:
    schema = json.loads((SCHEMAS / "fleet-update.schema.json").read_text("utf-8"))
    fleet.add("quotes")
    fleet.add("plain", lambda work: (work / ".copier-answers.yml").unlink())
    fleet.more["ramp"] = {"failures": 1}
    for command in ("plan", "update"):
        found = fleet.json(command)
        jsonschema_rs.validate(schema, found)
        assert [entry["repository"] for entry in found["repositories"]] == ["quotes", "plain"]


def test_only_some_of_them(fleet: Fleet) -> None:
    for name in ("quotes", "orders", "bills"):
        fleet.add(name)
    assert set(fleet.states("--only", "orders")) == {"orders"}
    parts = [set(fleet.states("--shard", f"{number}/2")) for number in (1, 2)]
    assert parts == [{"quotes", "bills"}, {"orders"}]
    assert "no repository order" in fleet.run("update", "--only", "order").stderr
    for shard in ("3/2", "0/2", "x", "1/0"):
        done = fleet.run("update", "--shard", shard)
        assert (done.returncode, f"--shard {shard} names no part" in done.stderr) == (2, True)
