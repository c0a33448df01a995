"""The starter's contract served as a framework's own tutorial would: FastAPI, Pydantic and PyJWT on their defaults.

The suite is held against it: a check that nothing fails would show nothing.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

import jwt
from fastapi import Depends, FastAPI, Header, HTTPException, Query, Response, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes
from pydantic import BaseModel, Field

app = FastAPI(title="Quotes")
bearer = HTTPBearer()
keys = jwt.PyJWKClient(os.environ["AUTH_JWKS_URL"])
quotes: dict[str, dict[UUID, dict[str, Any]]] = {}


class Site(BaseModel):
    street: str
    postal_code: str
    city: str
    country: str = Field(pattern="^[A-Z]{2}$")


class Ethernet(BaseModel):
    type: Literal["ethernet"]
    site: Site
    bandwidth_mbps: int = Field(ge=1)
    vlan_id: int | None = Field(default=None, ge=1, le=4094)


class Internet(BaseModel):
    type: Literal["internet"]
    site: Site
    download_mbps: int = Field(ge=1)
    upload_mbps: int = Field(ge=1)
    static_addresses: int = Field(default=0, ge=0)


class QuoteCreate(BaseModel):
    reference: str
    access: Annotated[Ethernet | Internet, Field(discriminator="type")]
    term_months: int = Field(ge=1, le=120)


class QuoteCancellation(BaseModel):
    reason: str


def claims(scopes: SecurityScopes, token: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]) -> dict[str, Any]:
    try:
        key = keys.get_signing_key_from_jwt(token.credentials)
        found: dict[str, Any] = jwt.decode(
            token.credentials,
            key,
            algorithms=["RS256"],
            audience=os.environ["AUTH_AUDIENCE"],
            issuer=os.environ["AUTH_ISSUER"],
        )
    except jwt.PyJWTError as error:
        raise HTTPException(401, str(error), {"WWW-Authenticate": "Bearer"}) from error
    if not set(scopes.scopes) <= set(found.get("scope", "").split()):
        challenge = f'Bearer error="insufficient_scope", scope="{scopes.scope_str}"'
        raise HTTPException(403, "Not enough permissions", {"WWW-Authenticate": challenge})
    return found


Reader = Annotated[dict[str, Any], Security(claims, scopes=["quotes:read"])]
Writer = Annotated[dict[str, Any], Security(claims, scopes=["quotes:write"])]
Both = Annotated[dict[str, Any], Security(claims, scopes=["quotes:read", "quotes:write"])]


def found(quote_id: UUID, caller: dict[str, Any]) -> dict[str, Any]:
    quote = of(caller).get(quote_id)
    if quote is None:
        raise HTTPException(404, "Quote not found")
    return quote


def of(caller: dict[str, Any]) -> dict[UUID, dict[str, Any]]:
    return quotes.setdefault(str(caller.get("sub")), {})


@app.post("/quotes", status_code=201)
async def create_quote(
    caller: Writer,
    quote: QuoteCreate,
    response: Response,
    _idempotency_key: Annotated[str, Header(alias="Idempotency-Key")],
) -> dict[str, Any]:
    id = uuid4()
    stored = {"id": id, "state": "pending", "created_at": datetime.now(UTC), **quote.model_dump(exclude_unset=True)}
    of(caller)[id] = stored
    response.headers["Location"] = f"/quotes/{id}"
    return stored


@app.get("/quotes")
async def list_quotes(
    caller: Reader,
    state: Literal["pending", "priced", "declined", "cancelled", "expired"] | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    _cursor: Annotated[str | None, Query(alias="cursor")] = None,
) -> dict[str, Any]:
    return {"items": [quote for quote in of(caller).values() if state in (None, quote["state"])][:limit]}


@app.get("/quotes/{quote_id}")
async def get_quote(caller: Reader, quote_id: UUID) -> dict[str, Any]:
    return found(quote_id, caller)


@app.post("/quotes/{quote_id}/cancel")
async def cancel_quote(caller: Both, quote_id: UUID, cancellation: QuoteCancellation) -> dict[str, Any]:
    quote = found(quote_id, caller)
    quote |= {"state": "cancelled", "cancellation_reason": cancellation.reason}
    return quote


@app.get("/quotes/{quote_id}/status")
async def get_quote_status(caller: Reader, quote_id: UUID) -> dict[str, Any]:
    return {"id": quote_id, "state": found(quote_id, caller)["state"]}
