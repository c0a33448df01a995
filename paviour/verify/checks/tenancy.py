"""Is what belongs to one tenant, for another, exactly what does not exist (OWASP API1:2023)?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import uuid4

from paviour.verify.registry import Failed, Group, NotApplicable
from paviour.verify.requests import GoodRequest
from paviour.verify.resource import Collection, Resource
from paviour.verify.service import Probe, Service
from paviour.verify.wire import Answer

TENANCY = Group("tenancy")
_STANDARD = "OWASP API Security 2023 API1"
_OURS, _THEIRS = "paviour-verify-tenant-a", "paviour-verify-tenant-b"
_VOLATILE_MEMBERS = ("trace_id", "instance")
_VOLATILE_FIELDS = ("date", "ratelimit", "traceresponse", "server-timing")


def _ours(probe: Probe) -> Resource:
    return Resource.create(probe, probe.service.caller(tenant=_OURS))


def _members(service: Service) -> Iterator[tuple[str, GoodRequest]]:
    try:
        members = Collection.of(service).members
    except NotApplicable:
        return
    for request in members:
        yield request.operation.id, request


def _comparable(answer: Answer, id: str) -> tuple[int, dict[str, str], str]:
    """What a caller could tell two answers apart by, but for the id that it asked for."""
    fields = {name: value for name, value in answer.fields.items() if name not in _VOLATILE_FIELDS}
    try:
        body = json.loads(answer.body)
    except ValueError:
        body = answer.body.decode("latin-1")
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if name not in _VOLATILE_MEMBERS}
    return answer.status, fields, json.dumps(body, sort_keys=True).replace(id, "")


@TENANCY.check(
    "tenant-object",
    "must",
    _STANDARD,
    "Another tenant's object is answered like one that does not exist, whatever is asked of it.",
    cases=_members,
)
def _object(probe: Probe, case: GoodRequest) -> None:
    ours, stranger, none = _ours(probe), probe.service.caller(tenant=_THEIRS), str(uuid4())
    missing = probe.send(ours.message(case, stranger, none))
    hidden = probe.send(ours.message(case, stranger))
    if hidden.status < 400:
        raise Failed(f"another tenant got {hidden.status}")
    if _comparable(hidden, ours.id) != _comparable(missing, none):
        raise Failed(f"what exists gets {hidden.status}, what does not {missing.status}, or the answers differ")


@TENANCY.check("tenant-effect", "must", _STANDARD, "What another tenant tries changes nothing.", cases=_members)
def _effect(probe: Probe, case: GoodRequest) -> None:
    if case.operation.method == "GET":
        raise NotApplicable("the operation changes nothing")
    ours = _ours(probe)
    probe.send(ours.message(case, probe.service.caller(tenant=_THEIRS)))
    now = probe.send(ours.message(ours.collection.reading))
    if now.body != ours.shown.body:
        raise Failed("the object is not what it was")


@TENANCY.check("tenant-list", "must", _STANDARD, "A list has nothing of another tenant.")
def _list(probe: Probe) -> None:
    ours, listing = _ours(probe), Collection.of(probe.service).listing
    if listing is None:
        raise NotApplicable("the contract has no list of what is created")
    if ours.id.encode() not in probe.send(ours.caller.good(listing)).body:
        raise NotApplicable("the list does not begin with what was added last")
    if ours.id.encode() in probe.send(probe.service.caller(tenant=_THEIRS).good(listing)).body:
        raise Failed("the other tenant's list has the object")


@TENANCY.check(
    "tenant-of-the-token",
    "must",
    _STANDARD,
    "The tenant is the token's: no field and no query parameter names another.",
)
def _of_the_token(probe: Probe) -> None:
    ours = _ours(probe)
    message = ours.message(ours.collection.reading, probe.service.caller(tenant=_THEIRS))
    fields = dict.fromkeys(("x_tenant", "x_tenant_id", "tenant", "x_org_id", "x_forwarded_user"), _OURS)
    probe.refused(message.having(**fields), 403, 404)


@TENANCY.check(
    "tenant-of-a-similar-name", "must", _STANDARD, "A tenant with a similar name, longer or in capitals, is another."
)
def _similar(probe: Probe) -> None:
    ours = _ours(probe)
    for name in (f"{_OURS}x", _OURS[:-1], _OURS.upper(), f"{_OURS} ", f"{_OURS}%"):
        probe.refused(ours.message(ours.collection.reading, probe.service.caller(tenant=name)), 401, 403, 404)


@TENANCY.check(
    "tenant-and-client",
    "must",
    _STANDARD,
    "A client of no tenant is not the tenant of the same name, and not its reader.",
)
def _and_client(probe: Probe) -> None:
    ours = _ours(probe)
    for caller in (probe.service.caller(), probe.service.caller(client=_OURS)):
        probe.refused(ours.message(ours.collection.reading, caller), 401, 403, 404)


@TENANCY.check("tenant-of-a-wrong-type", "must", "RFC 8725 section 3.11", "A tenant that is no string is refused.")
def _wrong_type(probe: Probe) -> None:
    ours = _ours(probe)
    minter = probe.service.minter
    message = ours.message(ours.collection.reading)
    # A list of one is like the one where it is made text.
    for tenants in ([_OURS, _THEIRS], [_OURS]):
        claims = minter.scoped(" ".join(sorted(probe.service.scopes()))) | {minter.profile.tenant: tenants}
        probe.refused(message.having(authorization=f"Bearer {minter.mint(claims=claims)}"), 401, 403, 404)
