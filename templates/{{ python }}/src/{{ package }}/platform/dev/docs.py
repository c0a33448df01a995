"""The contract as a page to read and to try."""

from __future__ import annotations

from fastapi.openapi.docs import get_swagger_ui_html
from starlette.requests import Request
from starlette.responses import Response

from ..routing import PlatformRoute


def route(title: str) -> PlatformRoute:
    """`/docs`: Swagger UI, pointed at the contract that the service serves."""

    async def docs(_: Request) -> Response:
        return get_swagger_ui_html(openapi_url="/openapi.yaml", title=title)

    return PlatformRoute("/docs", docs)
