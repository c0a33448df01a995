"""Wycheproof's vectors for JWS and JWK. They are not part of the repository: WYCHEPROOF_VECTORS names their folder.

None of their tokens is one of the service's issuer. So all are refused, also those whose signature is good, and neither
they nor the hostile keys of their key sets keep the issuer's own tokens from being accepted.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from paviour.verify.credentials import SigningKey, compact
from tests.conformance.vectors import PATTERN, Vectors, accepted, read_vectors
from tests.support.issuer import Issuer, issuing

FOLDER = os.environ.get("WYCHEPROOF_VECTORS")


@pytest.fixture
def own_issuer() -> Iterator[Issuer]:
    """Its keys are changed."""
    with issuing() as found:
        yield found


def vector(number: int, jws: Any, result: str = "invalid") -> dict[str, Any]:
    return {"tcId": number, "comment": "", "jws": jws, "result": result, "flags": []}


def write(path: Path, *groups: dict[str, Any]) -> None:
    path.write_text(json.dumps({"algorithm": "JWS", "numberOfTests": 9, "testGroups": list(groups)}), "utf-8")


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """A folder with files of the same shape: good and bad signatures, a shared secret, and keys that are none."""
    curve, secret = ECKey.generate_key("P-256", {"kid": "curve"}), OctKey.generate_key(256, {"kid": "secret"})
    weak = RSAKey.generate_key(2048).as_dict(private=False) | {"e": "Aw", "kid": "conformance"}
    good = compact('{"alg":"ES256","kid":"curve"}', b"payload", SigningKey(curve, "ES256", "curve").sign)
    zeros = compact('{"alg":"ES256","kid":"curve"}', b"payload", lambda _: bytes(64))
    members = dict(zip(("protected", "payload", "signature"), good.split("."), strict=True))
    write(
        tmp_path / "json_web_signature_test.json",
        {
            "private": curve.as_dict(private=True),
            "public": curve.as_dict(private=False),
            "tests": [
                vector(1, good, "valid"),
                vector(2, zeros),
                vector(3, members),
                vector(4, "é\t.."),
                vector(5, ""),
            ],
        },
        {"private": secret.as_dict(private=True), "tests": []},
    )
    write(
        tmp_path / "json_web_key_test.json",
        {
            "public": {"keys": [weak, {}, None, {"kty": "EC", "kid": []}]},
            "tests": [vector(6, good)],
        },
    )
    return tmp_path


def test_vectors_of_that_shape_are_read_and_run(few: Path, judged: Path, own_issuer: Issuer) -> None:
    vectors = read_vectors(few)

    assert [len(group.keys) for group in vectors] == [4, 1, 1]
    assert accepted(vectors, judged, own_issuer) == []


def test_a_token_that_opens_the_service_is_told(judged: Path, own_issuer: Issuer) -> None:
    stolen = own_issuer.minter.token(["quotes:read"])
    found = accepted([Vectors("file", [], [vector(1, "a.b.c"), vector(2, stolen)])], judged, own_issuer)

    assert found == ["file 2 (invalid: ): 200"]


@pytest.mark.skipif(FOLDER is None, reason="WYCHEPROOF_VECTORS names no folder with Wycheproof's vectors")
def test_the_published_vectors_are_refused(judged: Path, own_issuer: Issuer) -> None:
    vectors = read_vectors(Path(FOLDER or ""))

    assert vectors, f"{FOLDER} has no {PATTERN}"
    assert accepted(vectors, judged, own_issuer) == []
