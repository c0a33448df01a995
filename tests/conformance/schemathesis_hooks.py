"""What Schemathesis is told of the service: each request has a token of a client of its own, all of one tenant.

So no rate is used up, no idempotency key is taken for another's, and yet a request finds what the one before it made.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import schemathesis

from paviour.verify.credentials import Minter, SigningKey

_MINTER = Minter(
    SigningKey.load(Path(os.environ["TEST_ISSUER_KEY"])), os.environ["AUTH_ISSUER"], os.environ["AUTH_AUDIENCE"]
)


@schemathesis.auth(refresh_interval=None)
class OfOneTenant:
    """A fresh access token with all scopes."""

    def get(self, case: schemathesis.Case[Any], context: schemathesis.AuthContext) -> str:
        del case, context
        return _MINTER.mint(claims={"scope": "quotes:read quotes:write", "tenant": "schemathesis"})

    def set(self, case: schemathesis.Case[Any], data: str, context: schemathesis.AuthContext) -> None:
        del context
        case.headers["Authorization"] = f"Bearer {data}"
