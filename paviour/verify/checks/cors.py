"""May pages of exactly the allowed origins read what the service answers (the CORS protocol of the Fetch standard)?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

from paviour.verify.message import Message
from paviour.verify.registry import Failed, Group, NotApplicable
from paviour.verify.requests import GoodRequest
from paviour.verify.service import Probe, Service
from paviour.verify.wire import Answer

HEADERS = Group("headers")
_FETCH = "Fetch section 3.3"
_STRANGER = "https://stranger.example"


def _names(answer: Answer, field: str) -> set[str]:
    return {name.strip().lower() for name in answer.fields.get(field, "").split(",")} - {""}


def _origin(probe: Probe) -> str:
    if probe.service.origin is None:
        raise NotApplicable("needs --origin")
    return probe.service.origin


def _preflight(probe: Probe, request: GoodRequest, origin: str) -> Message:
    method, wanted = request.operation.method, sorted(_sent(request))
    return replace(
        probe.service.bare(request).without("Content-Type", "Idempotency-Key"), method="OPTIONS", body=None
    ).having(origin=origin, access_control_request_method=method, access_control_request_headers=",".join(wanted))


def _sent(request: GoodRequest) -> set[str]:
    """What a page has to send for this operation that is not always allowed."""
    declared = {p.name.lower() for p in request.operation.parameters if p.location == "header"}
    return {"authorization"} | declared | ({"content-type"} if request.media_type else set())


def _closed(answer: Answer) -> None:
    shared = sorted(name for name in answer.fields if name.startswith("access-control-allow"))
    if shared:
        raise Failed(f"{shared[0]} is {answer.fields[shared[0]]}")


def _closed_to(probe: Probe, origin: str) -> None:
    _closed(probe.send(probe.reader(origin=origin)))
    _closed(probe.send(_preflight(probe, probe.service.reading(), origin)))


for _name, _stranger, _what in (
    ("stranger", _STRANGER, "An origin that nobody allowed"),
    ("null", "null", "The origin `null`, which any page can have,"),
    ("nonsense", "*", "What is no origin"),
):
    HEADERS.add(f"cors-{_name}", "house", _FETCH, f"{_what} is allowed nothing.", partial(_closed_to, origin=_stranger))


def _port(origin: str) -> str:
    return origin.rpartition(":")[0] if urlsplit(origin).port else f"{origin}:8443"


_LOOKALIKES: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    ("suffix", "An origin that begins like an allowed one", lambda o: f"{o}.stranger.example"),
    ("prefix", "An origin that ends like an allowed one", lambda o: o.replace("://", "://stranger-")),
    ("subdomain", "An origin below an allowed one", lambda o: o.replace("://", "://stranger.")),
    (
        "other-scheme",
        "Another scheme",
        lambda o: o.replace("https:", "x:").replace("http:", "https:").replace("x:", "http:"),
    ),
    ("other-port", "Another port", _port),
    ("capitals", "Capitals, which no browser sends,", str.upper),
    ("slash", "A slash behind an allowed origin", lambda o: f"{o}/"),
    ("credentials", "An allowed origin as the name of a user", lambda o: f"{o}@stranger.example"),
    ("two", "An allowed origin beside another", lambda o: f"{o}, {_STRANGER}"),
)


def _lookalike(probe: Probe, change: Callable[[str], str]) -> None:
    _closed_to(probe, change(_origin(probe)))


for _name, _what, _change in _LOOKALIKES:
    HEADERS.add(f"cors-{_name}", "must", _FETCH, f"{_what} is allowed nothing.", partial(_lookalike, change=_change))


@HEADERS.check("cors-allowed", "must", _FETCH, "A page of an allowed origin may read an answer, a failure too.")
def _allowed(probe: Probe) -> None:
    origin, request = _origin(probe), probe.service.reading()
    for message in (probe.service.good(request), probe.service.bare(request), probe.service.absent()):
        answer = probe.send(message.having(origin=origin))
        if answer.fields.get("access-control-allow-origin") != origin:
            raise Failed(
                f"{answer.status} with {answer.fields.get('access-control-allow-origin', 'no origin')} allowed"
            )


@HEADERS.check("cors-vary", "should", "Fetch section 3.3.6", "Caches are told that an answer depends on the origin.")
def _vary(probe: Probe) -> None:
    origin = _origin(probe)
    for message in (probe.reader(), probe.reader(origin=origin), probe.reader(origin=_STRANGER)):
        found = _names(probe.send(message), "vary")
        if "origin" not in found and "*" not in found:
            raise Failed("Vary does not name Origin")


@HEADERS.check("cors-exposed", "house", "Fetch section 3.3.3", "A page may read the fields that it needs.")
def _exposed(probe: Probe) -> None:
    answer = probe.send(probe.reader(origin=_origin(probe)))
    needed = {"etag", "location", "retry-after", "ratelimit", "ratelimit-policy", "deprecation", "sunset", "link"}
    missing = (needed & answer.fields.keys()) - _names(answer, "access-control-expose-headers")
    if missing:
        raise Failed(f"{', '.join(sorted(missing))} can't be read")


def _operations(service: Service) -> Iterator[tuple[str, GoodRequest]]:
    yield from service.requests.items()


@HEADERS.check(
    "cors-preflight",
    "must",
    "Fetch section 4.8",
    "A preflight allows a page of an allowed origin the operation's method and fields.",
    cases=_operations,
)
def _preflight_allowed(probe: Probe, case: GoodRequest) -> None:
    origin = _origin(probe)
    answer = probe.send(_preflight(probe, case, origin))
    if not 200 <= answer.status < 300 or answer.fields.get("access-control-allow-origin") != origin:
        raise Failed(
            f"got {answer.status} with {answer.fields.get('access-control-allow-origin', 'no origin')} allowed"
        )
    methods, fields = _names(answer, "access-control-allow-methods"), _names(answer, "access-control-allow-headers")
    if case.operation.method.lower() not in methods:
        raise Failed(f"{case.operation.method} is not among the methods")
    if not _sent(case) <= fields:
        raise Failed(f"{', '.join(sorted(_sent(case) - fields))} may not be sent")


@HEADERS.check("cors-methods", "house", "Fetch section 3.3.3", "A preflight allows no method that the path lacks.")
def _methods(probe: Probe) -> None:
    request = probe.service.reading()
    answer = probe.send(_preflight(probe, request, _origin(probe)))
    has = {o.method.lower() for o in probe.service.contract.operations if o.path == request.operation.path}
    more = _names(answer, "access-control-allow-methods") - has - {"head", "options"}
    if more:
        raise Failed(f"{', '.join(sorted(more)).upper()} is allowed")
