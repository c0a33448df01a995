"""Does a target lead to exactly one resource, and does each resource say which methods it has?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from urllib.parse import quote

from paviour.verify.registry import Failed, Group, Level, NotApplicable
from paviour.verify.requests import GoodRequest
from paviour.verify.service import Probe

HTTP = Group("http")


@HTTP.check("good-request", "must", "OpenAPI 3.1 section 4.8.10", "What the contract allows is accepted.")
def _good_request(probe: Probe) -> None:
    for request in (probe.service.reading(), probe.service.writing()):
        probe.accepted(probe.service.good(request), request)


# Targets


def _missing(probe: Probe, change: Callable[[str], str], statuses: tuple[int, ...]) -> None:
    message = probe.reader()
    path, _, query = message.target.partition("?")
    probe.refused(replace(message, target=change(path) + (f"?{query}" if query else "")), *statuses)


_PATHS: tuple[tuple[str, str, str, Callable[[str], str], tuple[int, ...]], ...] = (
    (
        "unknown",
        "RFC 9110 section 15.5.5",
        "A path that the contract does not have",
        lambda p: f"{p}/not/there",
        (404,),
    ),
    ("trailing-slash", "RFC 3986 section 6.2.3", "A slash at the end", lambda p: f"{p}/", (404,)),
    ("double-slash", "RFC 3986 section 3.3", "A slash twice", lambda p: f"/{p}", (404,)),
    ("encoded-slash", "RFC 3986 section 2.2", "A slash that is percent-encoded", lambda p: f"/%2F{p[1:]}", (404,)),
    ("other-case", "RFC 3986 section 6.2.2.1", "A path in capitals", str.upper, (404,)),
    ("dot-segments", "RFC 3986 section 6.2.2.3", "A path with dot segments", lambda p: f"/a/..{p}", (400, 404)),
    ("encoded-dots", "RFC 3986 section 6.2.2.3", "Encoded dot segments", lambda p: f"/a/%2e%2e{p}", (400, 404)),
    ("backslash", "RFC 3986 section 3.3", "A backslash for a slash", lambda p: f"\\{p[1:]}", (400, 404)),
    ("parameters", "RFC 3986 section 3.3", "A path with a `;` behind it", lambda p: f"{p};a=b", (404,)),
    ("bad-escape", "RFC 3986 section 2.1", "A percent sign without digits", lambda p: f"{p}/%zz", (400, 404)),
)

for _name, _standard, _what, _change, _statuses in _PATHS:
    HTTP.add(
        f"path-{_name}",
        "house",
        _standard,
        f"{_what} leads nowhere: {' or '.join(map(str, _statuses))}.",
        partial(_missing, change=_change, statuses=_statuses),
    )


@HTTP.check("path-encoded-letter", "must", "RFC 3986 section 6.2.2.2", "A letter may be percent-encoded.")
def _encoded_letter(probe: Probe) -> None:
    message = probe.reader()
    at = len(probe.service.server.path) + 1
    target = f"{message.target[:at]}%{ord(message.target[at]):02X}{message.target[at + 1 :]}"
    probe.accepted(replace(message, target=target), probe.service.reading())


def _broken(probe: Probe, segment: str) -> None:
    """A path parameter's text that is none."""
    request = _with_path_parameter(probe)
    whole = probe.service.good(request)
    start, end = request.operation.path.split("{", 1)[0], request.operation.path.rsplit("}", 1)[1]
    target = f"{probe.service.server.path}{start}{segment}{end}"
    probe.refused(replace(whole, target=target), 400)


for _name, _segment, _what in (
    ("bad-escape", "%zz", "A percent sign without digits"),
    ("invalid-utf-8", "%ff", "An escape that is no UTF-8"),
    ("overlong-utf-8", "%c0%af", "An overlong form of UTF-8"),
    ("nul", "%00", "A NUL"),
):
    HTTP.add(
        f"path-parameter-{_name}",
        "house",
        "RFC 3986 section 2.1",
        f"{_what} in a path parameter is refused with 400.",
        partial(_broken, segment=_segment),
    )


def _query(probe: Probe, make: Callable[[str, str], str], statuses: tuple[int, ...]) -> None:
    request = probe.service.reading()
    single = [(name, value) for name, value in request.samples.get("query", {}).items() if isinstance(value, str)]
    if not single:
        raise NotApplicable("the operation has no query parameter of text")
    name, value = single[0]
    message = probe.service.good(request)
    kept = [pair for pair in message.target.partition("?")[2].split("&") if pair and not pair.startswith(f"{name}=")]
    query = "&".join([*kept, make(name, quote(value, safe=""))])
    probe.refused(replace(message, target=f"{message.target.partition('?')[0]}?{query}"), *statuses)


for _name, _what, _make, _statuses in (
    ("bad-escape", "A percent sign without digits", lambda name, _: f"{name}=%zz", (400,)),
    ("invalid-utf-8", "An escape that is no UTF-8", lambda name, _: f"{name}=%ff", (400,)),
    ("nul", "A NUL", lambda name, _: f"{name}=%00", (400, 422)),
    ("twice", "A parameter that is given twice", lambda name, value: f"{name}={value}&{name}={value}", (400, 422)),
):
    HTTP.add(
        f"query-{_name}",
        "house",
        "RFC 3986 section 3.4",
        f"{_what} in the query is refused with {' or '.join(map(str, _statuses))}.",
        partial(_query, make=_make, statuses=_statuses),
    )


# Methods


@HTTP.check(
    "method-not-allowed", "must", "RFC 9110 section 15.5.6", "A method that is not there gets 405 with `Allow`."
)
def _method_not_allowed(probe: Probe) -> None:
    request = probe.service.reading()
    missing = next(method for method in ("DELETE", "PATCH", "PUT") if method not in _methods(probe, request))
    answer = probe.refused(replace(probe.service.good(request), method=missing), 405)
    allowed = {method.strip() for method in answer.fields.get("allow", "").split(",")}
    if not _methods(probe, request) <= allowed or missing in allowed:
        raise Failed(f"Allow is {answer.fields.get('allow', 'missing')}")


@HTTP.check("method-options", "house", "RFC 9110 section 9.3.7", "OPTIONS succeeds and says what is allowed.")
def _method_options(probe: Probe) -> None:
    request = probe.service.reading()
    answer = probe.send(replace(probe.service.good(request), method="OPTIONS"))
    if answer.status not in (200, 204) or not _methods(probe, request) <= set(
        answer.fields.get("allow", "").replace(" ", "").split(",")
    ):
        raise Failed(f"expected 204 with Allow, got {answer.status}")


@HTTP.check("method-head", "must", "RFC 9110 section 9.1", "HEAD is served as GET is, without the content.")
def _method_head(probe: Probe) -> None:
    message = probe.reader()
    expected = probe.send(message)
    answer = probe.send(replace(message, method="HEAD"))
    if answer.status != expected.status:
        raise Failed(f"GET got {expected.status} and HEAD {answer.status}")


def _other_method(probe: Probe, method: str, statuses: tuple[int, ...]) -> None:
    probe.refused(replace(probe.reader(), method=method), *statuses)


_METHODS: tuple[tuple[str, Level, str, tuple[int, ...], str], ...] = (
    ("trace", "house", "TRACE", (405,), "TRACE, which shows a request to whoever asks,"),
    ("unknown", "should", "BREW", (400, 405, 501), "A method nobody knows"),
    ("lower-case", "must", "get", (400, 405, 501), "`get`, which is not GET,"),
    ("connect", "house", "CONNECT", (400, 405, 501), "CONNECT"),
)

for _name, _level, _method, _statuses, _what in _METHODS:
    HTTP.add(
        f"method-{_name}",
        _level,
        "RFC 9110 section 9.1",
        f"{_what} is refused with {' or '.join(map(str, _statuses))}.",
        partial(_other_method, method=_method, statuses=_statuses),
    )


@HTTP.check("method-override", "house", "RFC 9110 section 9.2.1", "A field does not turn one method into another.")
def _method_override(probe: Probe) -> None:
    probe.accepted(probe.reader(x_http_method_override="DELETE"), probe.service.reading())


def _methods(probe: Probe, request: GoodRequest) -> set[str]:
    return {o.method for o in probe.service.contract.operations if o.path == request.operation.path}


def _with_path_parameter(probe: Probe) -> GoodRequest:
    for request in probe.service.requests.values():
        if request.operation.path.count("{") == 1 and request.flaw is None and request.operation.method == "GET":
            return request
    raise NotApplicable("the contract has no GET operation with one path parameter")
