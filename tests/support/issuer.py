"""An identity provider under the tests' control: its keys are served over HTTP, its tokens are minted at will."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc.jwk import RSAKey

from paviour.verify.credentials import Minter, SigningKey
from tests.support.sink import Act, Sink, reply, sinking

AUDIENCE = "https://quotes.example.com"


@dataclass(frozen=True, slots=True)
class Issuer:
    minter: Minter
    sink: Sink
    """What serves the keys, by script, and remembers who asked for them."""

    @property
    def environment(self) -> Mapping[str, str]:
        """What a service has to be told to trust it."""
        return {
            "AUTH_ISSUER": self.minter.issuer,
            "AUTH_JWKS_URL": f"{self.sink.url}/jwks.json",
            "AUTH_AUDIENCE": self.minter.audience,
        }

    @property
    def fetches(self) -> int:
        """How often the keys were asked for."""
        return len(self.sink.of("/jwks.json"))

    def publish(self, *keys: Any) -> None:
        """Serve these keys from now on."""
        self.answer(reply(200, key_set(*keys), content_type="application/jwk-set+json"))

    def answer(self, act: Act) -> None:
        """Do this from now on when the keys are asked for."""
        self.sink.script = [act]

    def write_key(self, path: Path) -> Path:
        """The private key as a JWK."""
        path.write_text(json.dumps(self.minter.key.key.as_dict(private=True)), "utf-8")
        return path


def key_set(*keys: Any) -> bytes:
    """A JWK Set (RFC 7517, section 5) of whatever is given."""
    return json.dumps({"keys": list(keys)}).encode()


@contextmanager
def issuing() -> Iterator[Issuer]:
    """Serve the keys for as long as the block lasts."""
    key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256", "kid": "conformance"})
    with sinking() as sink:
        issuer = Issuer(Minter(SigningKey(key, "RS256", "conformance"), sink.url, AUDIENCE), sink)
        issuer.publish(key.as_dict(private=False))
        yield issuer
