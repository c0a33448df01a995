"""The house standard as rules: what a contract should be, beyond being one.

Each family of rules is a module; `catalog` knows them all.
"""

from __future__ import annotations

from sdkgen.lint.engine import Finding, lint
from sdkgen.lint.rule import SEVERITIES, Severity

__all__ = ["SEVERITIES", "Finding", "Severity", "lint"]
