"""Is a token refused that is of another time, of another issuer, or for another service?"""

from __future__ import annotations

import json
import time

from paviour.verify.checks.tokens import TOKENS, hostile_tokens
from paviour.verify.credentials import Minter, compact
from paviour.verify.forge import Forge, claims, claims_of, text_of_claims
from paviour.verify.registry import NotApplicable
from paviour.verify.service import Probe

_WITH_AUDIENCE = ("rfc9068", "entra")


def _tomorrow() -> int:
    return int(time.time()) + 86_400


def _only_expiry(text: str) -> Forge:
    """`exp` as this JSON text, or as this text that is none."""

    def forge(minter: Minter, scope: str) -> str:
        others = json.dumps(minter.claims({**minter.scoped(scope), "exp": None}))
        return compact(json.dumps(minter.header()), f'{others[:-1]}, "exp": {text}}}'.encode(), minter.key.sign)

    return forge


# When

hostile_tokens(
    "must",
    "RFC 7519 section 4.1.4",
    ("exp-past", "A token that has expired", claims(exp=1)),
    ("exp-an-hour-ago", "A token that expired an hour ago", claims_of(lambda _: {"exp": int(time.time()) - 3600})),
    ("exp-string", "An `exp` that is a string", claims_of(lambda _: {"exp": str(_tomorrow())})),
    ("exp-object", "An `exp` that is an object", claims(exp={"value": 9_999_999_999})),
    ("exp-boolean", "An `exp` that is `true`", claims(exp=True)),
)
hostile_tokens(
    "must",
    "RFC 9068 section 2.2",
    ("exp-missing", "A token without `exp`", claims(exp=None)),
    ("iat-missing", "A token without `iat`", claims(iat=None)),
    ("sub-missing", "A token without `sub`", claims(sub=None)),
    ("client-missing", "A token without its client", claims_of(lambda minter: {minter.profile.client: None})),
)
hostile_tokens(
    "must",
    "RFC 9068 section 2.2",
    ("jti-missing", "A token without `jti`", claims(jti=None)),
    profiles=("rfc9068", "cognito"),
)
hostile_tokens(
    "house",
    "RFC 7519 section 2",
    ("exp-nan", "An `exp` of `NaN`", _only_expiry("NaN")),
    ("exp-infinity", "An `exp` of `Infinity`", _only_expiry("Infinity")),
    ("exp-out-of-range", "An `exp` of 1e400", _only_expiry("1e400")),
    ("exp-huge", "An `exp` after the end of the calendar", _only_expiry("1e300")),
    ("exp-huge-integer", "An `exp` of 40 digits", _only_expiry("9" * 40)),
)
hostile_tokens(
    "must",
    "RFC 7519 section 4.1.5",
    ("nbf-tomorrow", "A token of tomorrow", claims_of(lambda _: {"nbf": _tomorrow()})),
    ("nbf-string", "An `nbf` that is a string", claims(nbf="0")),
)
hostile_tokens(
    "house",
    "RFC 7519 section 4.1.6",
    ("iat-tomorrow", "A token that was issued tomorrow", claims_of(lambda _: {"iat": _tomorrow()})),
    ("iat-string", "An `iat` that is a string", claims(iat="yesterday")),
)

# By whom and for whom

hostile_tokens(
    "must",
    "RFC 8725 section 3.8",
    ("iss-missing", "A token without `iss`", claims(iss=None)),
    ("iss-other", "A token of another issuer", claims(iss="https://elsewhere.example.com")),
    ("iss-longer", "An issuer that only begins like ours", claims_of(lambda m: {"iss": f"{m.issuer}.example.com"})),
    ("iss-with-slash", "Our issuer with a slash more", claims_of(lambda m: {"iss": f"{m.issuer}/"})),
    ("iss-list", "A list of issuers", claims_of(lambda m: {"iss": [m.issuer]})),
)
hostile_tokens(
    "must",
    "RFC 8725 section 3.9",
    ("aud-missing", "A token without `aud`", claims(aud=None)),
    ("aud-other", "A token for another service", claims(aud="https://elsewhere.example.com")),
    ("aud-others", "A token for several others", claims(aud=["https://a.example.com", "https://b.example.com"])),
    ("aud-empty-list", "A token for nobody", claims(aud=[])),
    ("aud-longer", "An audience that only begins like ours", claims_of(lambda m: {"aud": f"{m.audience}x"})),
    ("aud-shorter", "A beginning of our audience", claims_of(lambda m: {"aud": m.audience[:-1]})),
    ("aud-object", "An audience that is an object", claims_of(lambda m: {"aud": {m.audience: True}})),
    profiles=_WITH_AUDIENCE,
)


@TOKENS.check(
    "token-aud-list", "must", "RFC 7519 section 4.1.3", "A token for several services, ours too, is accepted."
)
def _audience_list(probe: Probe) -> None:
    request, minter = probe.service.protected(), probe.service.minter
    if not minter.profile.names_audience:
        raise NotApplicable(f"is about the profile {' or '.join(_WITH_AUDIENCE)}")
    scope = " ".join(request.operation.security.alternatives[0])
    token = claims(aud=["https://a.example.com", minter.audience])(minter, scope)
    probe.accepted(probe.service.bare(request).having(authorization=f"Bearer {token}"), request)


# What they are

hostile_tokens(
    "should",
    "RFC 8725 section 3.11",
    (
        "of-identity",
        "An ID token",
        lambda minter, scope: minter.mint(
            header={"typ": "JWT"},
            claims={**minter.scoped(scope), "client_id": None, "jti": None, "nonce": "n", "at_hash": "h"},
        ),
    ),
    profiles=("rfc9068",),
)
hostile_tokens(
    "house",
    "RFC 9068 section 2.2",
    ("scope-number", "A `scope` that is a number", claims_of(lambda m: {m.profile.scopes: 1})),
    (
        "scope-object",
        "A `scope` that is an object",
        lambda minter, scope: minter.mint(claims={minter.profile.scopes: {scope: True}}),
    ),
    ("sub-number", "A `sub` that is a number", claims(sub=1)),
    ("sub-empty", "An empty `sub`", claims(sub="")),
)
hostile_tokens(
    "must",
    "RFC 7519 section 4",
    ("duplicate-claim", "A claim that stands twice", text_of_claims(lambda text: f'{{"sub": "admin", {text[1:]}')),
    (
        "duplicate-escaped-claim",
        "A claim that stands twice, once with an escape,",
        text_of_claims(lambda text: f'{{"\\u0073ub": "admin", {text[1:]}'),
    ),
    ("claims-list", "A payload that is a list", text_of_claims(lambda text: f"[{text}]")),
    ("claims-string", "A payload that is a string", text_of_claims(json.dumps)),
    ("claims-not-json", "A payload that is no JSON", text_of_claims(lambda text: text[:-1])),
    ("claims-two-texts", "A payload of two JSON texts", text_of_claims(lambda text: text + text)),
)
