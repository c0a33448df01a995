"""The `type` of every problem leads to its explanation."""

from __future__ import annotations

import re

from paviour.verify.registry import GROUPS
from paviour.verify.report.content import DOCS as CONFORMANCE_URL
from paviour.verify.run import all_checks
from tests.docs.pages import DOCS, anchors, headings, platform_module, prose

PAGE = DOCS / "standards" / "problems.md"
CONFORMANCE = DOCS / "standards" / "conformance.md"
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
    assert sorted(explained) == sorted(all_checks())
    assert set(all_checks()) <= anchors(CONFORMANCE)
    assert set(GROUPS) <= anchors(CONFORMANCE)
    assert CONFORMANCE_URL.endswith("/standards/conformance#")
