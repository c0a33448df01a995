"""Does the service take the issuer's keys for what they are, whatever becomes of the issuer?"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from joserfc.jwk import ECKey

from paviour.verify.credentials import Minter, SigningKey
from paviour.verify.service import Service
from tests.conformance.checks.registry import KEYS
from tests.conformance.hostile_keys import DUPLICATES, HOSTILE, HostileKey
from tests.conformance.surroundings import BenchProbe, expect, status, unique
from tests.support.issuer import Issuer, issuing, key_set
from tests.support.sink import Act, drip, reply, reset

_COOLDOWN_SECONDS = 31.0
_HONOURED_SECONDS = 60.0
_FLOOD = 100


def _of_another_key(issuer: Issuer, kid: str) -> Minter:
    key = ECKey.generate_key("P-256", {"kid": kid})
    return Minter(SigningKey(key, "ES256", kid), issuer.minter.issuer, issuer.minter.audience)


def _answered(probe: BenchProbe, minter: Minter) -> int:
    """The status that a token of this issuer's key is answered with."""
    return _with(probe, minter.token(["bench"]))


def _with(probe: BenchProbe, token: str) -> int:
    return probe.send(probe.message("countEffects", authorization=f"Bearer {token}")).status


def _flood(probe: BenchProbe, issuer: Issuer) -> None:
    """Many tokens at once, each of a key that nobody has."""
    minters = [_of_another_key(issuer, unique("unknown")) for _ in range(_FLOOD)]
    with ThreadPoolExecutor(10) as pool:
        statuses = set(pool.map(lambda minter: _answered(probe, minter), minters))
    expect(statuses == {401}, f"expected 401 for each unknown key, got {sorted(statuses)}")


def _until(holds: Callable[[], bool], seconds: float) -> bool:
    ends = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > ends:
            return False
        time.sleep(0.5)
    return True


@KEYS.check("key-new", "house", "RFC 8725 section 3.5", "A key that the issuer adds is honoured within 60 s.")
def _new(probe: BenchProbe) -> None:
    with issuing() as issuer, probe.another(issuer=issuer) as own:
        added = _of_another_key(issuer, "added")
        status(own.send(own.message("countEffects")), 200)
        issuer.publish(issuer.minter.key.public_jwk(), added.key.public_jwk())
        honoured = _until(lambda: _answered(own, added) == 200, _HONOURED_SECONDS)
        expect(honoured, "a new key was not honoured within 60 s")
        expect(issuer.fetches <= 3, f"the keys were fetched {issuer.fetches} times in a minute")


@KEYS.check("key-removed", "house", "RFC 8725 section 3.5", "A key that the issuer takes back is refused within 60 s.")
def _removed(probe: BenchProbe) -> None:
    with issuing() as issuer, probe.another(issuer=issuer) as own:
        token = issuer.minter.token(["bench"])
        expect(_with(own, token) == 200, "a good token was not accepted")
        added = _of_another_key(issuer, "added")
        issuer.publish(added.key.public_jwk())
        rotated = _until(lambda: _answered(own, added) == 200, _HONOURED_SECONDS)
        expect(rotated, "a new key was not honoured within 60 s")
        expect(_with(own, token) == 401, "a token that was accepted before outlived its key")
        expect(_answered(own, issuer.minter) == 401, "a removed key is still honoured")


@KEYS.check(
    "key-flood", "house", "RFC 8725 section 3.5", "Tokens of unknown keys cost one fetch in 30 s, however many come."
)
def _flooded(probe: BenchProbe) -> None:
    with issuing() as issuer, probe.another(issuer=issuer) as own:
        warm = issuer.fetches
        _flood(own, issuer)
        expect(issuer.fetches <= warm + 1, f"the keys were fetched {issuer.fetches - warm} times for a flood")
        time.sleep(_COOLDOWN_SECONDS)
        before = issuer.fetches
        _flood(own, issuer)
        fetched = issuer.fetches - before
        expect(fetched == 1, f"after the cooldown the keys were fetched {fetched} times for a flood")
        status(own.send(own.message("countEffects")), 200)


@KEYS.check(
    "key-set-outage", "house", "RFC 8725 section 3.5", "A service that has keys serves on while the issuer is down."
)
def _outage(probe: BenchProbe) -> None:
    with issuing() as issuer, probe.another(issuer=issuer) as own:
        status(own.send(own.message("countEffects")), 200)
        issuer.answer(reset)
        before = issuer.fetches
        time.sleep(_COOLDOWN_SECONDS)
        expect(_answered(own, _of_another_key(issuer, "unknown")) == 401, "an unknown key was not answered with 401")
        expect(issuer.fetches > before, "the keys were not asked for, so nothing is said of the outage")
        status(own.send(own.message("countEffects")), 200)
        expect(own.replica.health("ready") == 200, "the service is not ready, though it has keys")


_GOOD_ELSEWHERE = "/elsewhere.json"


def _documents(_: Service) -> Iterator[tuple[str, Act]]:
    yield "reset", reset
    yield "drip", drip()
    yield "redirect", reply(302, location=_GOOD_ELSEWHERE)
    yield "huge", reply(200, key_set("x" * 16_000_000))
    yield "no-json", reply(200, b"<html>")
    yield "no-keys", reply(200, key_set())


@KEYS.check(
    "key-set-none",
    "house",
    "RFC 7517 section 5",
    "A service that has no keys yet is not ready and answers 503, whatever it gets for a key set, until it has them.",
    cases=_documents,
)
def _none(probe: BenchProbe, case: Act) -> None:
    with issuing() as issuer:
        good = reply(200, key_set(issuer.minter.key.public_jwk()))
        issuer.sink.by_path[_GOOD_ELSEWHERE] = good
        issuer.answer(case)
        with probe.another(issuer=issuer, ready=False) as own:
            status(own.send(own.message("countEffects")), 503)
            expect(own.replica.health("ready") == 503, "the service is ready, though it has no keys")
            status(own.send(own.message("countEffects")), 503)
            issuer.answer(good)
            expect(_until(lambda: own.replica.health("ready") == 200, 20), "the service did not recover")
            status(own.send(own.message("countEffects")), 200)


def _hostile(_: Service) -> Iterator[tuple[str, HostileKey]]:
    return ((key.name, key) for key in HOSTILE)


@KEYS.check(
    "key-ignored",
    "must",
    "RFC 8725 section 3.5",
    "A key that is weak, or for something else, signs nothing that is accepted: 401.",
    cases=_hostile,
)
def _ignored(probe: BenchProbe, case: HostileKey) -> None:
    minter = probe.bench.issuer.minter
    token = minter.mint(header={"kid": case.name, "alg": case.algorithm}, claims={"scope": "bench"}, sign=case.sign)
    answer = _with(probe, token)
    expect(answer == 401, f"expected 401, got {answer}")


@KEYS.check(
    "key-duplicate-id",
    "should",
    "RFC 7517 section 4.5",
    "Two keys of one id don't shadow each other: what either signed is accepted, and nothing else.",
)
def _duplicate(probe: BenchProbe) -> None:
    for key in DUPLICATES:
        minter = Minter(key, probe.bench.issuer.minter.issuer, probe.bench.issuer.minter.audience)
        answer = _answered(probe, minter)
        expect(answer == 200, f"expected 200, got {answer}")
    stranger = _of_another_key(probe.bench.issuer, "duplicate")
    expect(_answered(probe, stranger) == 401, "a third key of that id was accepted")


def keys_beside() -> list[Any]:
    """What the bench's issuer publishes beside its own key."""
    return [*(key.jwk for key in HOSTILE), *(key.public_jwk() for key in DUPLICATES)]
