"""Faults that a service might have, each with the checks that must notice it, and no others. A module a group."""

from __future__ import annotations

from tests.conformance.faults.authorization import AUTHORIZATION
from tests.conformance.faults.claims import CLAIMS
from tests.conformance.faults.errors import ERRORS
from tests.conformance.faults.fault import Fault
from tests.conformance.faults.header import HEADER
from tests.conformance.faults.http import HTTP
from tests.conformance.faults.patience import PATIENCE
from tests.conformance.faults.profiles import PROFILES
from tests.conformance.faults.schemas import SCHEMAS
from tests.conformance.faults.signatures import SIGNATURES
from tests.conformance.faults.tokens import TOKENS

__all__ = ["PATIENCE", "QUICK", "Fault"]

QUICK = (*HTTP, *TOKENS, *HEADER, *CLAIMS, *SIGNATURES, *PROFILES, *AUTHORIZATION, *SCHEMAS, *ERRORS)
