"""One effect for each idempotency key: the response is recorded in the transaction that has the effect.

The key is scoped by caller and operation. Whatever ends the process before the commit undoes the effect and the record
together, and whatever ends it after the commit leaves both.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import JSON, Column, DateTime, LargeBinary, MetaData, SmallInteger, Table, Text, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from . import problems

LIFETIME = timedelta(hours=24)
_PURGED_AT_ONCE = 10

_RECORDS = Table(
    "platform_idempotency_record",
    MetaData(),
    Column("id", LargeBinary, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("media_type", Text),
    Column("headers", JSON, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
)


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """A response as it was first sent; a replay is the same bytes."""

    status: int
    media_type: str | None
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Entry:
    """What is known of a key: `stored` is None for its first request, which then calls `record`."""

    def __init__(
        self, session: AsyncSession, identity: bytes, fingerprint: bytes, stored: StoredResponse | None
    ) -> None:
        self.stored = stored
        self._session = session
        self._identity = identity
        self._fingerprint = fingerprint

    async def record(self, response: StoredResponse) -> None:
        """Keeps the response for LIFETIME, and deletes a few records that have outlived theirs."""
        now = datetime.now(UTC)
        expired = select(_RECORDS.c.id).where(_RECORDS.c.expires_at <= now).limit(_PURGED_AT_ONCE)
        expired = expired.with_for_update(skip_locked=True)
        await self._session.execute(delete(_RECORDS).where(_RECORDS.c.id.in_(expired)))
        await self._session.execute(
            _RECORDS.insert().values(
                id=self._identity,
                fingerprint=self._fingerprint,
                status=response.status,
                media_type=response.media_type,
                headers=response.headers,
                body=response.body,
                expires_at=now + LIFETIME,
            )
        )


def fingerprint(method: str, path: str, query: bytes, body: bytes) -> bytes:
    """Tells one request from another: 32 bytes that say nothing about the content."""
    return _digest(method.encode(), path.encode(), query, body)


@asynccontextmanager
async def once(
    session: AsyncSession, *, scope: tuple[str | None, str], operation: str, key: str, fingerprint: bytes
) -> AsyncIterator[Entry]:
    """Looks up the key of a caller (`scope`: tenant and OAuth client) for an operation, and holds it.

    Raises `problems.IdempotencyInProgress` while another request holds the key, `problems.IdempotencyKeyReused` when
    it was used with another fingerprint. On PostgreSQL the key is held until the transaction ends. On SQLite, which
    one process uses, it is held until the block ends; a request that comes between that and the commit waits for the
    write lock and then finds the record.
    """
    tenant, client = scope
    tenant_part = b"" if tenant is None else b"+" + tenant.encode()
    identity = _digest(tenant_part, client.encode(), operation.encode(), key.encode())
    async with _held(session, identity):
        is_live = (_RECORDS.c.expires_at > datetime.now(UTC)).label("is_live")
        row = (await session.execute(select(_RECORDS, is_live).where(_RECORDS.c.id == identity))).one_or_none()
        if row is None or not row.is_live:
            if row is not None:
                await session.execute(delete(_RECORDS).where(_RECORDS.c.id == identity))
            yield Entry(session, identity, fingerprint, None)
            return
        if row.fingerprint != fingerprint:
            raise problems.IdempotencyKeyReused
        headers = tuple((name, value) for name, value in row.headers)
        yield Entry(session, identity, fingerprint, StoredResponse(row.status, row.media_type, headers, row.body))


@asynccontextmanager
async def _held(session: AsyncSession, identity: bytes) -> AsyncIterator[None]:
    if session.get_bind().dialect.name == "postgresql":
        lock = int.from_bytes(identity[:8], signed=True)
        if not await session.scalar(select(func.pg_try_advisory_xact_lock(lock))):
            raise problems.IdempotencyInProgress(headers={"retry-after": "1"})
        yield
        return
    held: set[bytes] = session.info["idempotency_keys"]
    if identity in held:
        raise problems.IdempotencyInProgress(headers={"retry-after": "1"})
    held.add(identity)
    try:
        yield
    finally:
        held.discard(identity)


def _digest(*parts: bytes) -> bytes:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8) + part)
    return digest.digest()
