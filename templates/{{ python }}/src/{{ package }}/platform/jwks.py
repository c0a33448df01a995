"""The issuer's public keys (RFC 7517): fetched when needed, kept while they serve."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

import httpx2
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, Key, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from . import strict_json
from .problems import Unavailable
from .public_keys import is_sound

_LOGGER = logging.getLogger(__name__)
_RSA_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
_CURVE_ALGORITHMS = {
    "P-256": ("ES256",),
    "P-384": ("ES384",),
    "P-521": ("ES512",),
    "Ed25519": ("EdDSA", "Ed25519"),
}
_SECRET_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_MAX_KEYS = 100
_UNASKED = 5
"""Times `max_age` after which a fetch is waited for: what the keys were so long ago says little of what they are."""


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """A public key, pinned to the one algorithm it verifies (RFC 8725, section 3.1)."""

    kid: str | None
    algorithm: str
    key: Key

    def verifies(self, signing_input: bytes, signature: bytes) -> bool:
        """Whether this key made the signature."""
        # OpenSSL takes one of RSASSA-PSS without its leading zeros, too (RFC 8017, section 8.1.2, step 1).
        if isinstance(self.key, RSAKey) and len(signature) != (self.key.public_key.key_size + 7) // 8:
            return False
        try:
            return JWSRegistry.algorithms[self.algorithm].verify(signing_input, signature, self.key)
        except (JoseError, ValueError):
            return False


class FetchError(Exception):
    """The key set could not be had; the message says why and quotes nothing of what came."""


def http_source(url: str) -> Callable[[], Awaitable[bytes]]:
    """Fetches a key set over HTTP, within bounds of time and size, and from that URL alone."""
    total_seconds, max_bytes = 5.0, 262_144
    tls = httpx2.create_ssl_context()

    async def fetch() -> bytes:
        try:
            async with (
                asyncio.timeout(total_seconds),
                httpx2.AsyncClient(follow_redirects=False, timeout=total_seconds, verify=tls) as client,
                client.stream("GET", url, headers={"accept": "application/jwk-set+json, application/json"}) as response,
            ):
                if response.status_code != httpx2.codes.OK:
                    raise FetchError(f"answered {response.status_code}")
                content = b""
                async for chunk in response.aiter_bytes():
                    content += chunk
                    if len(content) > max_bytes:
                        raise FetchError("larger than a key set may be")
                return content
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, TimeoutError) as error:
            raise FetchError(type(error).__name__) from error

    return fetch


class JwksCache:
    """Keys by id, refreshed once they are older than `max_age` and when a token names one that is not known.

    At most one fetch runs at a time, and at most one in `cooldown` seconds is caused by unknown key ids, however many
    come. A failed refresh leaves the keys as they are.
    """

    def __init__(
        self,
        source: Callable[[], Awaitable[bytes]],
        *,
        max_age: float = 60,
        cooldown: float = 30,
        cold_cooldown: float = 2,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._source = source
        self._max_age = max_age
        self._cooldown = cooldown
        self._cold_cooldown = cold_cooldown
        self._clock = clock
        self._keys: list[VerificationKey] = []
        self._content = b""
        self._tried_at = float("-inf")
        self._fetch: asyncio.Task[None] | None = None
        self.generation = 0
        """Grows whenever the keys change, so that what was verified with the old ones can be dropped."""

    async def candidates(self, kid: str | None, algorithm: str) -> list[VerificationKey]:
        """The keys of that id for that algorithm, mostly one; without an id, the only key for it.

        Raises Unavailable where no keys were ever had.
        """
        await self.ready()
        found = self._find(kid, algorithm)
        if not found and self._age() >= self._cooldown:
            await self._refresh()
            found = self._find(kid, algorithm)
        return found

    async def renew(self) -> None:
        """Fetch the keys again where they are old: in the background, or at once where nobody asked for long."""
        age = self._age()
        if self._keys and age >= self._max_age:
            if age >= _UNASKED * self._max_age:
                await self._refresh()
            else:
                self._start()

    async def ready(self) -> None:
        """Returns once there are keys. Raises Unavailable where they can't be had now."""
        if self._keys:
            return
        if self._fetch is not None or self._age() >= self._cold_cooldown:
            await self._refresh()
        if not self._keys:
            raise Unavailable("The issuer's keys are not available.", headers={"retry-after": "5"})

    async def close(self) -> None:
        """Ends a fetch that is under way."""
        if self._fetch is not None:
            self._fetch.cancel()

    def _find(self, kid: str | None, algorithm: str) -> list[VerificationKey]:
        found = [key for key in self._keys if key.algorithm == algorithm and kid in (None, key.kid)]
        return found if kid is not None or len(found) == 1 else []

    def _age(self) -> float:
        return self._clock() - self._tried_at

    async def _refresh(self) -> None:
        # Shielded: a caller that gives up must not end the fetch for the others.
        await asyncio.shield(self._start())

    def _start(self) -> asyncio.Task[None]:
        if self._fetch is None:
            self._tried_at = self._clock()
            self._fetch = asyncio.create_task(self._load())
        return self._fetch

    async def _load(self) -> None:
        try:
            content = await self._source()
            keys = parse(content)
        except FetchError as error:
            _LOGGER.warning("The key set was not refreshed: %s", error)
        else:
            if content != self._content:
                self._keys = keys
                self._content = content
                self.generation += 1
        finally:
            self._fetch = None


def parse(content: bytes) -> list[VerificationKey]:
    """The usable keys of a key set. Raises FetchError where it is none, or has no usable key.

    A key that has a member twice is passed over by itself (RFC 7517, section 4).
    """
    try:
        members = strict_json.parse(content, strict_json.WITHOUT_AMBIGUOUS)
    except strict_json.NotJson:
        raise FetchError("not JSON") from None
    jwks = members.get("keys") if isinstance(members, dict) else None
    if not isinstance(jwks, list):
        raise FetchError("not a key set")
    keys = [key for key in map(_usable, jwks[:_MAX_KEYS]) if key is not None]
    if not keys:
        raise FetchError("has no usable key")
    return keys


def _usable(jwk: Any) -> VerificationKey | None:
    """The key, if it may verify signatures: not weak, not symmetric, not private, not meant for something else."""
    if not isinstance(jwk, dict) or jwk.get("kty") not in ("RSA", "EC", "OKP") or _SECRET_MEMBERS & jwk.keys():
        return None
    kid, operations = jwk.get("kid"), jwk.get("key_ops", ["verify"])
    if not isinstance(kid, str | None) or not isinstance(operations, list) or operations.count("verify") != 1:
        return None
    if jwk.get("use", "sig") != "sig":
        return None
    try:
        key = JWKRegistry.import_key(jwk)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    algorithms = _algorithms(key) if is_sound(jwk, key) else ()
    algorithm = jwk.get("alg", algorithms[0] if algorithms else None)
    return VerificationKey(kid, algorithm, key) if algorithm in algorithms else None


def _algorithms(key: Key) -> tuple[str, ...]:
    """The algorithms a key can be pinned to; the first is meant where it names none."""
    if isinstance(key, RSAKey):
        return _RSA_ALGORITHMS
    if isinstance(key, ECKey | OKPKey):
        return _CURVE_ALGORITHMS.get(key.curve_name, ())
    return ()
