"""All rules, and which of them a profile holds a contract against."""

from __future__ import annotations

from importlib import import_module

from sdkgen.lint.rule import RULES, Rule

FAMILIES = {
    "naming": "Names that callers write into their programs.",
    "versioning": "Which version this is, and where it is served.",
    "structure": "What makes a contract unusable, or ambiguous.",
    "schemas": "Schemas that say something else than was meant.",
    "authentication": "How callers show who they are, and over what.",
    "security": "Who may call what.",
    "errors": "What goes wrong, in one shape.",
    "pagination": "Lists that grow.",
    "idempotency": "Requests that may be sent twice.",
    "limits": "How much a caller may send.",
    "deprecation": "What goes away, and when.",
    "paved": "The extension `x-paved`.",
    "documentation": "What people read.",
    "examples": "What people copy.",
    "waivers": "What is accepted, and until when.",
    "mef": "MEF LSO Sonata and its sisters, with `--profile mef-lso`.",
}
"""The modules of rules, in the order of the documentation."""

PROFILES = {
    "mef-lso": frozenset(
        """collection-plural error-problem-json error-schema-shared header-x-prefix json-charset pagination-cursor
        pagination-envelope path-case path-noun rate-limit-headers schema-name-case""".split()
    )
}
"""By profile, the rules of the house that it replaces."""


def rules() -> dict[str, Rule]:
    """Every rule by its id, in the order of the documentation."""
    for family in FAMILIES:
        import_module(f"sdkgen.lint.{family}")
    return RULES


def selected(profile: str | None) -> list[Rule]:
    """The rules that hold: those of the house, or those of a profile and of the house where they agree."""
    replaced = PROFILES[profile] if profile else frozenset()
    return [rule for rule in rules().values() if (rule.family != "mef" or profile) and rule.id not in replaced]
