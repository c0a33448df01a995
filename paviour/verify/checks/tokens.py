"""Is every token refused that the issuer did not sign for this service, and no better told which rule it broke?"""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from paviour.verify.forge import Forge
from paviour.verify.profiles import PROFILES
from paviour.verify.registry import Group, Level, NotApplicable
from paviour.verify.service import Probe

TOKENS = Group("tokens")


def hostile_tokens(
    level: Level, standard: str, *attacks: tuple[str, str, Forge], profiles: Collection[str] = tuple(PROFILES)
) -> None:
    """A check of each attack: the rest of its id, what it is, and how it is made."""
    for name, what, forge in attacks:
        run = partial(_hostile, forge=forge, profiles=profiles)
        TOKENS.add(f"token-{name}", level, standard, f"{what} is refused with 401.", run)


def _hostile(probe: Probe, forge: Forge, profiles: Collection[str]) -> None:
    minter = probe.service.minter
    if minter.profile.name not in profiles:
        raise NotApplicable(f"is about the profile {' or '.join(profiles)}")
    request = probe.service.protected()
    token = forge(minter, " ".join(request.operation.security.alternatives[0]))
    probe.refused(probe.service.bare(request).having(authorization=f"Bearer {token}"), 401)
    control(probe)


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
