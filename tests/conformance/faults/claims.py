"""Faults in how the claims of a token are read."""

from __future__ import annotations

from tests.conformance.faults.fault import Fault

_REQUIRED = "if not all(isinstance(claims.get(name), str) and claims[name] for name in profile.required):"
_MEMBERS = "value = strict_json.parse(_decode(segment))"

CLAIMS = (
    Fault(
        "what is no date is some date",
        "auth.py",
        'raise _Refused("not a date")',
        "return time.time() + 30",
        "token-exp-string token-exp-object token-exp-boolean token-exp-huge token-exp-huge-integer token-nbf-string "
        "token-iat-string",
    ),
    Fault(
        "what is no number is a great one",
        "auth.py",
        _MEMBERS,
        "import json\n\n    great = lambda _: 2**40\n"
        "    value = json.loads(_decode(segment), parse_constant=great, parse_float=great)",
        "token-exp-nan token-exp-infinity token-exp-out-of-range token-exp-huge token-duplicate-* token-deep-*",
    ),
    Fault(
        "a claim that is missing is made up",
        "auth.py",
        _REQUIRED,
        "for name in profile.required:\n            claims[name] = str(claims.get(name) or 'nobody')\n"
        "        if False:",
        "token-sub-missing token-sub-number token-sub-empty token-client-missing token-jti-missing",
    ),
    Fault(
        "a token need not expire",
        "auth.py",
        '_date(claims["exp"]) if "exp" in claims else None',
        '_date(claims["exp"]) if "exp" in claims else now + 60',
        "token-exp-missing",
    ),
    Fault(
        "a token need not say when it was issued",
        "auth.py",
        'if "iat" not in claims or max(starts) >',
        "if max(starts, default=0) >",
        "token-iat-missing",
    ),
    Fault(
        "claims are looked for in what is no object, too",
        "auth.py",
        _MEMBERS,
        f"import json\n\n    {_MEMBERS}\n    value = value[0] if isinstance(value, list) else value\n"
        "    value = json.loads(value) if isinstance(value, str) else value",
        "token-claims-list token-claims-string token-header-list",
    ),
)
