"""Who is calling: access tokens (RFC 6750, RFC 9068) verified by a closed set of rules for each issuer's kind."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc.errors import JoseError

from . import strict_json
from .jwks import JwksCache
from .problems import InsufficientScope, TokenInvalid, TokenMissing
from .settings import PlatformSettings

MAX_TOKEN_BYTES = 8192
CLOCK_SKEW_SECONDS = 60

_COMPACT = re.compile(rb"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
# Each hands the choice of the key, or of what is signed, to whoever wrote the token (RFC 8725, sections 3.1 and 3.10).
# No extension is understood here, so any `crit` is refused (RFC 7515, section 4.1.11).
_REFUSED_HEADERS = frozenset({"crit", "b64", "jwk", "jku", "x5u", "x5c", "zip"})


@dataclass(frozen=True, slots=True)
class Principal:
    """The verified caller. `tenant` comes from the token and from nowhere else."""

    subject: str
    client_id: str
    tenant: str | None
    scopes: frozenset[str]
    issuer: str
    claims: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Profile:
    """How one kind of issuer writes its access tokens."""

    required: tuple[str, ...]
    """Claims that are there and are strings with something in them."""
    client: str
    tenant: str
    scopes: tuple[str, ...]
    """Claims that hold scopes, as a string with spaces or as an array; one of them is there if `needs_scopes`."""
    types: frozenset[str] = frozenset()
    """The allowed values of the header's `typ`; any, where empty."""
    fixed: tuple[tuple[str, str], ...] = ()
    audience: bool = True
    """Whether `aud` names this service; if not, `client_id` is one of those that may call it."""
    needs_scopes: bool = False


PROFILES: Mapping[str, Profile] = {
    # RFC 9068, section 2.2 and section 4.
    "rfc9068": Profile(
        required=("sub", "client_id", "jti"),
        client="client_id",
        tenant="tenant",
        scopes=("scope",),
        types=frozenset({"at+jwt", "application/at+jwt"}),
    ),
    # An access token of Amazon Cognito has no audience, and differs from an ID token by `token_use` alone.
    "cognito": Profile(
        required=("sub", "client_id", "jti"),
        client="client_id",
        tenant="tenant",
        scopes=("scope",),
        fixed=(("token_use", "access"),),
        audience=False,
    ),
    # Microsoft Entra ID, version 2.0: an ID token has neither `scp` nor `roles` nor `azp`.
    "entra": Profile(
        required=("sub", "azp", "tid"),
        client="azp",
        tenant="tid",
        scopes=("scp", "roles"),
        fixed=(("ver", "2.0"),),
        needs_scopes=True,
    ),
}


class Authenticator:
    """Turns an `Authorization` header into a principal.

    A verified token is remembered by its digest until it expires or the issuer's keys change.
    """

    MAX_REMEMBERED = 10_000

    def __init__(self, settings: PlatformSettings, keys: JwksCache, clock: Callable[[], float] = time.time) -> None:
        self._profile = PROFILES[settings.auth_profile]
        self._issuer = settings.auth_issuer
        self._audience = settings.auth_audience
        self._client_ids = settings.auth_client_ids
        self._keys = keys
        self._clock = clock
        self._remembered: OrderedDict[bytes, tuple[Principal, float]] = OrderedDict()
        self._generation = keys.generation

    async def authenticate(self, credentials: bytes | None) -> Principal:
        """The caller, by the `Authorization` field; several are combined to one that is no token.

        Raises TokenMissing where no bearer token is given, TokenInvalid for any fault of the token, Unavailable where
        the issuer's keys were never had.
        """
        token = _bearer(credentials)
        await self._keys.renew()
        if self._generation != self._keys.generation:
            self._remembered.clear()
            self._generation = self._keys.generation
        digest = hashlib.sha256(token).digest()
        known = self._remembered.get(digest)
        if known is not None and known[1] > self._clock():
            return known[0]
        try:
            principal, expires = await self._verify(token)
        except (_Refused, strict_json.NotJson, JoseError, ValueError, TypeError) as error:
            raise invalid_token() from error
        self._remembered[digest] = (principal, expires)
        if len(self._remembered) > self.MAX_REMEMBERED:
            self._remembered.popitem(last=False)
        return principal

    async def _verify(self, token: bytes) -> tuple[Principal, float]:
        parts = _COMPACT.fullmatch(token)
        if len(token) > MAX_TOKEN_BYTES or parts is None:
            raise _Refused("not a compact JWS")
        header = _members(parts[1])
        algorithm, kid = header.get("alg"), header.get("kid")
        if _REFUSED_HEADERS & header.keys():
            raise _Refused("header not allowed")
        if not isinstance(algorithm, str) or not isinstance(kid, str | None):
            raise _Refused("header of a wrong type")
        if self._profile.types and str(header.get("typ")).lower() not in self._profile.types:
            raise _Refused("not an access token")
        keys, signature = await self._keys.candidates(kid, algorithm), _decode(parts[3])
        if not any(key.verifies(parts[1] + b"." + parts[2], signature) for key in keys):
            raise _Refused("not signed by the issuer")
        claims = _members(parts[2])
        expires = self._check_claims(claims)
        return self._principal(claims), expires

    def _check_claims(self, claims: dict[str, Any]) -> float:
        """Check what the profile asks for; returns the time of expiry in seconds since the epoch."""
        profile, now = self._profile, self._clock()
        if not all(isinstance(claims.get(name), str) and claims[name] for name in profile.required):
            raise _Refused("claim missing")
        if claims.get("iss") != self._issuer or any(claims.get(name) != value for name, value in profile.fixed):
            raise _Refused("of another issuer or kind")
        if profile.audience:
            audience = claims.get("aud")
            if self._audience not in (audience if isinstance(audience, list) else [audience]):
                raise _Refused("for another audience")
        if (self._client_ids or not profile.audience) and claims[profile.client] not in self._client_ids:
            raise _Refused("of another client")
        expires = _date(claims["exp"]) if "exp" in claims else None
        if expires is None or expires <= now:
            raise _Refused("expired")
        starts = [_date(claims[name]) for name in ("iat", "nbf") if name in claims]
        if "iat" not in claims or max(starts) > now + CLOCK_SKEW_SECONDS:
            raise _Refused("not valid yet")
        return expires

    def _principal(self, claims: dict[str, Any]) -> Principal:
        profile = self._profile
        tenant = claims.get(profile.tenant)
        if not isinstance(tenant, str | None):
            raise _Refused("tenant of a wrong type")
        given = [claims[name] for name in profile.scopes if name in claims]
        if profile.needs_scopes and not given:
            raise _Refused("not an access token")
        scopes = frozenset(scope for value in given for scope in _scopes(value))
        return Principal(claims["sub"], claims[profile.client], tenant, scopes, self._issuer, claims)


def authorize(principal: Principal, alternatives: tuple[frozenset[str], ...]) -> None:
    """Require all scopes of one alternative; with no alternative nobody may pass.

    Raises InsufficientScope, naming the scopes (RFC 6750, section 3.1).
    """
    if any(required <= principal.scopes for required in alternatives):
        return
    challenge = 'Bearer error="insufficient_scope"'
    if alternatives:
        challenge += f', scope="{" ".join(sorted(alternatives[0]))}"'
    raise InsufficientScope(headers={"www-authenticate": challenge})


def invalid_token() -> TokenInvalid:
    """The answer to a bad token, the same for each fault: the caller that forged it learns nothing."""
    return TokenInvalid(headers={"www-authenticate": 'Bearer error="invalid_token"'})


class _Refused(Exception):
    """The token breaks a rule."""


def _bearer(credentials: bytes | None) -> bytes:
    scheme, _, token = (credentials or b"").partition(b" ")
    if scheme.lower() != b"bearer":
        # Without credentials the challenge has no error code (RFC 6750, section 3.1).
        raise TokenMissing(headers={"www-authenticate": "Bearer"})
    return token


def _members(segment: bytes) -> dict[str, Any]:
    value = strict_json.parse(_decode(segment))
    if not isinstance(value, dict):
        raise _Refused("not a JSON object")
    return value


def _decode(segment: bytes) -> bytes:
    """Base64url without padding (RFC 7515, section 2), in its one canonical form."""
    value = base64.urlsafe_b64decode(segment + b"=" * (-len(segment) % 4))
    if base64.urlsafe_b64encode(value).rstrip(b"=") != segment:
        raise _Refused("not base64url")
    return value


def _date(value: object) -> float:
    """A NumericDate (RFC 7519, section 2) in whole seconds."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 2**53 or value != int(value):
        raise _Refused("not a date")
    return float(value)


def _scopes(value: object) -> list[str]:
    if isinstance(value, str):
        return value.split()
    if isinstance(value, list) and all(isinstance(scope, str) for scope in value):
        return value
    raise _Refused("scopes of a wrong type")
