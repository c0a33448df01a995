"""What this service does: one method for each operation of the contract."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from pydantic import TypeAdapter
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from . import contract
from .contract import models
from .platform import preconditions, problems
from .platform.auth import Principal
from .platform.context import Context
from .tables import Quote

_ACCESS: TypeAdapter[models.Access] = TypeAdapter(models.Access)
_WITHDRAWABLE = ("pending", "priced")


class Operations:
    async def create_quote(
        self, request: contract.CreateQuoteRequest, context: Context[Principal]
    ) -> contract.CreateQuoteResponse:
        """Create a quote"""
        quote = Quote(
            id=str(uuid4()),
            owner=_owner(context.principal),
            reference=request.body.reference,
            state="pending",
            access=_json(request.body.access),
            term_months=request.body.term_months,
            created_at=datetime.now(UTC),
            version=1,
        )
        context.session.add(quote)
        return contract.CreateQuote201(body=_shown(quote), location=f"/quotes/{quote.id}", e_tag=_entity_tag(quote))

    async def list_quotes(
        self, request: contract.ListQuotesRequest, context: Context[Principal]
    ) -> contract.ListQuotesResponse:
        """List quotes"""
        newest_first = select(Quote).where(Quote.owner == _owner(context.principal))
        if request.state:
            newest_first = newest_first.where(Quote.state == request.state)
        if request.cursor:
            newest_first = newest_first.where(tuple_(Quote.created_at, Quote.id) < _position(request.cursor))
        ordered = newest_first.order_by(Quote.created_at.desc(), Quote.id.desc()).limit(request.limit + 1)
        found = list(await context.session.scalars(ordered))
        page = found[: request.limit]
        return contract.ListQuotes200(
            body=models.QuotePage(
                items=[_shown(quote) for quote in page],
                next_cursor=_cursor(page[-1]) if len(found) > len(page) else None,
            )
        )

    async def get_quote(
        self, request: contract.GetQuoteRequest, context: Context[Principal]
    ) -> contract.GetQuoteResponse:
        """Get a quote"""
        quote = await _found(context, request.quote_id)
        entity_tag = _entity_tag(quote)
        if not preconditions.evaluate(context.operation, entity_tag, if_none_match=request.if_none_match):
            return contract.GetQuote304(e_tag=entity_tag)
        return contract.GetQuote200(body=_shown(quote), e_tag=entity_tag)

    async def cancel_quote(
        self, request: contract.CancelQuoteRequest, context: Context[Principal]
    ) -> contract.CancelQuoteResponse:
        """Cancel a quote"""
        preconditions.require(request.if_match)
        quote = await _found(context, request.quote_id, for_update=True)
        preconditions.evaluate(context.operation, _entity_tag(quote), if_match=request.if_match)
        if quote.state not in _WITHDRAWABLE:
            raise problems.Conflict(f"A quote that is {quote.state} can't be cancelled.")
        quote.state = "cancelled"
        quote.cancellation_reason = request.body.reason
        quote.version += 1
        return contract.CancelQuote200(body=_shown(quote), e_tag=_entity_tag(quote))

    async def get_quote_status(
        self, request: contract.GetQuoteStatusRequest, context: Context[Principal]
    ) -> contract.GetQuoteStatusResponse:
        """Get a quote's state"""
        quote = await _found(context, request.quote_id)
        shown = models.QuoteStatus.model_validate({"id": quote.id, "state": quote.state})
        return contract.GetQuoteStatus200(body=shown)


def _owner(principal: Principal) -> str:
    """Quotes belong to the caller's tenant, or to the client itself where its tokens name none.

    A client may have the name of a tenant, and is not that tenant.
    """
    return f"client {principal.client_id}" if principal.tenant is None else f"tenant {principal.tenant}"


async def _found(context: Context[Principal], quote_id: str, *, for_update: bool = False) -> Quote:
    """Another caller's quote is answered like one that does not exist."""
    session: AsyncSession = context.session
    wanted = select(Quote).where(Quote.id == quote_id, Quote.owner == _owner(context.principal))
    quote = await session.scalar(wanted.with_for_update() if for_update else wanted)
    if quote is None:
        raise problems.NotFound("There is no such quote.")
    return quote


def _shown(quote: Quote) -> models.Quote:
    return models.Quote.model_validate(
        {
            "id": quote.id,
            "reference": quote.reference,
            "state": quote.state,
            "access": quote.access,
            "term_months": quote.term_months,
            "created_at": quote.created_at,
            **({"cancellation_reason": quote.cancellation_reason} if quote.cancellation_reason else {}),
        }
    )


def _json(access: models.Access) -> dict[str, Any]:
    found: dict[str, Any] = _ACCESS.dump_python(access, mode="json", by_alias=True, exclude_unset=True)
    return found


def _entity_tag(quote: Quote) -> str:
    return f'"{quote.version}"'


def _cursor(quote: Quote) -> str:
    return urlsafe_b64encode(f"{quote.created_at.isoformat()} {quote.id}".encode()).decode().rstrip("=")


def _position(cursor: str) -> tuple[datetime, str]:
    """Raises MalformedRequest for a cursor that did not come from `_cursor`."""
    try:
        moment, quote_id = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split(" ")
        return datetime.fromisoformat(moment), quote_id
    except ValueError:
        raise problems.MalformedRequest("The cursor is not one that a page gave.") from None
