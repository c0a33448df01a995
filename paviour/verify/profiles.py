"""How the kinds of issuers write their access tokens. The names are those of the setting AUTH_PROFILE."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Profile:
    name: str
    client: str
    """The claim that names the client."""
    scopes: str
    """The claim that has the scopes, separated by spaces."""
    tenant: str = "tenant"
    """The claim that names the tenant."""
    type: str | None = None
    """The header's `typ`."""
    own: Mapping[str, str] = field(default_factory=dict)
    """What else its tokens say."""
    names_audience: bool = True
    """Whether `aud` names the service; if not, the service lists the clients that may call it."""


PROFILES: Mapping[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile("rfc9068", client="client_id", scopes="scope", type="at+jwt"),
        Profile(
            "cognito",
            client="client_id",
            scopes="scope",
            own={"token_use": "access", "version": "2"},
            names_audience=False,
        ),
        Profile(
            "entra",
            client="azp",
            scopes="scp",
            tenant="tid",
            type="JWT",
            own={"ver": "2.0", "tid": "8f2c1f44-3a55-4a0e-9d0c-0f6f4a8b7c11"},
        ),
    )
}
