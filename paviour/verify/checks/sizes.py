"""Does a caller that sends too much, or too slowly, cost only so much?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from paviour.verify.registry import Group
from paviour.verify.service import Probe
from paviour.verify.wire import TIMEOUT_SECONDS, Closed

LIMITS = Group("limits")
_PIECE = b"x" * 65_536
_MANY_PIECES = 256
"""16 MiB, which no JSON request needs."""


def _drip() -> Iterator[tuple[float, bytes]]:
    """A byte a second, for as long as an answer may take."""
    return ((1.0, b"x") for _ in range(int(TIMEOUT_SECONDS)))


@LIMITS.check(
    "slow-head", "house", "RFC 9110 section 15.5.9", f"A head that takes longer than {TIMEOUT_SECONDS:g} s is cut off."
)
def _slow_head(probe: Probe) -> None:
    try:
        probe.refused(probe.reader().head()[:-2] + b"X-Slow: ", 408, pieces=_drip())
    except Closed:
        return


@LIMITS.check(
    "slow-body", "house", "RFC 9110 section 15.5.9", f"A body that takes longer than {TIMEOUT_SECONDS:g} s is cut off."
)
def _slow_body(probe: Probe) -> None:
    try:
        probe.refused(probe.writer().having(content_length="1000").head() + b'{"', 408, pieces=_drip())
    except Closed:
        return


@LIMITS.check(
    "content-length-too-large",
    "house",
    "RFC 9110 section 15.5.14",
    "A `Content-Length` of a terabyte is refused with 413 before the body is sent.",
)
def _content_length_too_large(probe: Probe) -> None:
    probe.refused(probe.writer().having(content_length=str(2**40)).head(), 413)


@LIMITS.check(
    "chunked-too-large",
    "house",
    "RFC 9110 section 15.5.14",
    "A body of unknown length is refused with 413 before 16 MiB of it are sent.",
)
def _chunked_too_large(probe: Probe) -> None:
    chunk = b"%x\r\n%s\r\n" % (len(_PIECE), _PIECE)
    pieces = ((0.0, chunk if left else b"0\r\n\r\n") for left in range(_MANY_PIECES, -1, -1))
    head = probe.writer().without("Content-Length").adding(("Transfer-Encoding", "chunked")).head()
    probe.refused(head + b'1\r\n"\r\n', 413, pieces=pieces)


@LIMITS.check("target-too-long", "must", "RFC 9112 section 3", "A target that is too long is refused with 414.")
def _target_too_long(probe: Probe) -> None:
    message = probe.reader()
    probe.refused(replace(message, target=f"{message.target}?x={'x' * 65_536}"), 414)


@LIMITS.check("target-of-8000", "should", "RFC 9112 section 3", "A request line of 8000 bytes is read.")
def _target_of_8000(probe: Probe) -> None:
    request = probe.service.reading()
    message = probe.service.good(request)
    padding = "x" * (8000 - len(f"GET {message.target}?x= HTTP/1.1"))
    probe.accepted(replace(message, target=f"{message.target}?x={padding}"), request)


@LIMITS.check("field-too-large", "must", "RFC 9110 section 5.4", "A field of 128 KiB is refused with 431.")
def _field_too_large(probe: Probe) -> None:
    probe.refused(probe.reader(x_large="x" * 131_072), 431)


@LIMITS.check("fields-too-many", "must", "RFC 9110 section 5.4", "10 000 fields are refused with 431.")
def _fields_too_many(probe: Probe) -> None:
    probe.refused(probe.reader().adding(*((f"X-{number}", "x") for number in range(10_000))), 431)


@LIMITS.check("head-without-end", "must", "RFC 9110 section 5.4", "A line that never ends is refused with 431.")
def _head_without_end(probe: Probe) -> None:
    pieces = ((0.0, _PIECE) for _ in range(_MANY_PIECES))
    probe.refused(probe.reader().head()[:-2] + b"X-Endless: ", 431, pieces=pieces)
