"""An access token from the embedded issuer of a service that runs."""

from __future__ import annotations

import httpx2

_TIMEOUT_SECONDS = 5


class NoToken(Exception):
    """The issuer gave none; the message says why and how to mend it."""


def fetch(issuer: str, scopes: str, client: str, tenant: str | None) -> str:
    """An access token by client credentials (RFC 6749, section 4.4). Raises NoToken."""
    fields = {"grant_type": "client_credentials", "scope": scopes}
    if tenant is not None:
        fields["tenant"] = tenant
    try:
        response = httpx2.post(f"{issuer}/token", data=fields, auth=(client, "any"), timeout=_TIMEOUT_SECONDS)
    except httpx2.HTTPError:
        raise NoToken(f"Nothing answers at {issuer}: start the service with `make run`.") from None
    if response.status_code != httpx2.codes.OK:
        raise NoToken(f"The issuer answered {response.status_code}: is {issuer} the service that runs?")
    token: str = response.json()["access_token"]
    return token
