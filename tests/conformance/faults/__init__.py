"""Faults that a service might have, each with the checks that must notice it, and no others. A module a group."""

from __future__ import annotations

from tests.conformance.faults.authorization import AUTHORIZATION
from tests.conformance.faults.claims import CLAIMS
from tests.conformance.faults.deprecation import DEPRECATION
from tests.conformance.faults.errors import ERRORS
from tests.conformance.faults.fault import Fault
from tests.conformance.faults.header import HEADER
from tests.conformance.faults.headers import HEADERS
from tests.conformance.faults.health import HEALTH
from tests.conformance.faults.http import HTTP
from tests.conformance.faults.idempotency import IDEMPOTENCY
from tests.conformance.faults.limits import LIMITS
from tests.conformance.faults.open import OPEN
from tests.conformance.faults.patience import PATIENCE
from tests.conformance.faults.preconditions import PRECONDITIONS
from tests.conformance.faults.profiles import PROFILES
from tests.conformance.faults.schemas import SCHEMAS
from tests.conformance.faults.server import SERVER
from tests.conformance.faults.signatures import SIGNATURES
from tests.conformance.faults.tenancy import TENANCY
from tests.conformance.faults.tokens import TOKENS

__all__ = ["PATIENCE", "QUICK", "Fault"]

QUICK = (
    *HTTP,
    *SERVER,
    *LIMITS,
    *TOKENS,
    *OPEN,
    *HEADER,
    *CLAIMS,
    *SIGNATURES,
    *PROFILES,
    *AUTHORIZATION,
    *TENANCY,
    *SCHEMAS,
    *ERRORS,
    *HEADERS,
    *IDEMPOTENCY,
    *PRECONDITIONS,
    *DEPRECATION,
    *HEALTH,
)
