"""Is every token refused that the issuer did not sign for this service, and no better told which rule it broke?"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice

from paviour.verify.credentials import Minter
from paviour.verify.forge import Forge
from paviour.verify.profiles import PROFILES
from paviour.verify.registry import Failed, Group, Level, NotApplicable
from paviour.verify.requests import GoodRequest
from paviour.verify.service import Probe, Service
from paviour.verify.sunset import is_over

TOKENS = Group("tokens")
_MOST_TOKENS = 5000
"""Hostile tokens that all operations together are sent: of more, each operation is sent its share."""


@dataclass(frozen=True, slots=True)
class _Attack:
    name: str
    forge: Forge
    profiles: Collection[str]


_ATTACKS: list[_Attack] = []


def hostile_tokens(
    level: Level, standard: str, *attacks: tuple[str, str, Forge], profiles: Collection[str] = tuple(PROFILES)
) -> None:
    """A check of each attack: the rest of its id, what it is, and how it is made."""
    for name, what, forge in attacks:
        attack = _Attack(name, forge, profiles)
        _ATTACKS.append(attack)
        run = partial(_hostile, attack=attack)
        TOKENS.add(f"token-{name}", level, standard, f"{what} is refused with 401.", run)


def _hostile(probe: Probe, attack: _Attack) -> None:
    request = probe.service.protected()
    _refused(probe, request, _forged(probe.service.minter, request, attack))
    control(probe)


def _forged(minter: Minter, request: GoodRequest, attack: _Attack) -> str:
    """Raises NotApplicable where the issuer's key or profile has no such token."""
    if minter.profile.name not in attack.profiles:
        raise NotApplicable(f"is about the profile {' or '.join(attack.profiles)}")
    return attack.forge(minter, " ".join(request.operation.security.alternatives[0]))


def _refused(probe: Probe, request: GoodRequest, token: str) -> None:
    probe.refused(probe.service.bare(request).having(authorization=f"Bearer {token}"), 401)


def control(probe: Probe) -> None:
    """A good token still opens what the hostile one did not."""
    request = probe.service.protected()
    failed = list(probe.exchanges)
    probe.accepted(probe.service.good(request), request)
    # What is shown is the attack.
    probe.exchanges[:] = failed


@TOKENS.check("token-good", "must", "RFC 6750 section 2.1", "A good token is accepted.")
def _good(probe: Probe) -> None:
    request = probe.service.protected()
    probe.accepted(probe.service.good(request), request)


def _operations(service: Service) -> Iterator[tuple[str, tuple[GoodRequest, list[_Attack]]]]:
    """Each operation that needs a token, with the attacks that are its share."""
    requests = [
        request
        for request in service.requests.values()
        if request.operation.security.alternatives and not is_over(request.operation)
    ]
    shares = max(1, -(-len(requests) * len(_ATTACKS) // _MOST_TOKENS))
    for number, request in enumerate(requests):
        yield request.operation.id, (request, list(islice(_ATTACKS, number % shares, None, shares)))


@TOKENS.check(
    "token-at-every-operation",
    "must",
    "RFC 6750 section 3.1",
    "What one operation refuses, each does: the other hostile tokens, with 401; in large contracts a share of them.",
    cases=_operations,
)
def _at_every_operation(probe: Probe, case: tuple[GoodRequest, list[_Attack]]) -> None:
    minter = probe.service.minter
    request, attacks = case
    for attack in attacks:
        try:
            _refused(probe, request, _forged(minter, request, attack))
        except NotApplicable:
            continue
        except Failed as failure:
            raise Failed(f"token-{attack.name}: {failure}") from None
