"""Has each idempotency key one effect, and is it the key of one caller for one operation?"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import uuid4

from paviour.verify.message import Message
from paviour.verify.registry import Failed, Group, Level, NotApplicable
from paviour.verify.requests import GoodRequest
from paviour.verify.resource import Collection, Resource, identity
from paviour.verify.service import Caller, Probe, Service
from paviour.verify.wire import Answer

IDEMPOTENCY = Group("idempotency")
_DRAFT = "draft-ietf-httpapi-idempotency-key-header-07 section"
_DUPLICATES = 20


@dataclass(frozen=True, slots=True)
class _First:
    """The first request with a key, and what it got."""

    caller: Caller
    request: GoodRequest
    key: str
    message: Message
    answer: Answer

    def keyed(self, message: Message) -> Message:
        return _with_key(message, self.request, self.key)


def _with_key(message: Message, request: GoodRequest, key: str) -> Message:
    parameter = request.operation.idempotency_key
    name = parameter.name if parameter else "Idempotency-Key"
    return message.without(name).adding((name, key))


def _keyed(service: Service) -> GoodRequest:
    """The operation that creates, where it takes a key; else any that does."""
    candidates = list(service.requests.values())
    with contextlib.suppress(NotApplicable):
        candidates.insert(0, Collection.of(service).create)
    for request in candidates:
        if request.operation.idempotency_key and request.flaw is None and "{" not in request.operation.path:
            return request
    raise NotApplicable("the contract has no operation that takes an Idempotency-Key, with an example")


def _first(probe: Probe, caller: Caller | None = None) -> _First:
    request, caller, key = _keyed(probe.service), caller or probe.service.caller(), str(uuid4())
    message = _with_key(caller.good(request), request, key)
    answer = probe.send(message)
    if answer.status == 501:
        raise NotApplicable(f"{request.operation.id} is not implemented yet")
    if answer.status >= 300:
        raise Failed(f"the first request got {answer.status}")
    return _First(caller, request, key, message, answer)


def _same(first: Answer, again: Answer) -> bool:
    located = first.fields.get("location") == again.fields.get("location")
    return first.status == again.status and first.body == again.body and located


@IDEMPOTENCY.check("idempotency-key-missing", "should", f"{_DRAFT} 2.7", "A required key that is missing gets 400.")
def _missing(probe: Probe) -> None:
    request = _keyed(probe.service)
    key = request.operation.idempotency_key
    if key is None or not key.required:
        raise NotApplicable("the key is not required")
    probe.refused(probe.service.good(request).without(key.name), 400)


@IDEMPOTENCY.check("idempotency-replay", "should", f"{_DRAFT} 2.6", "The same request again gets the same answer.")
def _replay(probe: Probe) -> None:
    first = _first(probe)
    again = probe.send(first.message)
    if not _same(first.answer, again):
        raise Failed(f"first {first.answer.status}, then {again.status}, or another body or Location")


@IDEMPOTENCY.check("idempotency-one-effect", "should", f"{_DRAFT} 2.6", "The same request again has no second effect.")
def _one_effect(probe: Probe) -> None:
    first = _first(probe)
    collection = Collection.of(probe.service)
    before = collection.count(probe, first.caller)
    probe.send(first.message)
    after = collection.count(probe, first.caller)
    if after != before:
        raise Failed(f"{before} before, {after} after")


def _other_body(body: Any) -> Any:
    """The body with its first text made longer."""
    for name, value in body.items():
        if isinstance(value, str) and value.isascii():
            return {**body, name: f"{value}-2"}
    raise NotApplicable("the example has no text to change")


def _changed(first: _First) -> Message:
    other = replace(first.request, body=_other_body(first.request.body))
    return first.keyed(first.caller.good(other))


@IDEMPOTENCY.check("idempotency-other-payload", "should", f"{_DRAFT} 2.7", "A used key with another payload gets 422.")
def _other_payload(probe: Probe) -> None:
    probe.refused(_changed(_first(probe)), 422)


@IDEMPOTENCY.check(
    "idempotency-duplicates",
    "should",
    f"{_DRAFT} 2.6",
    f"{_DUPLICATES} of the same at the same time have one effect; each gets that answer, or 409.",
    when="alone",
)
def _duplicates(probe: Probe) -> None:
    request, caller, key = _keyed(probe.service), probe.service.caller(), str(uuid4())
    answers = probe.send_together([_with_key(caller.good(request), request, key)] * _DUPLICATES)
    served = [answer for answer in answers if answer.status < 300]
    wrong = sorted({answer.status for answer in answers} - {answer.status for answer in served} - {409})
    if not served or wrong:
        raise Failed(f"got {wrong}" if wrong else "nobody was served")
    if not all(_same(served[0], answer) for answer in served):
        raise Failed("the answers differ")


@IDEMPOTENCY.check(
    "idempotency-duplicates-counted",
    "should",
    f"{_DRAFT} 2.6",
    f"{_DUPLICATES} of the same at the same time are one in the list.",
    when="alone",
)
def _counted(probe: Probe) -> None:
    request, caller, key = _keyed(probe.service), probe.service.caller(), str(uuid4())
    collection = Collection.of(probe.service)
    before = collection.count(probe, caller)
    probe.send_together([_with_key(caller.good(request), request, key)] * _DUPLICATES)
    after = collection.count(probe, caller)
    if after != before + 1:
        raise Failed(f"{after - before} effects")


def _of_another(probe: Probe, make: Callable[[Service], tuple[Caller, Caller]]) -> None:
    ours, theirs = make(probe.service)
    first = _first(probe, ours)
    answer = probe.send(first.keyed(theirs.good(first.request)))
    if answer.status >= 300:
        raise Failed(f"expected success, got {answer.status}")
    if identity(answer) == identity(first.answer):
        raise Failed("the other caller got the first one's answer")


def _two_clients(service: Service) -> tuple[Caller, Caller]:
    return service.caller(tenant="paviour-verify"), service.caller(tenant="paviour-verify")


def _two_tenants(service: Service) -> tuple[Caller, Caller]:
    client = f"paviour-verify-{uuid4().hex}"
    return (
        service.caller(client=client, tenant="paviour-verify-a"),
        service.caller(client=client, tenant="paviour-verify-b"),
    )


for _id, _what, _make in (
    ("client", "Another client of the same tenant", _two_clients),
    ("tenant", "The same client in another tenant", _two_tenants),
):
    IDEMPOTENCY.add(
        f"idempotency-other-{_id}",
        "should",
        f"{_DRAFT} 5",
        f"{_what} has keys of its own.",
        partial(_of_another, make=_make),
    )


@IDEMPOTENCY.check(
    "idempotency-other-operation", "house", f"{_DRAFT} 2.2", "Another operation has keys of its own, the caller's too."
)
def _other_operation(probe: Probe) -> None:
    first = _first(probe)
    resource = Resource.create(probe, first.caller)
    for request in resource.collection.members:
        if request.operation.idempotency_key:
            probe.accepted(_with_key(resource.message(request), request, first.key), request)
            return
    raise NotApplicable("the contract has no other operation that takes an Idempotency-Key")


def _odd_key(probe: Probe, key: str) -> None:
    request = _keyed(probe.service)
    probe.refused(_with_key(probe.service.good(request), request, key), 400, 422)


_ODD_KEYS: tuple[tuple[str, str, str], ...] = (
    ("empty", "An empty key", ""),
    ("long", "A key of 4000 characters", "k" * 4000),
    ("control", "A key with a tab inside", "a\tb"),
)

for _id, _what, _key in _ODD_KEYS:
    IDEMPOTENCY.add(
        f"idempotency-key-{_id}",
        "house",
        f"{_DRAFT} 2.1",
        f"{_what} is refused with 400 or 422.",
        partial(_odd_key, key=_key),
    )


@IDEMPOTENCY.check("idempotency-key-twice", "must", "RFC 9110 section 5.3", "Two keys are refused with 400 or 422.")
def _twice(probe: Probe) -> None:
    request = _keyed(probe.service)
    probe.refused(probe.service.good(request).adding(("Idempotency-Key", str(uuid4()))), 400, 422)


@IDEMPOTENCY.check(
    "idempotency-after-a-refusal", "house", f"{_DRAFT} 2.6", "A request that was refused (4xx) does not use up its key."
)
def _after_a_refusal(probe: Probe) -> None:
    request, caller, key = _keyed(probe.service), probe.service.caller(), str(uuid4())
    probe.refused(_with_key(replace(caller.good(request), body=b"{}"), request, key), 400, 422)
    probe.accepted(_with_key(caller.good(request), request, key), request)


def _without_right(probe: Probe, make: Callable[[_First], Message], status: int) -> None:
    probe.refused(make(_first(probe)), status)


_RIGHTS: tuple[tuple[str, Level, str, Callable[[_First], Message], int], ...] = (
    ("token", "must", "Without a token", lambda first: first.message.without("Authorization"), 401),
    (
        "scope",
        "must",
        "Without the scope",
        lambda first: first.message.having(authorization=f"Bearer {first.caller.token(())}"),
        403,
    ),
)

for _id, _level, _what, _make_message, _status in _RIGHTS:
    IDEMPOTENCY.add(
        f"idempotency-without-{_id}",
        _level,
        f"{_DRAFT} 5",
        f"{_what} the stored answer is not given: {_status}.",
        partial(_without_right, make=_make_message, status=_status),
    )
