"""The documentation as data: its pages, their headings, links and tables, and the outputs they quote."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from paviour.cli import cli
from paviour.verify.report.content import LEVELS
from paviour.verify.run import all_checks
from sdkgen.lint.catalog import rules
from tests.conformance.checks import bench_checks
from tests.docs import backstage
from tests.sdk.scripted import SCENARIOS
from tests.support.command import REPOSITORY

SEVERITIES = {"error": "Error", "warning": "Warning", "info": "Note"}
DOCS = REPOSITORY / "docs"
PLATFORM = REPOSITORY / "templates" / "{{ python }}" / "src" / "{{ package }}" / "platform"

_FENCE = re.compile(r"^(```|~~~).*?^\1[ \t]*$", re.MULTILINE | re.DOTALL)
_HELP = re.compile(r"(<!-- (paviour[a-z ]*?) --help -->\n```text\n).*?(^```$)", re.MULTILINE | re.DOTALL)
_RULES = re.compile(r"(<!-- rules: ([a-z]+) -->\n).*?(^<!-- end of rules -->$)", re.MULTILINE | re.DOTALL)
_OWASP = re.compile(r"(<!-- owasp -->\n).*?(^<!-- end of owasp -->$)", re.MULTILINE | re.DOTALL)
_CHECKS = re.compile(r"(<!-- checks: ([a-z]+) -->\n).*?(^<!-- end of checks -->$)", re.MULTILINE | re.DOTALL)


_SCENARIOS = re.compile(r"(<!-- scenarios of sdks -->\n).*?(^<!-- end of scenarios -->$)", re.MULTILINE | re.DOTALL)


def pages() -> list[Path]:
    """All pages that we write: those at the root of the repository and those in docs."""
    return sorted([*REPOSITORY.glob("*.md"), *DOCS.rglob("*.md")])


@cache
def prose(page: Path) -> str:
    """A page without its blocks of code, in which nothing is a heading or a link."""
    return _FENCE.sub("", page.read_text("utf-8"))


def headings(page: Path) -> list[str]:
    return [text.strip() for text in re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)]


def anchors(page: Path) -> set[str]:
    """The fragments that lead somewhere on the page, as GitHub makes them of its headings."""
    found: dict[str, int] = {}
    for heading in headings(page):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
        found[slug] = found.get(slug, -1) + 1
    return {slug if not number else f"{slug}-{number}" for slug, last in found.items() for number in range(last + 1)}


def links(page: Path) -> list[str]:
    """The targets of all links, but for those to other hosts."""
    text = re.sub(r"`[^`\n]*`", "", prose(page))
    found = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r"^\[[^\]]+\]: (\S+)$", text, re.MULTILINE)
    return [target for target in found if not re.match(r"[a-z]+:", target)]


def rows(page: Path) -> Iterator[list[str]]:
    """The rows of all tables of a page, without their heads."""
    for line in prose(page).splitlines():
        if line.startswith("| `"):
            yield [cell.strip() for cell in line.strip("|").split(" | ")]


def refreshed(text: str) -> str:
    """The text of a page with each quoted `--help` and each list of checks and rules as it is now."""
    text = _RULES.sub(lambda found: f"{found[1]}{_rules(found[2])}{found[3]}", text)
    text = _OWASP.sub(lambda found: f"{found[1]}{_owasp()}{found[2]}", text)
    text = _SCENARIOS.sub(lambda found: f"{found[1]}{_scenarios()}{found[2]}", text)
    text = _HELP.sub(lambda found: f"{found[1]}{_help(found[2])}{found[3]}", text)
    return _CHECKS.sub(lambda found: f"{found[1]}{_checks(found[2])}{found[3]}", text)


def platform_module(name: str) -> dict[str, Any]:
    """What a module of the Python platform defines, which imports no other of it."""
    return runpy.run_path(str(PLATFORM / f"{name}.py"), run_name=f"platform_{name}")


def _checks(group: str) -> str:
    sections = [
        f"### {check.id}\n\n{LEVELS[check.level]}, {check.standard}. {check.rule}\n"
        for check in [*all_checks().values(), *bench_checks().values()]
        if check.group == group
    ]
    return "\n" + "\n".join(sections) + "\n"


def _rules(family: str) -> str:
    sections = []
    for rule in rules().values():
        if rule.family == family:
            head = SEVERITIES[rule.severity] + (", with `--fix`" if rule.fixable else "")
            sections.append(f"### {rule.id}\n\n**{head}.** {rule.text}\n\nTo mend it: {rule.mend}.\n")
    return "\n" + "\n".join(sections) + "\n"


def _owasp() -> str:
    """Which rule answers for each of OWASP's."""
    found = sorted((theirs, rule.id) for rule in rules().values() for theirs in rule.owasp)
    lines = [f"| `{theirs}` | [{ours}](#{ours}) |" for theirs, ours in found]
    return "\n".join(["| spectral-owasp-ruleset 2.0 | here |", "| --- | --- |", *lines]) + "\n"


def _scenarios() -> str:
    """What is tried with the SDK of each language."""
    alone = {one["name"]: f" (by script: {one['by_script']})" for one in SCENARIOS if "by_script" in one}
    return "".join(f"- {one['name']}{alone.get(one['name'], '')}\n" for one in SCENARIOS)


def _help(command: str) -> str:
    arguments = [*command.split()[1:], "--help"]
    return CliRunner().invoke(cli, arguments, prog_name="paviour", terminal_width=100).output


if __name__ == "__main__":
    for page in pages():
        text = page.read_text("utf-8")
        if refreshed(text) != text:
            page.write_text(refreshed(text), "utf-8")
            print(page.relative_to(REPOSITORY))
    if backstage.PATH.read_text("utf-8") != backstage.document():
        backstage.PATH.write_text(backstage.document(), "utf-8")
        print(backstage.PATH.relative_to(REPOSITORY))
