"""What a rule is: an id that never changes, how much it matters, the check, and why.

The docstring of a check is the rule's section in docs/standards/contract.md: its first line is the rule itself.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from sdkgen.load import Node

if TYPE_CHECKING:
    from sdkgen.lint.edits import Edit
    from sdkgen.lint.index import Index

DOCS = "https://paviour.github.io/paviour/standards/contract#"

Severity: TypeAlias = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
"""From the one that matters most: breaks or endangers; departs from the standard; worth a look."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a rule does not hold."""

    node: Node
    message: str
    severity: Severity | None = None
    """Where it matters less here than the rule usually does."""
    fix: Edit | None = None
    """The change that puts it right, where that is beyond doubt."""


Check: TypeAlias = "Callable[[Index], Iterator[Hit]]"


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    severity: Severity
    mend: str
    """What to do, in the imperative."""
    check: Check | None
    """None for the rules of waivers, which are not about the contract."""
    family: str
    text: str
    """What the rule says, why, and what it lets pass."""
    owasp: tuple[str, ...] = ()
    """The rules of spectral-owasp-ruleset 2.0 that it answers for, without `owasp:`."""
    fixable: bool = False

    @property
    def summary(self) -> str:
        return self.text.partition("\n")[0]

    @property
    def docs(self) -> str:
        return DOCS + self.id


RULES: dict[str, Rule] = {}
"""All rules whose modules are imported; `catalog.rules()` imports them all."""


def rule(
    id: str, severity: Severity, mend: str, *, owasp: tuple[str, ...] = (), fixable: bool = False
) -> Callable[[Check], Check]:
    """Make a check a rule of the family that its module is."""

    def register(check: Check) -> Check:
        family = check.__module__.rpartition(".")[2]
        RULES[id] = Rule(id, severity, mend, check, family, inspect.cleandoc(check.__doc__ or ""), owasp, fixable)
        return check

    return register
