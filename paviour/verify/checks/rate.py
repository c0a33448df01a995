"""Is each caller told what it may still send, and stopped when that is used up, and nobody else with it?"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass

from paviour.verify.registry import Failed, Group, NotApplicable
from paviour.verify.requests import GoodRequest
from paviour.verify.service import Caller, Probe, Service
from paviour.verify.structured import Item, NotStructured, items
from paviour.verify.wire import Answer

LIMITS = Group("limits")
_DRAFT = "draft-ietf-httpapi-ratelimit-headers-10 section"
_MAX_QUOTA = 300
"""More requests than that are not sent to use up a quota."""
_MAX_WAIT_SECONDS = 5


@dataclass(frozen=True, slots=True)
class _Policy:
    """What one item of `RateLimit-Policy` and the one of the same name in `RateLimit` say."""

    quota: int
    window: int | None
    remaining: int


def _policies(answer: Answer) -> list[_Policy]:
    """Raises Failed where a field is missing, no list of strings with their parameters, or does not fit the other."""
    limits = {item.value: item for item in _field(answer, "ratelimit")}
    found = []
    for policy in _field(answer, "ratelimit-policy"):
        limit = limits.get(policy.value)
        if limit is not None:
            window = _number(policy, "w") if "w" in policy.parameters else None
            found.append(_Policy(_number(policy, "q"), window, _number(limit, "r")))
    if len(found) != len(limits) or not found:
        raise Failed("RateLimit and RateLimit-Policy name different policies")
    return found


def _field(answer: Answer, name: str) -> list[Item]:
    try:
        found = items(answer.fields.get(name, ""))
    except NotStructured as error:
        raise Failed(f"{name}: {error}") from None
    if not all(type(item.value) is str for item in found):
        raise Failed(f"{name} has an item that is no string")
    return found


def _number(item: Item, name: str) -> int:
    found = item.parameters.get(name)
    if type(found) is not int or found < 0:
        raise Failed(f"{name} is {found!r}, and should be a number of 0 or more")
    return found


@LIMITS.check(
    "rate-fields", "house", f"{_DRAFT} 3", "An answer says what its caller may send, and what of it is left: q, w, r."
)
def _fields(probe: Probe) -> None:
    for policy in _policies(probe.send(probe.reader())):
        if policy.remaining > policy.quota:
            raise Failed(f"{policy.remaining} are left of {policy.quota}")


@LIMITS.check("rate-remaining", "house", f"{_DRAFT} 4", "What is left gets less with each request.")
def _remaining(probe: Probe) -> None:
    slowest = sorted((request for _, request in _declaring(probe.service)), key=_pace)
    request = slowest[0] if slowest else probe.service.protected()
    messages = [probe.service.good(request)] * 10
    left = [_policies(answer)[0].remaining for answer in probe.send_together(messages)]
    if min(left) >= max(left):
        if not slowest:
            raise NotApplicable("the rate renews itself too fast to be watched")
        raise Failed(f"{left[0]} are left after each of {len(left)} requests")


def _declaring(service: Service) -> Iterator[tuple[str, GoodRequest]]:
    for id, request in service.requests.items():
        if request.operation.rate and request.flaw is None:
            yield id, request


def _pace(request: GoodRequest) -> float:
    """Requests a second."""
    quota, window = request.operation.rate or (0, 1)
    return quota / window


@LIMITS.check(
    "rate-declared",
    "house",
    f"{_DRAFT} 3",
    "An operation has the rate that the contract gives it (`x-paved.rate`).",
    cases=_declaring,
)
def _declared(probe: Probe, case: GoodRequest) -> None:
    policies = _policies(probe.send(probe.service.good(case)))
    if case.operation.rate not in {(policy.quota, policy.window) for policy in policies}:
        raise Failed(f"expected {case.operation.rate}, got {policies}")


def _used_up(probe: Probe) -> tuple[GoodRequest, Caller, Answer]:
    """Somebody who may send no more, to which operation, and the answer that says so. Raises Failed."""
    found = sorted(_declaring(probe.service), key=lambda entry: entry[1].operation.rate or (0, 0))
    if not found or found[0][1].operation.rate[0] > _MAX_QUOTA:  # type: ignore[index]
        raise NotApplicable(f"the contract gives no operation a rate of up to {_MAX_QUOTA} requests (x-paved.rate)")
    request = found[0][1]
    caller = probe.service.caller()
    message = caller.good(request)
    quota, window = request.operation.rate or (0, 0)
    began = time.monotonic()
    while True:
        answers = probe.send_together([message] * 10)
        refused = [answer for answer in answers if answer.status == 429]
        if refused:
            return request, caller, refused[-1]
        # More than the quota may come while the quota renews itself.
        if len(probe.exchanges) > quota + 20 + (time.monotonic() - began) / window * quota:
            raise Failed(f"{len(probe.exchanges)} requests were served, of {quota}")


@LIMITS.check(
    "rate-exceeded",
    "must",
    "RFC 6585 section 4",
    "Who has sent more gets 429, and a problem that says so.",
    when="alone",
)
def _exceeded(probe: Probe) -> None:
    answer = _used_up(probe)[2]
    if _policies(answer)[0].remaining != 0:
        raise Failed("the answer says that something is left")
    if json.loads(answer.body).get("status") != 429:
        raise Failed("the answer is no problem of its status")


@LIMITS.check(
    "rate-retry-after",
    "house",
    "RFC 9110 section 10.2.3",
    "A 429 says after how many seconds to come again.",
    when="alone",
)
def _retry_after(probe: Probe) -> None:
    request, caller, answer = _used_up(probe)
    wait = answer.fields.get("retry-after", "")
    window = request.operation.rate[1] if request.operation.rate else 0
    if not wait.isdecimal() or not 1 <= int(wait) <= window:
        raise Failed(f"Retry-After is {wait or 'missing'}")
    if int(wait) <= _MAX_WAIT_SECONDS:
        time.sleep(int(wait) + 0.1)
        answer = probe.send_once(caller.good(request))
        if answer.status == 429:
            raise Failed(f"429 again after Retry-After, {wait} s")


@LIMITS.check(
    "rate-of-another-client", "house", "RFC 6585 section 4", "What one client used up is not another's.", when="alone"
)
def _another_client(probe: Probe) -> None:
    request = _used_up(probe)[0]
    if _is_refused(probe, probe.service.caller(), request):
        raise Failed("another client got 429")


@LIMITS.check(
    "rate-of-another-token",
    "house",
    "RFC 6585 section 4",
    "A new token of the same client changes nothing.",
    when="alone",
)
def _another_token(probe: Probe) -> None:
    request, caller, _ = _used_up(probe)
    answers = probe.send_together([caller.good(request) for _ in range(5)])
    if all(answer.status != 429 for answer in answers):
        raise Failed(f"expected 429, got {answers[0].status}")


@LIMITS.check(
    "rate-of-another-operation", "house", "RFC 6585 section 4", "An operation's rate is its own.", when="alone"
)
def _another_operation(probe: Probe) -> None:
    request, caller, _ = _used_up(probe)
    other = probe.service.reading()
    if other.operation.id == request.operation.id:
        raise NotApplicable("the contract has no other operation")
    if _is_refused(probe, caller, other):
        raise Failed(f"{other.operation.id} got 429")


def _is_refused(probe: Probe, caller: Caller, request: GoodRequest) -> bool:
    """Whether the caller has used up what it may send; some at once, for a quota renews itself one by one."""
    count = min(5, (request.operation.rate or (5, 0))[0])
    return any(answer.status == 429 for answer in probe.send_together([caller.good(request) for _ in range(count)]))
