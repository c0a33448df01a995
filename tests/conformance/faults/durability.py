"""Faults in how an effect and its record belong together."""

from __future__ import annotations

from tests.conformance.faults.fault import Fault

DURABILITY = (
    Fault(
        "the effect is kept before its record",
        "idempotency.py",
        "        now = datetime.now(UTC)\n        expired =",
        "        await self._session.commit()\n        now = datetime.now(UTC)\n        expired =",
        "kill-at-each-statement",
    ),
    Fault(
        "the record ends with its request",
        "idempotency.py",
        "expires_at=now + LIFETIME",
        "expires_at=now",
        "kill-at-each-statement kill-between-statements effects-undone",
    ),
    Fault(
        "each statement is kept at once",
        "engine.py",
        '"pool_timeout": 3.0}',
        '"pool_timeout": 3.0, "isolation_level": "AUTOCOMMIT"}',
        "kill-at-each-statement kill-between-statements effects-undone",
    ),
    Fault(
        "a repetition that comes early is not told when to come again",
        "idempotency.py",
        'lock(lock))):\n            raise problems.IdempotencyInProgress(headers={"retry-after": "1"})',
        "lock(lock))):\n            raise problems.IdempotencyInProgress",
        "done-meanwhile",
    ),
    Fault(
        "what failed is kept",
        "store.py",
        "            if failure is None:\n",
        "            if True:\n",
        "effects-undone",
    ),
)
