"""What the linter says of contracts that others wrote, where they are at hand: an architect would say the same."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from sdkgen.lint import Finding, lint
from tests.support.command import CONTRACTS

pytestmark = pytest.mark.skipif(
    not CONTRACTS.is_dir(), reason=f"the real contracts are not at hand ({CONTRACTS} is absent)"
)


def counts(path: Path, severity: str, profile: str | None = None) -> Counter[str]:
    return Counter(finding.id for finding in lint(path, profile) if finding.severity == severity)


def messages(findings: list[Finding], id: str) -> list[str]:
    return [finding.message for finding in findings if finding.id == id]


def test_mef_quote_against_the_standard_of_the_house() -> None:
    path = CONTRACTS / "mef" / "quote-8.0.1.yaml"
    assert counts(path, "error") == {"error-problem-json": 35, "scope-undeclared": 7, "oauth-https": 2}
    found = lint(path)
    assert messages(found, "path-noun") == [
        "the path `/cancelQuote` begins with the verb `cancel`",
        "the path `/rejectQuote` begins with the verb `reject`",
    ]
    assert messages(found, "schema-anything") == ["the property `query` has no type"]
    assert messages(found, "idempotency-key") == [
        "POST /quote creates, and can't be repeated safely",
        "POST /hub creates, and can't be repeated safely",
    ]


def test_mef_quote_against_the_conventions_of_mef() -> None:
    path = CONTRACTS / "mef" / "quote-8.0.1.yaml"
    assert counts(path, "error", "mef-lso") == {"scope-undeclared": 7, "oauth-https": 2}
    assert not any(
        finding.id in ("path-case", "error-problem-json", "json-charset") for finding in lint(path, "mef-lso")
    )


@pytest.mark.parametrize("name", ["quote-8.0.1", "quote-notification", "product-inventory"])
def test_what_mef_publishes_keeps_the_conventions_of_mef(name: str) -> None:
    found = [f.message for f in lint(CONTRACTS / "mef" / f"{name}.yaml", "mef-lso") if f.id.startswith("mef-")]
    assert found == []


def test_digitalocean_is_linted_in_seconds() -> None:
    start = time.monotonic()
    found = lint(CONTRACTS / "digitalocean.json")
    assert time.monotonic() - start < 30
    assert counts_of(found) == {
        "error-problem-json": 29,
        "example-valid": 6,
        "operation-security": 1,
        "credentials-in-url": 1,
    }
    assert len(messages(found, "operation-id-case")) == 1
    assert all(finding.line > 1 for finding in found if finding.pointer)


def counts_of(found: list[Finding]) -> Counter[str]:
    return Counter(finding.id for finding in found if finding.severity == "error")
