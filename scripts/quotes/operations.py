"""What the service of the demo does beside the starter's: it cancels no quote that was ordered at another service."""

from __future__ import annotations

from orders_client import Client, ClientCredentials
from orders_client.api.default import list_orders

from . import contract, starter
from .platform import problems
from .platform.auth import Principal
from .platform.context import Context
from .settings import Settings


class Operations(starter.Operations):
    def __init__(self, settings: Settings) -> None:
        url = settings.orders_url
        auth = ClientCredentials("quotes", "any", token_url=f"{url}/dev/issuer/token", scope="orders:read")
        self._orders = Client(url, auth=auth)

    async def cancel_quote(
        self, request: contract.CancelQuoteRequest, context: Context[Principal]
    ) -> contract.CancelQuoteResponse:
        """Cancel a quote"""
        found = await list_orders.asyncio(client=self._orders, quote_id=request.quote_id)
        if found.items:
            raise problems.Conflict("A quote that was ordered can't be cancelled.")
        return await super().cancel_quote(request, context)
