"""W3C Trace Context, levels 1 and 2: what comes in with a request, and what goes out with the calls made for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

from paviour.verify.message import Fields
from paviour.verify.service import Service
from tests.conformance.checks.registry import TELEMETRY
from tests.conformance.surroundings import BenchProbe, expect, status
from tests.support.sink import Received, sinking

_TRACE, _PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
_KEY_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789_-*/"
_VALUE_CHARACTERS = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) not in ",=")
_Cases: TypeAlias = Iterator[tuple[str, Fields]]


def _of(version: str = "00", trace: str = _TRACE, parent: str = _PARENT, flags: str = "01", rest: str = "") -> str:
    return f"{version}-{trace}-{parent}-{flags}{rest}"


def _propagated(probe: BenchProbe, fields: Fields, calls: int = 1) -> list[Received]:
    """The calls that the service makes for a request with these fields."""
    with sinking() as sink:
        body = [{"url": f"{sink.url}/{number}", "arguments": []} for number in range(calls)]
        status(probe.send(probe.message("propagate", body).adding(*fields)), 204)
        expect(len(sink.requests) == calls, f"expected {calls} calls, got {len(sink.requests)}")
        return sink.requests


def _parts(call: Received) -> tuple[str, str, str]:
    """Trace id, parent id and flags of a call."""
    found = re.fullmatch("00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})", call["traceparent"])
    if found is None or not int(found[1], 16) or not int(found[2], 16):
        expect(False, f"the call has no good traceparent: {call.all('traceparent')}")
        raise AssertionError
    return found[1], found[2], found[3]


def _continued(_: Service) -> _Cases:
    yield "sampled", (("traceparent", _of()),)
    yield "not-sampled", (("traceparent", _of(flags="00")),)
    yield "name-in-mixed-case", (("TraceParent", _of()),)
    yield "name-in-upper-case", (("TRACEPARENT", _of()),)
    yield "space-before", (("traceparent", " " + _of()),)
    yield "tab-before", (("traceparent", "\t" + _of()),)
    yield "space-after", (("traceparent", _of() + " "),)
    yield "tab-after", (("traceparent", _of() + "\t"),)
    yield "future-version", (("traceparent", _of("cc")),)
    yield "future-version-with-more", (("traceparent", _of("cc", rest="-what-comes-next")),)
    yield "future-version-with-empty-rest", (("traceparent", _of("01", rest="-")),)
    yield "future-flags", (("traceparent", _of(flags="ff")),)


@TELEMETRY.check(
    "trace-continued",
    "must",
    "W3C Trace Context section 4.3",
    "A trace that comes in goes on in the calls, each with a parent id of its own.",
    cases=_continued,
)
def _goes_on(probe: BenchProbe, case: Fields) -> None:
    [call] = _propagated(probe, case)
    trace, parent, _ = _parts(call)
    expect(trace == _TRACE, "the trace was begun anew")
    expect(parent != _PARENT, "the call has the caller's parent id")


def _restarted(_: Service) -> _Cases:
    yield "none", ()
    yield "two", (("traceparent", _of()), ("traceparent", _of(trace="1" * 32)))
    yield "two-alike", (("traceparent", _of()), ("traceparent", _of()))
    for name, value in (
        ("empty", ""),
        ("two-in-one-field", f"{_of()},{_of()}"),
        ("version-00-with-more", _of(rest="-more")),
        ("version-00-with-hyphen", _of(rest="-")),
        ("version-00-with-dot", _of(rest=".")),
        ("future-version-with-dot", _of("cc", rest=".more")),
        ("future-version-without-flags", f"cc-{_TRACE}-{_PARENT}"),
        ("version-ff", _of("ff")),
        ("version-dot", _of(".0")),
        ("version-in-upper-case", _of("CC")),
        ("version-too-long", _of("000")),
        ("version-too-short", _of("0")),
        ("trace-id-zero", _of(trace="0" * 32)),
        ("trace-id-dot", _of(trace="." + _TRACE[1:])),
        ("trace-id-in-upper-case", _of(trace=_TRACE.upper())),
        ("trace-id-too-long", _of(trace=_TRACE + "1")),
        ("trace-id-too-short", _of(trace=_TRACE[:-1])),
        ("parent-id-zero", _of(parent="0" * 16)),
        ("parent-id-dot", _of(parent=_PARENT[:-1] + ".")),
        ("parent-id-in-upper-case", _of(parent=_PARENT.upper())),
        ("parent-id-too-long", _of(parent=_PARENT + "1")),
        ("parent-id-too-short", _of(parent=_PARENT[:-1])),
        ("flags-dot", _of(flags=".0")),
        ("flags-in-upper-case", _of(flags="0A")),
        ("flags-too-long", _of(flags="001")),
        ("flags-too-short", _of(flags="1")),
        ("underscores", _of().replace("-", "_")),
        ("white-space-within", _of().replace("-", " - ")),
        ("no-ascii", _of(trace="\u00b2" + _TRACE[1:])),
    ):
        yield name, (("traceparent", value),)
    yield "name-with-hyphen", (("trace-parent", _of()),)
    yield "name-with-dot", (("trace.parent", _of()),)


@TELEMETRY.check(
    "trace-restarted",
    "must",
    "W3C Trace Context section 3.2.2",
    "What is no `traceparent` begins a new trace, and its `tracestate` is dropped.",
    cases=_restarted,
)
def _begins_anew(probe: BenchProbe, case: Fields) -> None:
    [call] = _propagated(probe, (*case, ("tracestate", "foo=1")))
    trace, parent, _ = _parts(call)
    expect(trace not in (_TRACE, "1" * 32), "the trace goes on")
    expect(parent != _PARENT, "the call has the caller's parent id")
    expect(not call.all("tracestate"), "the tracestate goes on without its trace")


def _members(first: int, last: int) -> str:
    return ",".join(f"m{number}={number}" for number in range(first, last + 1))


def _states(_: Service) -> Iterator[tuple[str, tuple[tuple[str, ...], str]]]:
    """The fields in the order they come, and the list that goes on."""
    long = f"a={'x' * 253},b={'x' * 254}"
    tenant = f"{'t' * 241}@{'v' * 14}=1"
    for name, *fields in (
        ("one-member", "foo=1"),
        ("order", "foo=1,bar=2"),
        ("all-characters-of-a-key", f"{_KEY_CHARACTERS}=1"),
        ("all-characters-of-a-value", f"foo={_VALUE_CHARACTERS}"),
        ("system", "tenant@system=1"),
        ("tenant-with-digit", "1t@v=1"),
        ("space-in-value", "foo= 1 2"),
        ("32-members", _members(1, 32)),
        ("key-of-256", f"{'z' * 256}=1"),
        ("tenant-of-241", tenant),
        ("value-of-256", f"foo={'x' * 256}"),
        ("512-characters", long),
    ):
        yield name, (tuple(fields), fields[0])
    yield "several-fields", (("a=1,b=2", "c=3", "d=4"), "a=1,b=2,c=3,d=4")
    yield "empty-field-before", (("", "foo=1"), "foo=1")
    yield "empty-field-after", (("foo=1", ""), "foo=1")
    yield "empty-member", (("foo=1,,bar=2",), "foo=1,bar=2")
    yield "empty-members-around", ((",foo=1, \t,",), "foo=1")
    yield "white-space", (("foo=1 \t , \t bar=2,\t \tbaz=3",), "foo=1,bar=2,baz=3")
    yield "32-members-in-fields", ((_members(1, 20), _members(21, 32)), _members(1, 32))


@TELEMETRY.check(
    "state-kept",
    "should",
    "W3C Trace Context section 3.3",
    "A `tracestate` goes on, in its order and in one field.",
    cases=_states,
)
def _state_kept(probe: BenchProbe, case: tuple[tuple[str, ...], str]) -> None:
    fields, kept = case
    [call] = _propagated(probe, (("traceparent", _of()), *(("tracestate", field) for field in fields)))
    expect(_parts(call)[0] == _TRACE, "the trace was begun anew")
    expect(call.all("tracestate") == [kept], f"the tracestate that goes on is {call.all('tracestate')}")


def _bad_states(_: Service) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, *fields in (
        ("key-twice", "foo=1,foo=1"),
        ("key-twice-with-two-values", "foo=1,foo=2"),
        ("key-in-two-fields", "foo=1", "foo=2"),
        ("space-after-key", "foo =1"),
        ("key-in-upper-case", "FOO=1"),
        ("key-with-dot", "foo.bar=1"),
        ("no-key", "=1,bar=2"),
        ("no-equals-sign", "foo,bar=2"),
        ("no-system", "foo@=1,bar=2"),
        ("no-tenant", "@foo=1,bar=2"),
        ("two-at-signs", "foo@@bar=1,bar=2"),
        ("two-systems", "foo@bar@baz=1,bar=2"),
        ("equals-sign-in-value", "foo=bar=baz"),
        ("no-value", "foo=,bar=3"),
        ("tab-in-value", "foo=a\tb"),
        ("no-ascii", "foo=\u00e9"),
        ("33-members", _members(1, 20), _members(21, 33)),
        ("key-of-257", "foo=1", f"{'z' * 257}=1"),
        ("tenant-of-242", "foo=1", f"{'t' * 242}@v=1"),
        ("system-of-15", "foo=1", f"t@{'v' * 15}=1"),
        ("value-of-257", f"bar=1,foo={'x' * 257}"),
    ):
        yield name, tuple(fields)


@TELEMETRY.check(
    "state-dropped",
    "must",
    "W3C Trace Context section 3.3.1",
    "A `tracestate` that is none is dropped whole; its trace goes on.",
    cases=_bad_states,
)
def _state_dropped(probe: BenchProbe, case: tuple[str, ...]) -> None:
    [call] = _propagated(probe, (("traceparent", _of()), *(("tracestate", field) for field in case)))
    expect(_parts(call)[0] == _TRACE, "the trace was begun anew")
    expect(not call.all("tracestate"), f"the tracestate that goes on is {call.all('tracestate')}")


def _flags(_: Service) -> Iterator[tuple[str, tuple[str, str]]]:
    return ((given, (given, kept)) for given, kept in zip(
        ("00", "01", "02", "03", "fc", "ff"), ("00", "01", "02", "03", "00", "03"), strict=True
    ))  # fmt: skip


@TELEMETRY.check(
    "trace-flags",
    "must",
    "W3C Trace Context Level 2 section 3.2.2.5",
    "The flags that are defined, sampled and random, are kept, and all others cleared.",
    cases=_flags,
)
def _known_flags(probe: BenchProbe, case: tuple[str, str]) -> None:
    given, kept = case
    [call] = _propagated(probe, (("traceparent", _of(flags=given)),))
    flags = _parts(call)[2]
    expect(flags == kept, f"of the flags {given} there goes on {flags}")


@TELEMETRY.check(
    "trace-random",
    "must",
    "W3C Trace Context Level 2 section 4.5",
    "A trace that begins here has a random id, and says so.",
)
def _random(probe: BenchProbe) -> None:
    begun = [_parts(_propagated(probe, ())[0]) for _ in range(8)]
    expect(all(int(flags, 16) & 2 for _, _, flags in begun), "the flag for a random id is not set")
    expect(len({trace[-14:] for trace, _, _ in begun}) == 8, "the last 7 bytes of the id are not random")


@TELEMETRY.check(
    "trace-siblings",
    "must",
    "W3C Trace Context section 3.2.2.4",
    "All calls of a request are of one trace, each with a parent id of its own.",
)
def _siblings(probe: BenchProbe) -> None:
    for fields in ((("traceparent", _of()),), (("traceparent", _of(trace="0" * 32)),), ()):
        calls = [_parts(call) for call in _propagated(probe, fields, calls=3)]
        expect(len({trace for trace, _, _ in calls}) == 1, "the calls are of several traces")
        expect(len({parent for _, parent, _ in calls}) == 3, "two calls have the same parent id")
