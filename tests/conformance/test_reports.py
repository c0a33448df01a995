"""What a verification found, told to code scanning, on pull requests and to people; of a hostile service, too."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from paviour.verify.report import FORMATS
from paviour.verify.report.content import DOCS, Report
from paviour.verify.run import Result, all_checks
from sdkgen.reader import read
from tests.support.command import paviour
from tests.support.sarif import SARIF

MARKUP = "<script>document.title = 'owned'</script><img src=x onerror=\"document.title = 'owned'\">"
CHALLENGE = f"Basic realm=`a | b` @someone [a](http://example.com/) {{0}} {MARKUP}"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

in_chromium = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium to open the page with")


class _Hostile(BaseHTTPRequestHandler):
    """Refuses everybody, with markup wherever an answer has room for it."""

    def do_GET(self) -> None:
        body = f"{MARKUP}</pre></details></style>{MARKUP}".encode()
        self.send_response(401)
        self.send_header("Content-Type", f"text/html; x={MARKUP}")
        self.send_header("WWW-Authenticate", CHALLENGE)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def hostile() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Hostile) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def told(contract: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A verification of the hostile service, in each format."""
    room = tmp_path_factory.mktemp("told")
    shutil.copy(contract, room / "openapi.yaml")
    found = {}
    with hostile() as url:
        for form in ("text", "json", "sarif", "markdown", "html"):
            options = ["--contract", "openapi.yaml", "--group", "authorization", "--format", form, "--output", form]
            done = paviour("verify", url, *options, cwd=room)
            assert done.returncode == 1, done.stderr
            assert done.stdout == ""
            found[form] = (room / form).read_text("utf-8")
    return found


def test_code_scanning_reads_each_failure_at_its_operation(told: dict[str, str], contract: Path) -> None:
    log: Any = json.loads(told["sarif"])
    validator = jsonschema_rs.Draft202012Validator(SARIF, validate_formats=True)
    assert [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(log)] == []

    [run] = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    [result] = [r for r in run["results"] if r["partialFingerprints"] == {"case/v1": "token-required/getQuoteStatus"}]
    rule = rules[result["ruleIndex"]]
    assert rule["id"] == result["ruleId"] == "token-required"
    assert rule["helpUri"] == DOCS + "token-required"
    assert result["level"] == rule["defaultConfiguration"]["level"] == "error"
    [location] = result["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "openapi.yaml"
    lines = contract.read_text("utf-8").splitlines()
    region = "\n".join(lines[location["physicalLocation"]["region"]["startLine"] - 2 :][:3])
    assert "operationId: getQuoteStatus" in region
    assert location["logicalLocations"][0]["name"] == "getQuoteStatus"
    assert r"\[a\](http://example.com/) {{0}}" in result["message"]["text"]


def test_the_levels_say_how_firm_the_rules_are(told: dict[str, str]) -> None:
    rules = json.loads(told["sarif"])["runs"][0]["tool"]["driver"]["rules"]
    levels = {(rule["properties"]["tags"][1], rule["defaultConfiguration"]["level"]) for rule in rules}
    assert levels == {("must", "error"), ("house", "note")}


def test_each_format_has_the_score_of_each_group(told: dict[str, str]) -> None:
    printed = json.loads(told["json"])
    score = printed["groups"]["authorization"]
    assert score == printed["summary"]
    assert score["failed"] > 0
    sarif = json.loads(told["sarif"])["runs"][0]
    assert sarif["properties"]["groups"] == printed["groups"]
    assert len(sarif["results"]) == score["failed"]
    tried = score["passed"] + score["failed"]
    assert f"authorization: {score['passed']} of {tried} passed" in told["text"]
    assert f"| authorization | {score['passed']} | **{score['failed']}** | {score['skipped']} |" in told["markdown"]
    assert f"<strong>authorization</strong>\n      <span>{score['passed']} of {tried}</span>" in told["html"]
    assert f"{score['failed']} of {tried} checks failed" in told["markdown"]


def test_nothing_that_a_service_answers_is_markup_in_a_comment(told: dict[str, str]) -> None:
    rows = [line for line in told["markdown"].splitlines() if line.startswith("| [")]
    assert rows
    for row in rows:
        assert len(re.findall(r"(?<!\\)\|", row)) == 4
        without_code = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", row)
        assert re.search(r"[<@]|example\.com", without_code) is None, row
    assert len(told["markdown"]) < 65_536


def test_a_comment_stays_short(contract: Path) -> None:
    check = all_checks()["token-required"]
    results = [Result(f"token-required/{n}", check, "failed", CHALLENGE * 99, CHALLENGE, CHALLENGE) for n in range(60)]
    comment = FORMATS["markdown"](Report("http://127.0.0.1", read(contract), datetime.now(UTC), results))

    assert len(re.findall(r"^\| \[`", comment, re.MULTILINE)) == 50
    assert comment.endswith("\nAnd 10 more.")
    assert len(comment) < 65_536


def test_the_page_needs_nothing_and_lets_nothing_in(told: dict[str, str]) -> None:
    page = told["html"]
    [style] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    [policy] = re.findall(r'<meta http-equiv="Content-Security-Policy" content="(.*?)">', page)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert html.unescape(policy) == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert re.findall(r"<(?:script|link|img|iframe|object|base|form\s)", page) == []
    assert {url.partition("#")[0] for url in re.findall(r'(?:href|src)="(.*?)"', page)} == {DOCS.rstrip("#")}
    assert re.findall(r'\sstyle="', page) == []


@in_chromium
def test_what_a_service_answers_is_text_on_the_page(told: dict[str, str], tmp_path: Path) -> None:
    # Without its policy, so that it is the page itself that stands the markup.
    page = re.sub(r'<meta http-equiv="Content-Security-Policy".*?>', "", told["html"])
    seen = rendered(page, tmp_path)

    assert "<title>Quotes: " in seen
    assert "<script" not in seen
    assert "<img" not in seen
    assert html.escape("<script>document.title = 'owned'</script>", quote=False) in seen


@in_chromium
@pytest.mark.parametrize(
    ("chosen", "left"),
    [
        ([], "details.failed"),
        (["outcome-all"], "details"),
        (["outcome-skipped"], "details.skipped"),
        (["outcome-all", "level-house"], "details.house"),
        (["level-should"], ".nothing"),
    ],
)
def test_the_filters_leave_what_they_say(told: dict[str, str], chosen: list[str], left: str, tmp_path: Path) -> None:
    script = f"""<script>
        for (const id of {json.dumps(chosen)}) document.getElementById(id).click();
        const shown = [...document.querySelectorAll("details, .nothing")].filter((found) => found.offsetHeight > 0);
        const fits = shown.length > 0 && shown.every((found) => found.matches("{left}"));
        const all = [...document.querySelectorAll("{left}")].length;
        document.title = `${{fits}} ${{shown.length === all}}`;
    </script></body>"""
    page = re.sub(r'<meta http-equiv="Content-Security-Policy".*?>', "", told["html"]).replace("</body>", script)

    assert "<title>true true</title>" in rendered(page, tmp_path)


def test_a_file_that_cannot_be_written_is_one_line(contract: Path, tmp_path: Path) -> None:
    target = tmp_path / "none" / "report.html"
    with hostile() as url:
        done = paviour("verify", url, "--contract", contract, "--group", "authorization", "--output", target)

    assert done.returncode == 2
    assert done.stderr.strip().splitlines()[-1].startswith(f"paviour: {target} can't be written: ")


def rendered(page: str, room: Path) -> str:
    """The page as Chromium has it after it ran what it would run."""
    (room / "page.html").write_text(page, "utf-8")
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={room / 'profile'}"]
    done = subprocess.run(
        [*command, "--dump-dom", (room / "page.html").as_uri()], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout
