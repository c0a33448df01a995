"""What the measured service does: the same as its peers."""

from __future__ import annotations

from . import contract  # type: ignore[attr-defined]
from .platform.auth import Principal  # type: ignore[import-not-found]
from .platform.context import Context  # type: ignore[import-not-found]


class Operations:
    async def create_order(
        self, request: contract.CreateOrderRequest, _: Context[Principal]
    ) -> contract.CreateOrderResponse:
        return contract.CreateOrder201(body=request.body)
