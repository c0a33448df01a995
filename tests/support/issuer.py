"""An identity provider under the tests' control: its keys are served over HTTP, its tokens are minted at will."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from joserfc.jwk import RSAKey

from paviour.verify.credentials import Minter, SigningKey

AUDIENCE = "https://quotes.example.com"


@dataclass(frozen=True, slots=True)
class Issuer:
    minter: Minter
    jwks_url: str
    _keys: list[Any]

    @property
    def environment(self) -> Mapping[str, str]:
        """What a service has to be told to trust it."""
        return {
            "AUTH_ISSUER": self.minter.issuer,
            "AUTH_JWKS_URL": self.jwks_url,
            "AUTH_AUDIENCE": self.minter.audience,
        }

    def publish(self, *keys: Any) -> None:
        """Serve these keys from now on."""
        self._keys[:] = keys

    def write_key(self, path: Path) -> Path:
        """The private key as a JWK."""
        path.write_text(json.dumps(self.minter.key.key.as_dict(private=True)), "utf-8")
        return path


@contextmanager
def issuing() -> Iterator[Issuer]:
    """Serve the keys for as long as the block lasts."""
    key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256", "kid": "conformance"})
    keys: list[Any] = [key.as_dict(private=False)]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            key_set = json.dumps({"keys": keys}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/jwk-set+json")
            self.send_header("Content-Length", str(len(key_set)))
            self.end_headers()
            self.wfile.write(key_set)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield Issuer(Minter(SigningKey(key, "RS256", "conformance"), url, AUDIENCE), f"{url}/jwks.json", keys)
        finally:
            server.shutdown()
            thread.join()
