"""What an orchestrator asks: does the process run, and can it serve."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .lifecycle import Lifecycle
from .problems import Unavailable
from .routing import PlatformRoute

Check: TypeAlias = Callable[[], Awaitable[None]]
_CHECK_SECONDS = 3.0
_LOGGER = logging.getLogger(__name__)


def routes(lifecycle: Lifecycle, checks: Mapping[str, Check]) -> list[PlatformRoute]:
    """`/health/live` asks nobody; `/health/ready` runs the checks, each of which raises where its part can't serve."""

    async def live(_: Request) -> Response:
        return _ok("live")

    async def ready(_: Request) -> Response:
        if lifecycle.stopping:
            raise Unavailable("The service is stopping.")
        results = await asyncio.gather(*(_passes(name, check) for name, check in checks.items()))
        failed = [name for name, passed in zip(checks, results, strict=True) if not passed]
        if failed:
            raise Unavailable(f"Not ready: {', '.join(failed)}.")
        return _ok("ready")

    return [PlatformRoute("/health/live", live), PlatformRoute("/health/ready", ready)]


async def _passes(name: str, check: Check) -> bool:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            await check()
    except Exception as error:
        _LOGGER.warning("The check %s failed: %s", name, type(error).__qualname__)
        return False
    return True


def _ok(status: str) -> Response:
    return JSONResponse({"status": status}, headers={"cache-control": "no-store"})
