"""What a team mostly puts together: PyJWT for each request, structlog, OpenTelemetry's instrumentation of FastAPI.

No audit event, no limit, no problem document, no metric.
"""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any

import jwt
import structlog  # type: ignore[import-not-found]
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor  # type: ignore[import-not-found]
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from pydantic import BaseModel

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.JSONRenderer(),
    ],
    cache_logger_on_first_use=True,
)
log = structlog.get_logger()
keys = jwt.PyJWKClient(os.environ["AUTH_JWKS_URL"])


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    yield
    provider.shutdown()


app = FastAPI(openapi_url=None, lifespan=lifespan)


class Order(BaseModel):
    reference: str
    quantity: int
    urgent: bool


def claims(credentials: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> dict[str, Any]:
    token = credentials.credentials
    try:
        key = keys.get_signing_key_from_jwt(token)
        found: dict[str, Any] = jwt.decode(
            token, key, ["RS256"], audience=os.environ["AUTH_AUDIENCE"], issuer=os.environ["AUTH_ISSUER"]
        )
    except jwt.PyJWTError as error:
        raise HTTPException(401) from error
    if "orders:write" not in found["scope"].split():
        raise HTTPException(403)
    return found


@app.middleware("http")
async def access_log(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    began = time.perf_counter()
    response = await call_next(request)
    elapsed = round((time.perf_counter() - began) * 1000, 1)
    log.info("request", method=request.method, path=request.url.path, status=response.status_code, ms=elapsed)
    return response


@app.post("/orders", status_code=201)
async def create_order(order: Order, _: Annotated[dict[str, Any], Depends(claims)]) -> Order:
    return order


FastAPIInstrumentor.instrument_app(app, exclude_spans=["receive", "send"])  # one span a request, as ours
