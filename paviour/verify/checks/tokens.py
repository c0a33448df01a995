"""Is every token refused that the issuer did not sign for this service, and no better told which rule it broke?"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from joserfc.jwk import ECKey, RSAKey

from paviour.verify.credentials import Minter, SigningKey, base64url, compact
from paviour.verify.message import Message
from paviour.verify.registry import Group, Level, NotApplicable
from paviour.verify.service import Probe

TOKENS = Group("tokens")
_Forge = Callable[[Minter, str], str]
"""Makes a hostile token; it is given the scopes that a good one would have."""


def _hostile(probe: Probe, forge: _Forge) -> None:
    minter = probe.service.minter
    request = probe.service.protected()
    token = forge(minter, " ".join(request.operation.security.alternatives[0]))
    probe.refused(probe.service.bare(request).having(authorization=f"Bearer {token}"), 401)
    _control(probe)


def _control(probe: Probe) -> None:
    """A good token still opens what the hostile one did not."""
    request = probe.service.protected()
    failed = list(probe.exchanges)
    probe.accepted(probe.service.good(request), request)
    # What is shown is the attack.
    probe.exchanges[:] = failed


def _hostile_tokens(level: Level, standard: str, *attacks: tuple[str, str, _Forge]) -> None:
    for name, what, forge in attacks:
        TOKENS.add(f"token-{name}", level, standard, f"{what} is refused with 401.", partial(_hostile, forge=forge))


@TOKENS.check("token-good", "must", "RFC 6750 section 2.1", "A good token is accepted.")
def _good(probe: Probe) -> None:
    request = probe.service.protected()
    probe.accepted(probe.service.good(request), request)


# How tokens are forged


def _header(**changes: Any) -> _Forge:
    """A good signature under a changed header."""
    return lambda minter, scope: minter.mint(header=changes, claims={"scope": scope})


def _claims(**changes: Any) -> _Forge:
    """The issuer's own signature under changed claims."""
    return lambda minter, scope: minter.mint(claims={"scope": scope, **changes})


def _json_of_claims(change: Callable[[str], str]) -> _Forge:
    """Claims that are written as no library writes them."""

    def forge(minter: Minter, scope: str) -> str:
        text = change(json.dumps(minter.claims({"scope": scope})))
        return compact(json.dumps(minter.header()), text.encode(), minter.key.sign)

    return forge


def _json_of_header(change: Callable[[str], str]) -> _Forge:
    def forge(minter: Minter, scope: str) -> str:
        text = change(json.dumps(minter.header()))
        return compact(text, json.dumps(minter.claims({"scope": scope})).encode(), minter.key.sign)

    return forge


def _written(change: Callable[[str], str]) -> _Forge:
    """A good token that was changed on the way."""
    return lambda minter, scope: change(minter.mint(claims={"scope": scope}))


def _part(at: int, change: Callable[[str], str]) -> _Forge:
    """A good token, one of whose three parts was changed on the way."""

    def written(token: str) -> str:
        parts = token.split(".")
        parts[at] = change(parts[at])
        return ".".join(parts)

    return _written(written)


@cache
def _attackers_key() -> SigningKey:
    return SigningKey(RSAKey.generate_key(2048), "RS256", None)


@cache
def _attackers_curve() -> SigningKey:
    return SigningKey(ECKey.generate_key("P-256"), "ES256", None)


def _by_attacker(make_header: Callable[[Minter], dict[str, Any]] = lambda _: {}) -> _Forge:
    """Signed by a key that is not the issuer's."""

    def forge(minter: Minter, scope: str) -> str:
        header = {"alg": _attackers_key().algorithm, **make_header(minter)}
        return minter.mint(header=header, claims={"scope": scope}, sign=_attackers_key().sign)

    return forge


def _by_attackers_curve(minter: Minter, scope: str) -> str:
    return minter.mint(header={"alg": "ES256"}, claims={"scope": scope}, sign=_attackers_curve().sign)


def _unsigned(algorithm: str) -> _Forge:
    return lambda minter, scope: minter.mint(header={"alg": algorithm}, claims={"scope": scope}, sign=lambda _: b"")


def _with_secret(secret: Callable[[Minter], bytes], **header: Any) -> _Forge:
    """Signed with something that everybody knows, as if it were a shared secret."""

    def forge(minter: Minter, scope: str) -> str:
        def sign(signing_input: bytes) -> bytes:
            return hmac.new(secret(minter), signing_input, hashlib.sha256).digest()

        return minter.mint(header={"alg": "HS256", **header}, claims={"scope": scope}, sign=sign)

    return forge


def _another_algorithm_of_the_key(minter: Minter, scope: str) -> str:
    if not isinstance(minter.key.key, RSAKey):
        raise NotApplicable("the issuer's key is for one algorithm alone")
    algorithm = "PS512" if minter.key.algorithm != "PS512" else "RS512"
    sign = partial(minter.key.sign, algorithm=algorithm)
    return minter.mint(header={"alg": algorithm}, claims={"scope": scope}, sign=sign)


def _unencoded(minter: Minter, scope: str) -> str:
    """With its payload as it is (RFC 7797)."""
    header = json.dumps(minter.header({"b64": False, "crit": ["b64"]}))
    payload = json.dumps(minter.claims({"scope": scope}))
    signature = minter.key.sign(f"{base64url(header.encode())}.{payload}".encode())
    return f"{base64url(header.encode())}.{base64url(payload.encode())}.{base64url(signature)}"


def _other_claims_under_the_signature(minter: Minter, scope: str) -> str:
    header, _, signature = minter.mint(claims={"scope": scope}).split(".")
    return f"{header}.{base64url(json.dumps(minter.claims({'scope': scope, 'sub': 'admin'})).encode())}.{signature}"


def _as_json_serialization(token: str) -> str:
    protected, payload, signature = token.split(".")
    return json.dumps({"protected": protected, "payload": payload, "signature": signature}, separators=(",", ":"))


def _not_canonical(part: str) -> str:
    """The same bytes in another spelling: the unused bits of the last character are set."""
    if len(part) % 4 == 0:
        raise NotApplicable("the signature has no unused bits")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return part[:-1] + alphabet[alphabet.index(part[-1]) + 1]


def _flipped(part: str) -> str:
    at = len(part) // 2
    return part[:at] + ("A" if part[at] != "A" else "B") + part[at + 1 :]


def _tomorrow() -> int:
    return int(time.time()) + 86_400


# Who signed it, and how

_hostile_tokens(
    "must",
    "RFC 8725 section 3.1",
    ("alg-none", "A token without signature", _unsigned("none")),
    ("alg-none-in-capitals", "`alg` of `nOnE`", _unsigned("nOnE")),
    ("alg-none-signed", "`alg` of `none` over a signature", _header(alg="none")),
    ("alg-missing", "A token without `alg`", _header(alg=None)),
    ("alg-not-a-string", "An `alg` that is no string", _header(alg=["RS256"])),
    ("alg-unknown", "An `alg` that nobody knows", _header(alg="RS257")),
    ("alg-hmac-of-pem", "The public key as a secret, in PEM,", _with_secret(lambda m: m.key.public_pem())),
    (
        "alg-hmac-of-jwk",
        "The public key as a secret, as a JWK,",
        _with_secret(lambda m: json.dumps(m.key.public_jwk(), separators=(",", ":")).encode()),
    ),
    ("alg-hmac-empty", "An empty secret", _with_secret(lambda _: b"")),
    ("alg-of-another-key-type", "`alg` of another type of key", _by_attackers_curve),
    ("alg-of-another-hash", "Another algorithm of the same key", _another_algorithm_of_the_key),
    ("alg-other-than-signed", "`alg` that did not make the signature", _header(alg="RS384")),
)
_hostile_tokens(
    "must",
    "RFC 7515 section 5.2",
    ("another-signer", "A signature of another key", _by_attacker()),
    ("signature-flipped", "A signature with one bit changed", _part(2, _flipped)),
    ("signature-short", "A signature that was cut", _part(2, lambda part: part[: len(part) // 8 * 4])),
    ("signature-empty", "An empty signature", _part(2, lambda _: "")),
    ("signature-missing", "A token of two parts", _written(lambda token: token.rpartition(".")[0])),
    ("signature-of-zeros", "A signature of zeros", _part(2, lambda part: "A" * len(part))),
    ("claims-exchanged", "A good signature over other claims", _other_claims_under_the_signature),
    ("header-changed", "A header that was changed", _part(0, lambda _: base64url(b'{"alg":"RS256","x":1}'))),
    ("payload-empty", "A token without payload", _part(1, lambda _: "")),
)
_hostile_tokens(
    "must",
    "RFC 7515 section 4.1.11",
    ("crit-unknown", "`crit` with what is not understood", _header(crit=["x-hop"], **{"x-hop": 1})),
    ("crit-empty", "An empty `crit`", _header(crit=[])),
    ("crit-not-a-list", "A `crit` that is no list", _header(crit="exp")),
    ("crit-absent-member", "A `crit` that names what is not there", _header(crit=["exp"])),
    ("payload-unencoded", "`b64` of `false`", _unencoded),
)
_hostile_tokens(
    "must",
    "RFC 8725 section 3.10",
    (
        "key-embedded",
        "A token that brings its key (`jwk`)",
        _by_attacker(lambda _: {"jwk": _attackers_key().public_jwk()}),
    ),
    (
        "key-elsewhere",
        "A token that says where its key is (`jku`)",
        _by_attacker(lambda _: {"jku": "http://127.0.0.1:9/jwks.json", "kid": "attacker"}),
    ),
    (
        "certificate-elsewhere",
        "A token that says where its certificate is (`x5u`)",
        _by_attacker(lambda _: {"x5u": "http://127.0.0.1:9/key.pem"}),
    ),
    (
        "certificate-embedded",
        "A token that brings its certificate (`x5c`)",
        _by_attacker(lambda _: {"x5c": ["MIIB"]}),
    ),
    ("kid-unknown", "A key id that nobody has", _by_attacker(lambda _: {"kid": "no-such-key"})),
    ("kid-of-a-file", "A key id that is a path", _with_secret(lambda _: b"", kid="../../../../dev/null")),
    ("kid-of-a-query", "A key id that is SQL", _with_secret(lambda _: b"x", kid="x' UNION SELECT 'x")),
    ("kid-not-a-string", "A key id that is no string", _header(kid={"$ne": None})),
)
_hostile_tokens(
    "house",
    "RFC 8725 section 3.10",
    ("key-embedded-by-issuer", "A key in the header, whoever signed it,", _header(jwk={"kty": "oct", "k": "AA"})),
    ("key-elsewhere-by-issuer", "A `jku`, whoever signed it,", _header(jku="http://127.0.0.1:9/jwks.json")),
)

# When

_hostile_tokens(
    "must",
    "RFC 7519 section 4.1.4",
    ("exp-past", "A token that has expired", _claims(exp=1)),
    ("exp-an-hour-ago", "A token that expired an hour ago", lambda m, s: _claims(exp=int(time.time()) - 3600)(m, s)),
    ("exp-string", "An `exp` that is a string", lambda m, s: _claims(exp=str(_tomorrow()))(m, s)),
    ("exp-object", "An `exp` that is an object", _claims(exp={"value": 9_999_999_999})),
    ("exp-boolean", "An `exp` that is `true`", _claims(exp=True)),
)
_hostile_tokens(
    "must",
    "RFC 9068 section 2.2",
    ("exp-missing", "A token without `exp`", _claims(exp=None)),
    ("iat-missing", "A token without `iat`", _claims(iat=None)),
    ("sub-missing", "A token without `sub`", _claims(sub=None)),
    ("client-missing", "A token without `client_id`", _claims(client_id=None)),
    ("jti-missing", "A token without `jti`", _claims(jti=None)),
)


def _only_expiry(text: str) -> _Forge:
    """`exp` as this JSON text, or as this text that is none."""

    def forge(minter: Minter, scope: str) -> str:
        claims = json.dumps(minter.claims({"scope": scope, "exp": None}))
        payload = f'{claims[:-1]}, "exp": {text}}}'.encode()
        return compact(json.dumps(minter.header()), payload, minter.key.sign)

    return forge


_hostile_tokens(
    "house",
    "RFC 7519 section 2",
    ("exp-nan", "An `exp` of `NaN`", _only_expiry("NaN")),
    ("exp-infinity", "An `exp` of `Infinity`", _only_expiry("Infinity")),
    ("exp-out-of-range", "An `exp` of 1e400", _only_expiry("1e400")),
    ("exp-huge", "An `exp` after the end of the calendar", _only_expiry("1e300")),
    ("exp-huge-integer", "An `exp` of 40 digits", _only_expiry("9" * 40)),
)
_hostile_tokens(
    "must",
    "RFC 7519 section 4.1.5",
    ("nbf-tomorrow", "A token of tomorrow", lambda m, s: _claims(nbf=_tomorrow())(m, s)),
    ("nbf-string", "An `nbf` that is a string", _claims(nbf="0")),
)
_hostile_tokens(
    "house",
    "RFC 7519 section 4.1.6",
    ("iat-tomorrow", "A token that was issued tomorrow", lambda m, s: _claims(iat=_tomorrow())(m, s)),
    ("iat-string", "An `iat` that is a string", _claims(iat="yesterday")),
)

# By whom and for whom

_hostile_tokens(
    "must",
    "RFC 8725 section 3.8",
    ("iss-missing", "A token without `iss`", _claims(iss=None)),
    ("iss-other", "A token of another issuer", _claims(iss="https://elsewhere.example.com")),
    ("iss-longer", "An issuer that only begins like ours", lambda m, s: _claims(iss=f"{m.issuer}.example.com")(m, s)),
    ("iss-with-slash", "Our issuer with a slash more", lambda m, s: _claims(iss=f"{m.issuer}/")(m, s)),
    ("iss-list", "A list of issuers", lambda m, s: _claims(iss=[m.issuer])(m, s)),
)
_hostile_tokens(
    "must",
    "RFC 8725 section 3.9",
    ("aud-missing", "A token without `aud`", _claims(aud=None)),
    ("aud-other", "A token for another service", _claims(aud="https://elsewhere.example.com")),
    ("aud-others", "A token for several others", _claims(aud=["https://a.example.com", "https://b.example.com"])),
    ("aud-empty-list", "A token for nobody", _claims(aud=[])),
    ("aud-longer", "An audience that only begins like ours", lambda m, s: _claims(aud=f"{m.audience}x")(m, s)),
    ("aud-shorter", "A beginning of our audience", lambda m, s: _claims(aud=m.audience[:-1])(m, s)),
    ("aud-object", "An audience that is an object", lambda m, s: _claims(aud={m.audience: True})(m, s)),
)


@TOKENS.check(
    "token-aud-list", "must", "RFC 7519 section 4.1.3", "A token for several services, ours too, is accepted."
)
def _audience_list(probe: Probe) -> None:
    request, minter = probe.service.protected(), probe.service.minter
    claims = {
        "scope": " ".join(request.operation.security.alternatives[0]),
        "aud": ["https://a.example.com", minter.audience],
    }
    token = minter.mint(claims=claims)
    probe.accepted(probe.service.bare(request).having(authorization=f"Bearer {token}"), request)


_hostile_tokens(
    "must",
    "RFC 9068 section 4",
    ("typ-other", "A `typ` other than `at+jwt`", _header(typ="JWT")),
    ("typ-missing", "A token without `typ`", _header(typ=None)),
)
_hostile_tokens(
    "should",
    "RFC 8725 section 3.11",
    (
        "of-identity",
        "An ID token",
        lambda m, s: m.mint(
            header={"typ": "JWT"}, claims={"scope": s, "client_id": None, "jti": None, "nonce": "n", "at_hash": "h"}
        ),
    ),
    ("of-logout", "A logout token", lambda m, s: m.mint(header={"typ": "logout+jwt"}, claims={"scope": s})),
    ("dpop-proof", "A DPoP proof", lambda m, s: m.mint(header={"typ": "dpop+jwt"}, claims={"scope": s})),
)
_hostile_tokens(
    "house",
    "RFC 9068 section 2.2",
    ("scope-number", "A `scope` that is a number", _claims(scope=1)),
    ("scope-object", "A `scope` that is an object", lambda m, s: _claims(scope={s: True})(m, s)),
    ("sub-number", "A `sub` that is a number", _claims(sub=1)),
    ("sub-empty", "An empty `sub`", _claims(sub="")),
)

# How it is written

_hostile_tokens(
    "must",
    "RFC 7519 section 4",
    (
        "duplicate-claim",
        "A claim that stands twice",
        _json_of_claims(lambda text: f'{{"sub": "admin", {text[1:]}'),
    ),
    (
        "duplicate-escaped-claim",
        "A claim that stands twice, once with an escape,",
        _json_of_claims(lambda text: f'{{"\\u0073ub": "admin", {text[1:]}'),
    ),
    ("claims-list", "A payload that is a list", _json_of_claims(lambda text: f"[{text}]")),
    ("claims-string", "A payload that is a string", _json_of_claims(json.dumps)),
    ("claims-not-json", "A payload that is no JSON", _json_of_claims(lambda text: text[:-1])),
    ("claims-two-texts", "A payload of two JSON texts", _json_of_claims(lambda text: text + text)),
)
_hostile_tokens(
    "must",
    "RFC 7515 section 4",
    (
        "duplicate-header",
        "A header member that stands twice",
        _json_of_header(lambda text: f'{{"alg": "none", {text[1:]}'),
    ),
    ("header-list", "A header that is a list", _json_of_header(lambda text: f"[{text}]")),
    ("header-not-json", "A header that is no JSON", _json_of_header(lambda text: text[:-1])),
)
_hostile_tokens(
    "must",
    "RFC 7515 section 2",
    ("padding", "Padding behind a part", _part(2, lambda part: part + "=" * (-len(part) % 4 or 4))),
    ("alphabet", "A part in the other base64 alphabet", _part(2, lambda part: f"+/{part[2:]}")),
    ("not-canonical", "Another spelling of the same signature", _part(2, _not_canonical)),
    ("space-inside", "A space inside", _written(lambda token: token.replace(".", " .", 1))),
    ("tab-inside", "A tab inside", _written(lambda token: token.replace(".", ".\t", 1))),
    ("space-before", "A second space before it", _written(lambda token: f" {token}")),
    ("comma-behind", "A comma behind it", _written(lambda token: f"{token},")),
    ("quotes", "Quotes around it", _written(lambda token: f'"{token}"')),
    ("four-parts", "A fourth part", _written(lambda token: f"{token}.{token.rpartition('.')[2]}")),
    ("five-parts", "An encrypted token of nobody", _written(lambda token: f"{token}.AA.AA")),
    ("json-serialization", "The JSON serialization", _written(_as_json_serialization)),
    ("twice-in-a-field", "Two tokens in one field", _written(lambda token: f"{token}, Bearer {token}")),
    ("letter-outside-ascii", "A letter outside of ASCII", _written(lambda token: f"{token}é")),
)
_hostile_tokens(
    "house",
    "RFC 8725 section 3.12",
    ("too-large", "A token of more than 8 KiB", _claims(padding="x" * 9000)),
    (
        "deep-claims",
        "Claims nested 200 deep",
        _json_of_claims(lambda text: f'{text[:-1]}, "x": {"[" * 200}{"]" * 200}}}'),
    ),
    (
        "deep-header",
        "A header nested 200 deep",
        _json_of_header(lambda text: f'{text[:-1]}, "x": {"[" * 200}{"]" * 200}}}'),
    ),
)

# Where it stands


def _elsewhere(probe: Probe, place: Callable[[Message, str], Message], statuses: tuple[int, ...]) -> None:
    request = probe.service.protected()
    token = probe.service.token(request.operation.security.alternatives[0])
    probe.refused(place(probe.service.bare(request), token), *statuses)
    _control(probe)


def _in_query(message: Message, token: str) -> Message:
    joined = "&" if "?" in message.target else "?"
    return Message(message.method, f"{message.target}{joined}access_token={token}", message.fields)


def _in_form(message: Message, token: str) -> Message:
    form = message.having(content_type="application/x-www-form-urlencoded")
    return Message(form.method, form.target, form.fields, f"access_token={token}".encode())


def _folded(message: Message, token: str) -> Message:
    return message.having(authorization=f"Bearer {token[:20]}\r\n {token[20:]}")


_PLACES: tuple[tuple[str, Level, str, str, Callable[[Message, str], Message], tuple[int, ...]], ...] = (
    ("in-query", "must", "RFC 9700 section 4.3.2", "A token in the query", _in_query, (401,)),
    ("in-form", "house", "RFC 6750 section 2.2", "A token in a form", _in_form, (401,)),
    (
        "in-cookie",
        "house",
        "RFC 6750 section 2",
        "A token in a cookie",
        lambda m, t: m.having(cookie=f"access_token={t}"),
        (401,),
    ),
    (
        "in-two-fields",
        "must",
        "RFC 6750 section 2",
        "A token in two fields",
        lambda m, t: m.adding(("Authorization", f"Bearer {t}"), ("Authorization", f"Bearer {t}")),
        (400, 401),
    ),
    (
        "beside-another",
        "must",
        "RFC 6750 section 2",
        "A token beside other credentials",
        lambda m, t: m.adding(("Authorization", "Basic YTpi"), ("Authorization", f"Bearer {t}")),
        (400, 401),
    ),
    (
        "in-proxy-field",
        "must",
        "RFC 9110 section 11.7.2",
        "A token for a proxy",
        lambda m, t: m.having(proxy_authorization=f"Bearer {t}"),
        (401,),
    ),
    (
        "of-another-scheme",
        "must",
        "RFC 9110 section 11.1",
        "A token under another scheme",
        lambda m, t: m.having(authorization=f"Token {t}"),
        (401,),
    ),
    (
        "without-scheme",
        "must",
        "RFC 6750 section 2.1",
        "A token without scheme",
        lambda m, t: m.having(authorization=t),
        (401,),
    ),
    (
        "scheme-alone",
        "must",
        "RFC 6750 section 2.1",
        "A scheme without token",
        lambda m, _: m.having(authorization="Bearer"),
        (400, 401),
    ),
    (
        "tab-for-space",
        "must",
        "RFC 6750 section 2.1",
        "A tab between scheme and token",
        lambda m, t: m.having(authorization=f"Bearer\t{t}"),
        (400, 401),
    ),
    ("folded", "must", "RFC 9112 section 5.2", "A token on two lines", _folded, (400, 401)),
)

for _name, _level, _standard, _what, _place, _statuses in _PLACES:
    TOKENS.add(
        f"token-{_name}",
        _level,
        _standard,
        f"{_what} is refused with {' or '.join(map(str, _statuses))}.",
        partial(_elsewhere, place=_place, statuses=_statuses),
    )


@TOKENS.check("token-scheme-case", "must", "RFC 9110 section 11.1", "The scheme is read whatever its case.")
def _scheme_case(probe: Probe) -> None:
    request = probe.service.protected()
    token = probe.service.token(request.operation.security.alternatives[0])
    probe.accepted(probe.service.bare(request).having(authorization=f"bEARER {token}"), request)
