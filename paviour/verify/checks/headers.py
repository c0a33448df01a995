"""Does every answer tell browsers and caches what they may do with it, and nobody what it is built with?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from paviour.verify.registry import Failed, Group, Level, NotApplicable
from paviour.verify.service import Exchange, Probe, Service
from paviour.verify.wire import Answer

HEADERS = Group("headers")
_REVEALING = ("server", "x-powered-by", "x-aspnet-version", "x-aspnetmvc-version", "x-runtime", "x-generator")


def _answers(service: Service) -> Iterator[tuple[Exchange, Answer]]:
    for exchange in service.exchanges:
        if exchange.answer is not None:
            yield exchange, exchange.answer


def _of_all(probe: Probe, fault: Callable[[Exchange, Answer], str]) -> None:
    """No answer of the run has the fault; with no other check selected, there are one success and one failure."""
    if not probe.service.exchanges:
        probe.send(probe.reader())
        probe.send(probe.service.absent())
    for exchange, answer in _answers(probe.service):
        found = fault(exchange, answer)
        if found:
            probe.exchanges.append(exchange)
            raise Failed(found)


def _sniffed(_: Exchange, answer: Answer) -> str:
    found = answer.fields.get("x-content-type-options", "missing")
    return "" if found.lower() == "nosniff" else f"X-Content-Type-Options is {found}"


def _revealing(_: Exchange, answer: Answer) -> str:
    for name in _REVEALING:
        if re.search(r"\d", answer.fields.get(name, "")):
            return f"{name} is {answer.fields[name]}"
    return ""


def _product(_: Exchange, answer: Answer) -> str:
    return next((f"{name} is {answer.fields[name]}" for name in _REVEALING if name in answer.fields), "")


def _cached(exchange: Exchange, answer: Answer) -> str:
    authorized = re.search(rb"(?im)^authorization:", exchange.sent) and answer.status < 300 and answer.body
    found = answer.fields.get("cache-control", "missing")
    return f"Cache-Control is {found}" if authorized and "no-store" not in found.lower() else ""


def _cached_failure(_: Exchange, answer: Answer) -> str:
    found = answer.fields.get("cache-control", "missing")
    return f"Cache-Control is {found}" if answer.status >= 400 and "no-store" not in found.lower() else ""


def _for_all_origins(_: Exchange, answer: Answer) -> str:
    allowed = answer.fields.get("access-control-allow-origin", "")
    with_credentials = "access-control-allow-credentials" in answer.fields
    return "any origin may read it with credentials" if with_credentials and allowed in ("*", "null") else ""


_OF_ALL: tuple[tuple[str, Level, str, str, Callable[[Exchange, Answer], str]], ...] = (
    ("nosniff", "house", "Fetch section 3.6", "Every answer forbids guessing its media type.", _sniffed),
    (
        "version",
        "should",
        "RFC 9110 section 10.2.4",
        "No answer tells the version of what it is built with.",
        _revealing,
    ),
    ("product", "house", "RFC 9110 section 10.2.4", "No answer tells what it is built with.", _product),
    ("no-store", "house", "RFC 9111 section 5.2.2.5", "What needed a token is kept by no cache.", _cached),
    ("no-store-failures", "house", "RFC 9111 section 5.2.2.5", "No failure is kept by a cache.", _cached_failure),
    ("any-origin", "must", "Fetch section 3.3.5", "Credentials are never allowed for all origins.", _for_all_origins),
)

for _id, _level, _standard, _rule, _fault in _OF_ALL:
    HEADERS.add(f"headers-{_id}", _level, _standard, _rule, partial(_of_all, fault=_fault), when="afterwards")


@HEADERS.check(
    "headers-hsts",
    "house",
    "RFC 6797 section 6.1",
    "Over https, or in production, browsers are told to stay with https.",
)
def _hsts(probe: Probe) -> None:
    if probe.service.server.tls is None and not probe.service.production:
        raise NotApplicable("needs an https URL, or --production")
    found = probe.send(probe.service.absent()).fields.get("strict-transport-security", "missing")
    age = re.search(r"max-age=\"?(\d+)", found)
    if age is None or int(age[1]) < 15_552_000:
        raise Failed(f"Strict-Transport-Security is {found}; half a year at least is expected")
