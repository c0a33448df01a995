"""Faults in what belongs to whom."""

from __future__ import annotations

from tests.conformance.faults.fault import Fault

TENANCY = (
    Fault(
        "everything belongs to everybody",
        "../operations.py",
        "select(Quote).where(Quote.id == quote_id, Quote.owner == _owner(context.principal))",
        "select(Quote).where(Quote.id == quote_id)",
        "tenant-object tenant-effect tenant-of-the-token tenant-of-a-similar-name tenant-and-client",
    ),
    Fault(
        "the list is everybody's",
        "../operations.py",
        "select(Quote).where(Quote.owner == _owner(context.principal))",
        "select(Quote)",
        "tenant-list",
    ),
    Fault(
        "a client's name is a tenant's",
        "../operations.py",
        'f"client {principal.client_id}" if principal.tenant is None else f"tenant {principal.tenant}"',
        "principal.tenant or principal.client_id",
        "tenant-and-client",
    ),
    Fault(
        "what is another's is forbidden",
        "../operations.py",
        "    if quote is None:\n",
        "    if quote is None and await session.get(Quote, quote_id):\n"
        "        raise problems.Forbidden\n"
        "    if quote is None:\n",
        "tenant-object",
    ),
    Fault(
        "tenants have no case",
        "../operations.py",
        'f"tenant {principal.tenant}"',
        'f"tenant {principal.tenant.lower()}"',
        "tenant-of-a-similar-name",
    ),
    Fault(
        "a field names the tenant",
        "dispatch.py",
        "        exchange.principal, exchange.record.client = principal, principal.client_id\n",
        "        if b'x-tenant-id' in exchange.fields:\n"
        "            tenant = exchange.fields[b'x-tenant-id'].decode()\n"
        "            principal = __import__('dataclasses').replace(principal, tenant=tenant)\n"
        "        exchange.principal, exchange.record.client = principal, principal.client_id\n",
        "tenant-of-the-token",
    ),
    Fault(
        "the first of several tenants counts",
        "auth.py",
        "        tenant = claims.get(profile.tenant)\n",
        "        tenant = claims.get(profile.tenant)\n"
        "        tenant = tenant[0] if isinstance(tenant, list) else tenant\n",
        "tenant-of-a-wrong-type",
    ),
)
