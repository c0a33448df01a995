"""Faults in who may call what."""

from __future__ import annotations

from tests.conformance.faults.fault import Fault

AUTHORIZATION = (
    Fault(
        "one scope of several is enough",
        "auth.py",
        "any(required <= principal.scopes for",
        "any(required & principal.scopes for",
        "scope-missing scope-alone",
    ),
    Fault(
        "scopes are not looked at",
        "auth.py",
        "    if any(required <= principal.scopes for required in alternatives):\n        return",
        "    return",
        "scope-* error-insufficient-scope idempotency-without-scope precondition-after-token",
    ),
    Fault(
        "a beginning of a scope is enough",
        "auth.py",
        "any(required <= principal.scopes for",
        "any(all(any(given.startswith(scope) for given in principal.scopes) for scope in required) for",
        "scope-similar",
    ),
    Fault(
        "scopes have no case",
        "auth.py",
        "any(required <= principal.scopes for",
        "any(required <= {scope.lower() for scope in principal.scopes} for",
        "scope-similar",
    ),
    Fault(
        "nobody is asked for a token",
        "dispatch.py",
        "if operation.public and credentials is None:",
        "if credentials is None:",
        "token-required body-after-token token-in-cookie token-in-form token-in-proxy-field token-in-query "
        "idempotency-without-token precondition-after-token error-no-code-without-token error-token-missing "
        "errors-server-failure",
    ),
    Fault(
        "nothing is for everybody",
        "dispatch.py",
        "if operation.public and credentials is None:",
        "if False:",
        "public-operation",
    ),
    Fault(
        "the body is looked at first",
        "dispatch.py",
        "        await self._admit(exchange)",
        "        self._negotiate(exchange)\n        await self._admit(exchange)",
        "body-after-token",
    ),
)
