"""Access tokens for the checks: minted with the issuer's key, or asked of its token endpoint."""

from __future__ import annotations

import base64
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, Key, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from paviour.verify.profiles import PROFILES, Profile

LIFETIME_SECONDS = 600


def base64url(data: bytes) -> str:
    """Without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def compact(header: str, payload: bytes, sign: Callable[[bytes], bytes]) -> str:
    """A JWS in its compact serialization (RFC 7515, section 7.1), whatever its parts are."""
    signing_input = f"{base64url(header.encode())}.{base64url(payload)}"
    return f"{signing_input}.{base64url(sign(signing_input.encode()))}"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key, and what its tokens say of it."""

    key: RSAKey | ECKey | OKPKey
    algorithm: str
    kid: str | None

    @classmethod
    def load(cls, path: Path) -> SigningKey:
        """A private key as a JWK or in PEM. Raises ValueError for anything else."""
        try:
            content = path.read_bytes()
            pem = content.lstrip().startswith(b"-----")
            key = _from_pem(content) if pem else JWKRegistry.import_key(json.loads(content))
        except (JoseError, ValueError, TypeError, KeyError):
            key = None
        if not isinstance(key, RSAKey | ECKey | OKPKey) or not key.is_private:
            raise ValueError("is no private RSA, EC or OKP key, as a JWK or in PEM")
        return cls(key, key.alg or _algorithm(key), key.kid)

    def sign(self, signing_input: bytes, algorithm: str | None = None) -> bytes:
        return JWSRegistry.algorithms[algorithm or self.algorithm].sign(signing_input, self.key)

    def public_pem(self) -> bytes:
        pem: bytes = self.key.as_pem(private=False)
        return pem

    def public_jwk(self) -> dict[str, Any]:
        return {**self.key.as_dict(private=False), **({"kid": self.kid} if self.kid else {})}


class Credentials(ABC):
    """A source of good access tokens."""

    @abstractmethod
    def token(self, scopes: Iterable[str]) -> str:
        """An access token with these scopes and no others."""


@dataclass(frozen=True, slots=True)
class Minter(Credentials):
    """Tokens by the issuer's own key, good and hostile."""

    key: SigningKey
    issuer: str
    audience: str
    profile: Profile = PROFILES["rfc9068"]
    client: str | None = None
    """The client of all tokens; without it each is of a client of its own, so that no rate is used up."""

    def token(self, scopes: Iterable[str]) -> str:
        return self.mint(claims=self.scoped(" ".join(scopes)))

    def scoped(self, scope: str) -> dict[str, Any]:
        """The claim that has these scopes."""
        return {self.profile.scopes: scope}

    def header(self, changes: Mapping[str, Any] = {}) -> dict[str, Any]:
        """The header of a good token with changes; None takes a member out."""
        header = {"typ": self.profile.type, "alg": self.key.algorithm, "kid": self.key.kid, **changes}
        return {name: value for name, value in header.items() if value is not None}

    def claims(self, changes: Mapping[str, Any] = {}) -> dict[str, Any]:
        """The claims of a good token with changes; None takes a claim out."""
        now, client = int(time.time()), self.client or f"paviour-verify-{uuid4().hex}"
        claims = {
            "iss": self.issuer,
            "aud": self.audience if self.profile.names_audience else None,
            "sub": client,
            self.profile.client: client,
            "jti": uuid4().hex,
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
            **self.profile.own,
            **changes,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def mint(
        self,
        *,
        header: Mapping[str, Any] = {},
        claims: Mapping[str, Any] = {},
        sign: Callable[[bytes], bytes] | None = None,
    ) -> str:
        """A token that is good but for the changes."""
        payload = json.dumps(self.claims(claims)).encode()
        return compact(json.dumps(self.header(header)), payload, sign or self.key.sign)


@dataclass(frozen=True, slots=True)
class TokenEndpoint(Credentials):
    """Tokens by client credentials (RFC 6749, section 4.4)."""

    url: str
    client: str
    secret: str

    def token(self, scopes: Iterable[str]) -> str:
        """Raises CredentialsError where the endpoint gives none, or none with these scopes."""
        form = {"grant_type": "client_credentials", "scope": " ".join(scopes)}
        basic = ":".join(urllib.parse.quote(part, safe="") for part in (self.client, self.secret))
        headers = {"Authorization": f"Basic {base64.b64encode(basic.encode()).decode()}", "Accept": "application/json"}
        request = urllib.request.Request(self.url, urllib.parse.urlencode(form).encode(), headers)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310
                given = json.load(response)
        except urllib.error.HTTPError as error:
            raise CredentialsError(f"the token endpoint answered {error.code}") from None
        except (OSError, ValueError) as error:
            raise CredentialsError(f"the token endpoint gave no token ({type(error).__name__})") from None
        token = given.get("access_token") if isinstance(given, dict) else None
        if not isinstance(token, str):
            raise CredentialsError("the token endpoint gave no token")
        if set(str(given.get("scope", form["scope"])).split()) != set(form["scope"].split()):
            raise CredentialsError(f"the token endpoint gave other scopes than {form['scope'] or 'none'}")
        return token


class CredentialsError(Exception):
    """No token was to be had."""


def _from_pem(content: bytes) -> Key | None:
    for kind in (RSAKey, ECKey, OKPKey):
        try:
            return kind.import_key(content)
        except (JoseError, ValueError, TypeError):
            continue
    return None


def _algorithm(key: RSAKey | ECKey | OKPKey) -> str:
    if isinstance(key, RSAKey):
        return "RS256"
    return {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}.get(key.curve_name, "EdDSA")
