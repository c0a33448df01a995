"""Does a service that is asked for more than it can do refuse some at once, so that the others are served as ever?"""

from __future__ import annotations

from dataclasses import dataclass

from paviour.verify.load import Load, press
from paviour.verify.registry import Failed, Group, NotApplicable
from paviour.verify.service import Probe, Service

LIMITS = Group("limits")
_FEWEST, _MOST = 16, 512
_SECONDS = 1.0
_BOUND_SECONDS = 5.0
"""What the 99th percentile may be whatever it is without load."""
_BOUND_FACTOR = 100


@dataclass(frozen=True, slots=True)
class _Overload:
    unloaded: Load
    saturated: Load | None
    """With the fewest connections of which some were refused; None where none were, however many."""
    overloaded: Load
    """With four times as many."""


def _overload(service: Service) -> _Overload:
    request = service.reading()
    callers = [service.caller() for _ in range(8)]
    messages = [caller.good(request).encode() for caller in callers]
    unloaded = press(service.server, messages, 1, _SECONDS)
    if not any(200 <= answer.status < 300 for answer in unloaded.answers):
        raise NotApplicable(f"{request.operation.id} does not succeed, and so can't be measured")
    connections = _FEWEST
    while connections <= _MOST:
        load = press(service.server, messages, connections, _SECONDS)
        if load.shed:
            return _Overload(unloaded, load, press(service.server, messages, 4 * connections, 3 * _SECONDS))
        connections *= 2
    return _Overload(unloaded, None, load)


@LIMITS.check(
    "overload-refused",
    "house",
    "RFC 9110 section 15.6.4",
    f"Of {_MOST} requests at a time, or fewer, some are refused with 503 rather than queued.",
    when="alone",
)
def _refused(probe: Probe) -> None:
    found = probe.service.measured(_overload)
    if found.saturated is None:
        unanswered = sum(answer.status == 0 for answer in found.overloaded.answers)
        raise Failed(f"with {found.overloaded.connections} requests at a time no 503 came; {unanswered} got no answer")


@LIMITS.check(
    "overload-retry-after",
    "house",
    "RFC 9110 section 10.2.3",
    "Who is refused for the load is told when to come again, and gets a problem.",
    when="alone",
)
def _retry_after(probe: Probe) -> None:
    shed = probe.service.measured(_overload).overloaded.shed
    if not shed:
        raise NotApplicable("nobody was refused for the load")
    for answer in shed:
        head = answer.head.lower()
        if "\nretry-after:" not in head:
            raise Failed("a 503 has no Retry-After")
        if "application/problem+json" not in head:
            raise Failed("a 503 is no problem")


@LIMITS.check(
    "overload-latency",
    "house",
    "RFC 9110 section 15.6.4",
    f"At four times saturation 99 of 100 that are served wait less than {_BOUND_SECONDS:g} s, or {_BOUND_FACTOR} times "
    "as long as without load.",
    when="alone",
)
def _latency(probe: Probe) -> None:
    found = probe.service.measured(_overload)
    if found.saturated is None:
        raise NotApplicable("nobody was refused for the load, so there is no saturation")
    bound = max(_BOUND_SECONDS, _BOUND_FACTOR * found.unloaded.percentile(0.99))
    if found.overloaded.percentile(0.99) > bound:
        raise Failed(f"one of a hundred waited {found.overloaded.percentile(0.99):.1f} s, and may {bound:.1f} s")


@LIMITS.check(
    "overload-over", "house", "RFC 9110 section 15.6.4", "After the load, requests are served as before.", when="alone"
)
def _over(probe: Probe) -> None:
    probe.service.measured(_overload)
    request = probe.service.reading()
    for answer in probe.send_together([probe.service.good(request)] * 5):
        if answer.status >= 300:
            raise Failed(f"expected success, got {answer.status}")
