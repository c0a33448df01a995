"""What a handler gets besides the request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from .auth import Principal
    from .operation import Operation
    from .outbound import Outbound
    from .store import Work

P = TypeVar("P", bound="Principal | None", covariant=True)


@dataclass(frozen=True, slots=True)
class Context(Generic[P]):
    """The circumstances of one request.

    `principal` is None only for a caller without a token, which only a public operation serves.
    """

    principal: P
    work: Work
    outbound: Outbound
    operation: Operation
    idempotency_key: str | None = None

    @property
    def session(self) -> AsyncSession:
        """The request's transaction: committed when the response's status is below 400, otherwise rolled back."""
        return self.work.session
