"""Is it clear to everybody on the way where each request begins and ends (RFC 9112, section 11.2)?"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from paviour.verify.message import Message
from paviour.verify.registry import Failed, Group, Level
from paviour.verify.service import Probe

HTTP = Group("http")


def _with_head(probe: Probe, *, replacing: tuple[bytes, bytes], body: bytes = b"") -> bytes:
    """The good GET request with one part of its head written differently."""
    old, new = replacing
    head = probe.reader().head()
    if old not in head:
        raise ValueError(f"the request has no {old!r}")
    return head.replace(old, new, 1) + body


# Two readings of the length


def _ambiguous(probe: Probe, fields: tuple[tuple[str, str], ...], body: bytes) -> None:
    message = probe.writer().without("Content-Length")
    probe.refused(message.adding(*fields).head() + body, 400, 501)


_CHUNKED = b"2\r\n{}\r\n0\r\n\r\n"
_LENGTHS: tuple[tuple[str, Level, str, str, tuple[tuple[str, str], ...], bytes], ...] = (
    (
        "length-and-chunked",
        "should",
        "6.1",
        "`Content-Length` beside `Transfer-Encoding`",
        (("Content-Length", "2"), ("Transfer-Encoding", "chunked")),
        _CHUNKED,
    ),
    (
        "two-lengths",
        "must",
        "6.3",
        "Two `Content-Length` that differ",
        (("Content-Length", "2"), ("Content-Length", "9")),
        b"{}",
    ),
    ("list-of-lengths", "must", "6.3", "A `Content-Length` of two numbers", (("Content-Length", "2, 9"),), b"{}"),
    ("negative-length", "must", "6.3", "A negative `Content-Length`", (("Content-Length", "-2"),), b"{}"),
    ("signed-length", "must", "6.3", "A `Content-Length` with a sign", (("Content-Length", "+2"),), b"{}"),
    ("hexadecimal-length", "must", "6.3", "A hexadecimal `Content-Length`", (("Content-Length", "0x2"),), b"{}"),
    ("huge-length", "must", "6.3", "A `Content-Length` beyond 64 bits", (("Content-Length", "9" * 30),), b"{}"),
    (
        "unknown-coding",
        "must",
        "6.3",
        "A last transfer coding that is not chunked",
        (("Transfer-Encoding", "x"),),
        b"{}",
    ),
    (
        "chunked-not-last",
        "must",
        "6.3",
        "Chunked before another coding",
        (("Transfer-Encoding", "chunked, identity"),),
        _CHUNKED,
    ),
    ("other-coding", "should", "6.1", "A coding before chunked", (("Transfer-Encoding", "gzip, chunked"),), _CHUNKED),
    ("chunked-twice", "must", "6.1", "Chunked applied twice", (("Transfer-Encoding", "chunked, chunked"),), _CHUNKED),
    (
        "disguised-chunked",
        "must",
        "6.3",
        "A coding that only looks like chunked",
        (("Transfer-Encoding", "\x0bchunked"),),
        _CHUNKED,
    ),
    (
        "chunk-size",
        "must",
        "7.1",
        "A chunk size that is no number",
        (("Transfer-Encoding", "chunked"),),
        b"zz\r\n{}\r\n0\r\n\r\n",
    ),
    (
        "chunk-size-signed",
        "must",
        "7.1",
        "A chunk size with a sign",
        (("Transfer-Encoding", "chunked"),),
        b"-2\r\n{}\r\n0\r\n\r\n",
    ),
    (
        "chunk-size-overflow",
        "must",
        "7.1",
        "A chunk size beyond 64 bits",
        (("Transfer-Encoding", "chunked"),),
        b"10000000000000002\r\n{}\r\n0\r\n\r\n",
    ),
    (
        "chunk-end",
        "must",
        "7.1",
        "A chunk that is longer than its size",
        (("Transfer-Encoding", "chunked"),),
        b"1\r\n{}\r\n0\r\n\r\n",
    ),
)

for _name, _level, _section, _what, _fields, _body in _LENGTHS:
    HTTP.add(
        f"framing-{_name}",
        _level,
        f"RFC 9112 section {_section}",
        f"{_what} is refused with 400.",
        partial(_ambiguous, fields=_fields, body=_body),
    )


# A head that is none


def _malformed(probe: Probe, replacing: tuple[bytes, bytes], statuses: tuple[int, ...]) -> None:
    probe.refused(_with_head(probe, replacing=replacing), *statuses)


_HEADS: tuple[tuple[str, Level, str, str, tuple[bytes, bytes], tuple[int, ...]], ...] = (
    ("space-before-colon", "must", "9112 section 5.1", "A space before a field's colon", (b"Host:", b"Host :"), (400,)),
    (
        "field-without-colon",
        "must",
        "9112 section 5",
        "A field without a colon",
        (b"Host:", b"X-None\r\nHost:"),
        (400,),
    ),
    ("field-without-name", "must", "9112 section 5", "A field without a name", (b"Host:", b": none\r\nHost:"), (400,)),
    (
        "field-name",
        "must",
        "9110 section 5.1",
        "A field name that is no token",
        (b"Host:", b"X(1): 1\r\nHost:"),
        (400,),
    ),
    (
        "first-field-folded",
        "must",
        "9112 section 2.2",
        "A space before the first field",
        (b"\r\nHost:", b"\r\n Host:"),
        (400,),
    ),
    ("nul", "must", "9110 section 5.5", "A NUL in a field", (b"Host:", b"X-Nul: a\0b\r\nHost:"), (400,)),
    ("bare-cr", "must", "9112 section 2.2", "A CR without LF in a field", (b"Host:", b"X-Cr: a\rb\r\nHost:"), (400,)),
    ("method", "must", "9110 section 9.1", "A method that is no token", (b"GET ", b"G@T( "), (400, 501)),
    ("version", "should", "9112 section 2.3", "A version that is none", (b"HTTP/1.1", b"HTTP/x.1"), (400, 505)),
    ("version-of-later", "should", "9110 section 15.6.6", "A version of later", (b"HTTP/1.1", b"HTTP/9.9"), (400, 505)),
    ("version-missing", "should", "9112 section 3", "A request line without version", (b" HTTP/1.1", b""), (400, 505)),
    (
        "space-in-target",
        "should",
        "9112 section 3.2",
        "A space in the target",
        (b" HTTP/1.1", b"?a b HTTP/1.1"),
        (400,),
    ),
    (
        "control-in-target",
        "should",
        "9112 section 3.2",
        "A control character in the target",
        (b" HTTP/1.1", b"?\x01 HTTP/1.1"),
        (400,),
    ),
    ("host-in-path", "must", "9112 section 3.2", "A target without a slash", (b"GET /", b"GET "), (400,)),
    (
        "target-fragment",
        "should",
        "9112 section 3.2",
        "A target with a fragment",
        (b" HTTP/1.1", b"#a HTTP/1.1"),
        (400,),
    ),
    (
        "target-without-host",
        "must",
        "9110 section 4.2.1",
        "A target in absolute form without a host",
        (b"GET ", b"GET http://"),
        (400,),
    ),
    (
        "target-with-user",
        "should",
        "9110 section 4.2.4",
        "A target with user information",
        (b"GET ", b"GET http://a:b@c"),
        (400,),
    ),
    (
        "target-of-other-scheme",
        "house",
        "9110 section 7.4",
        "A target of another scheme",
        (b"GET ", b"GET ftp://a"),
        (400, 404, 421),
    ),
    ("host-with-path", "must", "9112 section 3.2", "A `Host` that is none", (b"Host: ", b"Host: a/b?c@"), (400,)),
    ("host-with-space", "must", "9112 section 3.2", "A `Host` with a space in it", (b"Host: ", b"Host: a b"), (400,)),
)

for _name, _level, _section, _what, _replacing, _statuses in _HEADS:
    HTTP.add(
        f"head-{_name}",
        _level,
        f"RFC {_section}",
        f"{_what} is refused with {' or '.join(map(str, _statuses))}.",
        partial(_malformed, replacing=_replacing, statuses=_statuses),
    )


@HTTP.check("host-missing", "must", "RFC 9112 section 3.2", "A request without `Host` is refused with 400.")
def _host_missing(probe: Probe) -> None:
    probe.refused(probe.reader().without("Host"), 400)


@HTTP.check("host-twice", "must", "RFC 9112 section 3.2", "A request with two `Host` is refused with 400.")
def _host_twice(probe: Probe) -> None:
    probe.refused(probe.reader().adding(("Host", "elsewhere.example.com")), 400)


@HTTP.check("folded-field", "must", "RFC 9112 section 5.2", "A folded field is refused, or read as one line.")
def _folded_field(probe: Probe) -> None:
    answer = probe.send(_with_head(probe, replacing=(b"Host:", b"X-Folded: a\r\n b\r\nHost:")))
    if answer.status != 400 and answer.status >= 300:
        raise Failed(f"expected 400 or success, got {answer.status}")


@HTTP.check("field-whitespace", "must", "RFC 9112 section 5.1", "Whitespace around a field's value is no part of it.")
def _field_whitespace(probe: Probe) -> None:
    message = probe.reader()
    padded = tuple((name, f"\t{value} \t") for name, value in message.fields)
    probe.accepted(replace(message, fields=padded), probe.service.reading())


@HTTP.check("line-feeds", "house", "RFC 9112 section 2.2", "Lines that end in LF alone are refused or read, no more.")
def _line_feeds(probe: Probe) -> None:
    answer = probe.send(probe.reader().head().replace(b"\r\n", b"\n"))
    if answer.status != 400 and answer.status >= 300:
        raise Failed(f"expected 400 or success, got {answer.status}")


@HTTP.check("empty-line-before", "should", "RFC 9112 section 2.2", "An empty line before a request is ignored.")
def _empty_line_before(probe: Probe) -> None:
    answer = probe.send(b"\r\n" + probe.reader().head())
    if answer.status >= 400:
        raise Failed(f"expected success, got {answer.status}")


@HTTP.check("absolute-form", "must", "RFC 9112 section 3.2.2", "A target in absolute form is understood.")
def _absolute_form(probe: Probe) -> None:
    message = probe.reader()
    target = f"{probe.service.server.url}{message.target}"
    probe.accepted(Message(message.method, target, message.fields), probe.service.reading())


@HTTP.check("upgrade-offered", "must", "RFC 9110 section 7.8", "An upgrade that is only offered is not needed.")
def _upgrade_offered(probe: Probe) -> None:
    fields = {"connection": "close, Upgrade", "upgrade": "h2c"}
    probe.accepted(probe.reader(**fields), probe.service.reading())


@HTTP.check(
    "upgrade-with-content", "must", "RFC 9110 section 7.8", "A request that offers an upgrade is read with its content."
)
def _upgrade_with_content(probe: Probe) -> None:
    probe.accepted(probe.writer(connection="close, Upgrade", upgrade="h2c"), probe.service.writing())


@HTTP.check(
    "expectation-unknown",
    "house",
    "RFC 9110 section 10.1.1",
    "An expectation that nobody knows is left alone, or refused with 417.",
)
def _expectation_unknown(probe: Probe) -> None:
    answer = probe.send(probe.reader(expect="x-none"))
    if answer.status != 417 and answer.status >= 300:
        raise Failed(f"expected success or 417, got {answer.status}")


@HTTP.check("version-1-0", "must", "RFC 9110 section 2.5", "A request of HTTP/1.0 is served, `Host` or not.")
def _version_1_0(probe: Probe) -> None:
    answer = probe.send(probe.reader().without("Host").head().replace(b"HTTP/1.1", b"HTTP/1.0", 1))
    if answer.status >= 400:
        raise Failed(f"expected success, got {answer.status}")
