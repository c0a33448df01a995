"""Test vectors for JWS and JWK, in the shape that Wycheproof publishes them, run against a service from outside."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from paviour.verify.credentials import Minter, from_base64url
from paviour.verify.message import Message
from paviour.verify.requests import good_requests
from paviour.verify.service import Probe, Service
from paviour.verify.wire import NoAnswer, Server
from sdkgen import reader
from tests.support.issuer import Issuer
from tests.support.process import serving

PATTERN = "json_web_*_test.json"
# What the platform reads of one key set, but for the issuer's own key.
_KEYS_AT_ONCE = 90
_REFUSED = {400, 401}


@dataclass(frozen=True, slots=True)
class Vectors:
    """A group of tests, with the keys that are theirs."""

    file: str
    keys: list[Any]
    tests: list[dict[str, Any]]


def read_vectors(folder: Path) -> list[Vectors]:
    """The groups of all files in this folder that have signed tokens."""
    return [
        Vectors(path.name, _keys(group), [test for test in group["tests"] if "jws" in test])
        for path in sorted(folder.glob(PATTERN))
        for group in json.loads(path.read_text("utf-8"))["testGroups"]
    ]


def _keys(group: dict[str, Any]) -> list[Any]:
    """The public keys, or the private ones where there are no others: a shared secret has no public half."""
    found = group.get("public") or group.get("private") or []
    if isinstance(found, dict):
        return list(found["keys"]) if "keys" in found else [found]
    return list(found)


def accepted(vectors: list[Vectors], service: Path, issuer: Issuer) -> list[str]:
    """The tokens that opened the service, or that it failed at, while the vectors' keys stood beside its issuer's.

    Raises Failed where the issuer's own token was refused in between.
    """
    contract = reader.read(service / "contract" / "openapi.yaml")
    found = []
    for batch in _batches(vectors):
        issuer.publish(issuer.minter.key.public_jwk(), *(key for group in batch for key in group.keys))
        with serving(service, issuer.environment) as running:
            probe = Probe(Service(Server(running.url), contract, good_requests(contract), issuer.minter))
            request = probe.service.protected()
            bare = probe.service.bare(request)
            for group in batch:
                probe.accepted(probe.service.good(request), request)
                for name, token in _tokens(group, issuer.minter):
                    if came := _came(probe, bare, token):
                        found.append(f"{name}: {came}")
            probe.accepted(probe.service.good(request), request)
    return found


def _batches(vectors: list[Vectors]) -> Iterator[list[Vectors]]:
    """As many groups as one key set has room for."""
    numbered, number = [], 0
    for group in vectors:
        number += len(group.keys)
        numbered.append((number // _KEYS_AT_ONCE, group))
    for _, batch in groupby(numbered, key=lambda entry: entry[0]):
        yield [group for _, group in batch]


def _tokens(group: Vectors, minter: Minter) -> Iterator[tuple[str, str]]:
    for test in group.tests:
        jws = test["jws"]
        name = f"{group.file} {test['tcId']} ({test.get('result')}: {test.get('comment', '')})"
        yield name, jws if isinstance(jws, str) else json.dumps(jws, separators=(",", ":"))
    for key in group.keys:
        if isinstance(key, dict) and key.get("kty") == "oct" and isinstance(key.get("k"), str):
            yield f"{group.file}, a good token but for its key {key.get('kid')}", _by_secret(minter, key)


def _by_secret(minter: Minter, key: dict[str, Any]) -> str:
    """What whoever may read the key set could sign, if it took secrets for keys."""
    secret = from_base64url(key["k"])
    changes = {"alg": "HS256", "kid": key.get("kid")}
    return minter.mint(header=changes, sign=lambda text: hmac.digest(secret, text, "sha256"))


def _came(probe: Probe, bare: Message, token: str) -> str:
    """What is wrong with the answer to this token; nothing, if it was refused."""
    try:
        answer = probe.send(bare.having(authorization=f"Bearer {token}"))
    except NoAnswer as error:
        return str(error)
    return "" if answer.status in _REFUSED else str(answer.status)
