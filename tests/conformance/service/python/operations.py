"""What the bench asks of a service."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import uuid4

import httpx2
from sqlalchemy import func, select

from . import contract
from .contract import models
from .platform.auth import Principal
from .platform.context import Context
from .platform.outbound import ClientCredentials, Limits, Outbound, SigV4
from .settings import Settings
from .tables import Effect

LIMITS = Limits(connect=2.0, read=2.0, total=8.0, longest_wait=2.0)


class Operations:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def propagate(
        self, request: contract.PropagateRequest, context: Context[Principal]
    ) -> contract.PropagateResponse:
        await _propagate(context.outbound, request.body)
        return contract.Propagate204()

    async def call_upstream(
        self, request: contract.CallUpstreamRequest, context: Context[Principal]
    ) -> contract.CallUpstreamResponse:
        call = request.body
        client = self._client(context.outbound, call.upstream, call.credentials)
        headers = {} if call.idempotency_key is None else {"Idempotency-Key": call.idempotency_key}
        named = {"template": "/{rest}"}
        response = await client.request(call.method, call.url, headers=headers, json=call.content, extensions=named)
        return contract.CallUpstream200(body=models.Outcome(status=response.status_code))

    async def call_hook(
        self, request: contract.CallHookRequest, context: Context[Principal]
    ) -> contract.CallHookResponse:
        response = await context.outbound.public_client("hooks", limits=LIMITS).post(request.body.url, json={})
        return contract.CallHook200(body=models.Outcome(status=response.status_code))

    async def wait(self, request: contract.WaitRequest, context: Context[Principal]) -> contract.WaitResponse:
        await asyncio.sleep(request.body.milliseconds / 1000)
        if request.body.url is not None:
            await _post(context.outbound, request.body.url)
        return contract.Wait204()

    async def fail(self, request: contract.FailRequest, context: Context[Principal]) -> contract.FailResponse:
        raise RuntimeError(request.body.message)

    async def create_effect(
        self, request: contract.CreateEffectRequest, context: Context[Principal]
    ) -> contract.CreateEffectResponse:
        effect = Effect(id=str(uuid4()), name=request.body.name, whole=False)
        context.session.add(effect)
        await context.session.flush()
        if request.body.url is not None:
            await _post(context.outbound, request.body.url)
        effect.whole = True
        await context.session.flush()
        return contract.CreateEffect201(body=models.Kept(id=effect.id))

    async def count_effects(
        self, request: contract.CountEffectsRequest, context: Context[Principal]
    ) -> contract.CountEffectsResponse:
        effects = select(func.count()).where(Effect.name == request.name)
        count = await context.session.scalar(effects)
        return contract.CountEffects200(body=models.Count(count=count or 0))

    def _client(self, outbound: Outbound, upstream: str, credentials: str | None) -> httpx2.AsyncClient:
        match credentials:
            case "oauth2":
                issuer = outbound.client(f"issuer of {upstream}", upstream, limits=LIMITS)
                client_id, secret = self._settings.client_id, self._settings.client_secret
                auth: httpx2.Auth | None = ClientCredentials(issuer, f"{upstream}/token", client_id, secret)
            case "sigv4":
                auth = SigV4("eu-west-1", "execute-api")
            case _:
                auth = None
        # The first call of a name makes the client, so each has one token for all calls.
        return outbound.client(f"{upstream} with {credentials}", upstream, auth=auth, limits=LIMITS)


async def _propagate(outbound: Outbound, calls: Sequence[models.Propagation]) -> None:
    for call in calls:
        await _post(outbound, call.url, [arguments.model_dump(mode="json") for arguments in call.arguments])


async def _post(outbound: Outbound, url: str, content: object = None) -> None:
    origin = str(httpx2.URL(url).copy_with(raw_path=b"/"))
    await outbound.client(origin, origin, limits=LIMITS).post(url, json=content)
