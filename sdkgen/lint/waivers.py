"""Rules about `waivers.yaml` itself; the engine applies them."""

from __future__ import annotations

from sdkgen.lint.rule import RULES, Rule, Severity


def _rule(id: str, severity: Severity, mend: str, text: str) -> None:
    RULES[id] = Rule(id, severity, mend, None, "waivers", text)


_rule(
    "waiver-unknown",
    "error",
    "correct the id, or remove the waiver",
    "A waiver names a rule or a finding that exists.\n\nA misspelt one accepts nothing, and nobody notices.",
)
_rule(
    "waiver-expired",
    "warning",
    "mend what it accepted, or decide anew and give it another date",
    "A waiver whose last day has passed is removed or decided anew.\n\nWhat it accepted counts again already.",
)
_rule(
    "waiver-unused",
    "warning",
    "remove the waiver",
    "A waiver accepts something that is there.\n\nOne that does not would accept the next fault of its kind unseen.",
)
