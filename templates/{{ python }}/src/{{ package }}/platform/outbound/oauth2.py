"""Access tokens by the client credentials grant (RFC 6749, section 4.4)."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from urllib.parse import quote_plus

import anyio
import httpx2
from pydantic import SecretStr

_MARGIN = 30.0
"""Seconds before its end in which a token is no longer used."""
_LIFETIME = 300.0
"""Seconds a token is used whose response does not say how long it lasts."""


class ClientCredentials(httpx2.Auth):
    """Sends a token of one client, fetched when it is first needed and again before it ends.

    `issuer` is an outbound client for the authorization server, `token_url` its token endpoint. However many calls
    wait for a token, one request fetches it. A token that is answered with 401 is replaced once.
    """

    def __init__(
        self, issuer: httpx2.AsyncClient, token_url: str, client_id: str, client_secret: SecretStr, scope: str = ""
    ) -> None:
        self._issuer = issuer
        self._token_url = token_url
        # RFC 6749, section 2.3.1: both are form-encoded before they become a user name and a password.
        self._client = (quote_plus(client_id), quote_plus(client_secret.get_secret_value()))
        self._form = {"grant_type": "client_credentials"} | ({"scope": scope} if scope else {})
        self._lock = anyio.Lock()
        self._token = ""
        self._expires = 0.0

    async def async_auth_flow(self, request: httpx2.Request) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        """Adds the token; raises `httpx2.TransportError` when there is none to be had."""
        token = await self._current(refused=None)
        request.headers["Authorization"] = f"Bearer {token}"
        response = yield request
        if response.status_code == httpx2.codes.UNAUTHORIZED and isinstance(request.stream, httpx2.ByteStream):
            request.headers["Authorization"] = f"Bearer {await self._current(refused=token)}"
            yield request

    async def _current(self, refused: str | None) -> str:
        async with self._lock:
            if self._token == refused or time.monotonic() >= self._expires:
                await self._fetch()
            return self._token

    async def _fetch(self) -> None:
        response = await self._issuer.post(
            self._token_url, data=self._form, auth=self._client, extensions={"idempotent": True}
        )
        if not response.is_success:
            text = f"The token endpoint answered {response.status_code}"
            raise httpx2.ProtocolError(text, request=response.request)
        try:
            answer = response.json()
            token, kind = str(answer["access_token"]), str(answer["token_type"])
            lifetime = float(answer.get("expires_in", _LIFETIME))
        except (ValueError, TypeError, KeyError, AttributeError):
            kind = ""
        if kind.lower() != "bearer":
            raise httpx2.ProtocolError("The token endpoint's answer is not a bearer token", request=response.request)
        self._token = token
        self._expires = time.monotonic() + max(lifetime - _MARGIN, lifetime / 2)
