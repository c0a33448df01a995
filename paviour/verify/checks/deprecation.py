"""Are callers told in time what will go, and is it gone when it should be?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from paviour.verify.registry import Failed, Group, NotApplicable
from paviour.verify.requests import GoodRequest
from paviour.verify.service import Probe, Service
from paviour.verify.structured import NotStructured, item
from paviour.verify.sunset import is_over, moment
from paviour.verify.wire import Answer
from sdkgen.model import Operation

DEPRECATION = Group("deprecation")
_Cases = Callable[[Service], Iterator[tuple[str, GoodRequest]]]


def _of(fits: Callable[[Operation], bool]) -> _Cases:
    def cases(service: Service) -> Iterator[tuple[str, GoodRequest]]:
        for id, request in service.requests.items():
            if fits(request.operation):
                yield id, request

    return cases


def _date(answer: Answer) -> datetime:
    """Raises Failed where `Deprecation` is missing, or no structured date."""
    try:
        found = item(answer.fields.get("deprecation", "")).value
    except NotStructured as error:
        raise Failed(f"Deprecation: {error}") from None
    if not isinstance(found, datetime):
        raise Failed(f"Deprecation is {answer.fields['deprecation']}, and should be a date like @1735689600")
    return found


def _deprecated(operation: Operation) -> bool:
    return operation.deprecated


@DEPRECATION.check(
    "deprecation-field",
    "must",
    "RFC 9745 section 2.1",
    "A deprecated operation sends `Deprecation`, a structured date.",
    cases=_of(_deprecated),
)
def _field(probe: Probe, case: GoodRequest) -> None:
    _date(probe.send(probe.service.good(case)))


@DEPRECATION.check(
    "deprecation-date",
    "house",
    "RFC 9745 section 2.1",
    "`Deprecation` has the date that the contract gives (`x-paved.deprecation`).",
    cases=_of(lambda operation: operation.deprecation is not None),
)
def _declared(probe: Probe, case: GoodRequest) -> None:
    declared, found = case.operation.deprecation, _date(probe.send(probe.service.good(case)))
    if declared and found != moment(declared):
        raise Failed(f"expected {declared}, got {found.isoformat()}")


@DEPRECATION.check(
    "deprecation-link",
    "house",
    "RFC 9745 section 3",
    "A deprecated operation links to what explains it.",
    cases=_of(_deprecated),
)
def _link(probe: Probe, case: GoodRequest) -> None:
    found = probe.send(probe.service.good(case)).fields.get("link", "missing")
    if not re.search(r'<[^<>\s]+>\s*;[^,]*\brel="?([^",;]* )?deprecation\b', found):
        raise Failed(f"Link is {found}")


@DEPRECATION.check(
    "deprecation-absent",
    "must",
    "RFC 9745 section 2",
    "An operation that is not deprecated sends neither `Deprecation` nor `Sunset`.",
    cases=_of(lambda operation: not operation.deprecated and operation.sunset is None),
)
def _absent(probe: Probe, case: GoodRequest) -> None:
    answer = probe.send(probe.service.good(case))
    sent = [name for name in ("deprecation", "sunset") if name in answer.fields]
    if sent:
        raise Failed(f"{sent[0]} is {answer.fields[sent[0]]}")


def _sunset_of(answer: Answer) -> datetime:
    """Raises Failed where `Sunset` is missing, or no date in the form of RFC 9110, section 5.6.7."""
    text = answer.fields.get("sunset", "missing")
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        raise Failed(f"Sunset is {text}") from None
    if found.tzinfo is None or format_datetime(found.astimezone(UTC), usegmt=True) != text:
        raise Failed(f"Sunset is {text}, and should be like Tue, 31 Dec 2030 00:00:00 GMT")
    return found


@DEPRECATION.check(
    "sunset-field",
    "must",
    "RFC 8594 section 3",
    "An operation with an end (`x-paved.sunset`) sends `Sunset`, the same moment as an HTTP date.",
    cases=_of(lambda operation: operation.sunset is not None),
)
def _sunset_field(probe: Probe, case: GoodRequest) -> None:
    declared, found = case.operation.sunset, _sunset_of(probe.send(probe.service.good(case)))
    if declared and found != moment(declared):
        raise Failed(f"expected {declared}, got {found.isoformat()}")


@DEPRECATION.check(
    "sunset-after-deprecation",
    "must",
    "RFC 9745 section 4",
    "`Sunset` is not before `Deprecation`.",
    cases=_of(lambda operation: operation.deprecated and operation.sunset is not None),
)
def _after(probe: Probe, case: GoodRequest) -> None:
    answer = probe.send(probe.service.good(case))
    if _sunset_of(answer) < _date(answer):
        raise Failed(f"Sunset is {answer.fields['sunset']}, Deprecation {answer.fields['deprecation']}")


@DEPRECATION.check(
    "sunset-over",
    "house",
    "RFC 8594 section 3",
    "After its end an operation gets 410, whoever asks.",
    cases=_of(is_over),
)
def _over(probe: Probe, case: GoodRequest) -> None:
    probe.refused(probe.service.good(case), 410)
    probe.refused(probe.service.bare(case), 410, 401)


@DEPRECATION.check(
    "sunset-to-come",
    "house",
    "RFC 8594 section 3",
    "Before its end an operation is served.",
    cases=_of(lambda operation: operation.sunset is not None and not is_over(operation)),
)
def _to_come(probe: Probe, case: GoodRequest) -> None:
    if probe.send(probe.service.good(case)).status == 410:
        raise Failed("got 410 before the end")


@DEPRECATION.check(
    "deprecation-of-failures",
    "house",
    "RFC 9745 section 2",
    "Who is refused by a deprecated operation learns of it, too.",
    cases=_of(_deprecated),
)
def _of_failures(probe: Probe, case: GoodRequest) -> None:
    answer = probe.send(probe.service.bare(case))
    if answer.status < 400:
        raise NotApplicable("the operation is public")
    _date(answer)
