"""An authorization server for `dev`: any client, with any secret, gets the scopes it asks for.

Authlib does the protocol (RFC 6749, RFC 9068); this module says who may have what, which is everybody everything.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import cast

from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, OAuth2Request
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from joserfc.jwk import ECKey, KeySet
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from ..settings import ISSUER_PATH

_LIFETIME_SECONDS = 3600


class DevIssuer:
    """Issues access tokens signed with a key that lives as long as the process."""

    def __init__(self, issuer: str, audience: str) -> None:
        self._issuer = issuer
        self._keys = KeySet([ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)])
        self._server = _Server(issuer, audience, self._keys)

    async def key_set(self) -> bytes:
        """The public keys, as a JSON Web Key Set."""
        return json.dumps(self._keys.as_dict(private=False)).encode()

    def mount(self) -> Mount:
        """The issuer's endpoints."""
        return Mount(
            ISSUER_PATH,
            routes=[
                Route("/.well-known/openid-configuration", self._metadata),
                Route("/.well-known/oauth-authorization-server", self._metadata),
                Route("/jwks.json", self._jwks),
                Route("/token", self._token, methods=["POST"]),
            ],
        )

    async def _metadata(self, _: Request) -> Response:
        """The server's metadata (RFC 8414, section 2)."""
        return JSONResponse(
            {
                "issuer": self._issuer,
                "jwks_uri": f"{self._issuer}/jwks.json",
                "token_endpoint": f"{self._issuer}/token",
                "grant_types_supported": [ClientCredentialsGrant.GRANT_TYPE],
                "response_types_supported": [],
                "token_endpoint_auth_methods_supported": _Grant.TOKEN_ENDPOINT_AUTH_METHODS,
            }
        )

    async def _jwks(self, _: Request) -> Response:
        return Response(await self.key_set(), media_type="application/jwk-set+json")

    async def _token(self, request: Request) -> Response:
        async with request.form() as form:
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
        return cast(Response, self._server.create_token_response((self._issuer, request.headers, fields)))


class _Client(ClientMixin):
    def __init__(self, client_id: str) -> None:
        self.client_id = client_id
        self.tenant: str | None = None

    def get_client_id(self) -> str:
        return self.client_id

    def get_allowed_scope(self, scope: Collection[str] | str | None) -> str:
        return scope if isinstance(scope, str) else " ".join(scope or ())

    def check_client_secret(self, client_secret: str) -> bool:
        return True

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return True

    def check_grant_type(self, grant_type: str) -> bool:
        return True


class _Grant(ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")
    request: _Request

    def authenticate_token_endpoint_client(self) -> _Client:
        client = cast(_Client, super().authenticate_token_endpoint_client())
        client.tenant = self.request.form.get("tenant")
        return client


class _TokenGenerator(JWTBearerTokenGenerator):
    def __init__(self, issuer: str, audience: str, keys: KeySet) -> None:
        super().__init__(issuer, alg="ES256", expires_generator=lambda client, grant_type: _LIFETIME_SECONDS)
        self._audience = audience
        self._keys = keys

    def get_jwks(self) -> KeySet:
        return self._keys

    def get_audiences(self, client: _Client, user: None, scope: str) -> str:
        return self._audience

    def get_extra_claims(self, client: _Client, grant_type: str, user: None, scope: str) -> dict[str, str]:
        return {} if client.tenant is None else {"tenant": client.tenant}


class _Request(OAuth2Request):
    def __init__(self, uri: str, headers: Mapping[str, str], fields: dict[str, str]) -> None:
        super().__init__("POST", uri, headers=headers)
        self.payload = BasicOAuth2Payload(fields)
        self._fields = fields

    @property
    def form(self) -> dict[str, str]:
        return self._fields


class _Server(AuthorizationServer):
    def __init__(self, issuer: str, audience: str, keys: KeySet) -> None:
        super().__init__()
        self.register_grant(_Grant)
        self.register_token_generator("default", _TokenGenerator(issuer, audience, keys))

    def query_client(self, client_id: str) -> _Client:
        return _Client(client_id)

    def save_token(self, token: dict[str, str | int], request: OAuth2Request) -> None:
        """A token that is checked by its signature needs no place."""

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: tuple[str, Mapping[str, str], dict[str, str]]) -> _Request:
        return _Request(*request)

    def handle_response(self, status: int, body: Mapping[str, object], headers: Mapping[str, str]) -> Response:
        return JSONResponse(dict(body), status, dict(headers))
