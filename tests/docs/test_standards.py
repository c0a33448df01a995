"""The `type` of every problem leads to its explanation."""

from __future__ import annotations

import re

from paviour.verify.registry import GROUPS
from paviour.verify.report.content import DOCS as CONFORMANCE_URL
from paviour.verify.run import all_checks
from sdkgen.lint.catalog import FAMILIES, PROFILES, rules
from sdkgen.lint.rule import DOCS as CONTRACT_URL
from tests.conformance.checks import bench_checks
from tests.docs.pages import DOCS, anchors, headings, platform_module, prose

PAGE = DOCS / "standards" / "problems.md"
CONFORMANCE = DOCS / "standards" / "conformance.md"
CONTRACT = DOCS / "standards" / "contract.md"
PROBLEMS = platform_module("problems")


def test_every_problem_has_its_anchor_and_no_anchor_is_orphaned() -> None:
    statuses = {problem.slug: problem.status for problem in PROBLEMS["Problem"].__subclasses__()}
    text = prose(PAGE)
    explained = {}
    for heading in headings(PAGE):
        if heading in statuses or f"## {heading}\n\n**" in text:
            explained[heading] = int(text.partition(f"## {heading}\n\n**")[2][:3])

    assert explained == statuses


def test_the_type_uris_lead_to_that_page() -> None:
    assert PROBLEMS["TYPE_BASE"].endswith("/standards/problems#")


def test_every_check_has_its_anchor_and_no_anchor_is_orphaned() -> None:
    explained = re.findall(r"^### (.*)$", prose(CONFORMANCE), re.MULTILINE)
    checks = {**all_checks(), **bench_checks()}
    assert sorted(explained) == sorted([*all_checks(), *bench_checks()])
    assert checks.keys() <= anchors(CONFORMANCE)
    assert {*GROUPS, *(check.group for check in checks.values())} <= anchors(CONFORMANCE)
    assert CONFORMANCE_URL.endswith("/standards/conformance#")


def test_every_rule_for_contracts_has_its_anchor_and_no_anchor_is_orphaned() -> None:
    explained = re.findall(r"^### (.*)$", prose(CONTRACT), re.MULTILINE)
    assert sorted(explained) == sorted(rules())
    assert set(rules()) <= anchors(CONTRACT)
    assert {rule.family for rule in rules().values()} == set(FAMILIES)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", id) for id in rules())
    assert all(rule.summary.endswith((".", ":", "`.")) for rule in rules().values())
    assert CONTRACT_URL.endswith("/standards/contract#")


def test_profiles_replace_rules_that_exist_and_say_which() -> None:
    for replaced in PROFILES.values():
        assert replaced <= set(rules())
        assert all(f"[{id}](#{id})" in prose(CONTRACT) for id in replaced)


def test_every_rule_of_owasp_is_answered_for() -> None:
    """By the list of spectral-owasp-ruleset 2.0.1, which has 32."""
    answered = [theirs for rule in rules().values() for theirs in rule.owasp]
    assert len(answered) == len(set(answered)) == 32
    assert all(f"| `{theirs}` |" in prose(CONTRACT) for theirs in answered)
