"""Do URLs that callers supply lead nowhere but to the public internet?"""

from __future__ import annotations

from collections.abc import Iterator

from paviour.verify.service import Service
from tests.conformance.checks.registry import OUTBOUND
from tests.conformance.surroundings import BenchProbe, expect, status
from tests.support.sink import sinking

_OWASP = "OWASP API Security Top 10 (2023), API7"


def _local(_: Service) -> Iterator[tuple[str, str]]:
    """Forms of the address at which something listens."""
    yield "loopback", "127.0.0.1"
    yield "name", "localhost"
    yield "name-with-dot", "localhost."
    yield "name-in-capitals", "LOCALHOST"
    yield "decimal", "2130706433"
    yield "octal", "0177.0.0.1"
    yield "hexadecimal", "0x7f.0.0.1"
    yield "hexadecimal-whole", "0x7f000001"
    yield "short", "127.1"
    yield "zero", "0.0.0.0"  # noqa: S104 - it is called, nothing listens there
    yield "zero-short", "0"
    yield "mapped", "[::ffff:127.0.0.1]"
    yield "mapped-hexadecimal", "[::ffff:7f00:1]"
    yield "user-info", "example.com@127.0.0.1"
    yield "wide", "\uff11\uff12\uff17.0.0.1"
    yield "ideographic-stop", "127\u30020\u30020\u30021"


@OUTBOUND.check(
    "guard-local",
    "house",
    _OWASP,
    "A URL of the service's own host is refused as a fault of the caller's, however it is written, and not called.",
    cases=_local,
)
def _local_host(probe: BenchProbe, case: str) -> None:
    with sinking() as sink:
        port = sink.url.rpartition(":")[2]
        answer = probe.send(probe.message("callHook", {"url": f"http://{case}:{port}/"}))
        expect(not sink.requests, "the service called its own host")
        # 503, where such a name has no address.
        status(answer, 400, 422, 503)


def _private(_: Service) -> Iterator[tuple[str, str]]:
    for host in (
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "169.254.170.2",
        "168.63.129.16",
        "192.0.0.192",
        "224.0.0.1",
        "255.255.255.255",
        "2852039166",
        "[::1]",
        "[::]",
        "[fe80::1]",
        "[fc00::1]",
        "[fd00:ec2::254]",
        "[ff02::1]",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::a9fe:a9fe]",
        "[2002:7f00:1::]",
    ):
        yield host.strip("[]"), f"http://{host}/latest/meta-data/"


@OUTBOUND.check(
    "guard-private",
    "house",
    _OWASP,
    "A URL of an address that is private, link-local, multicast or a metadata server's is refused with 400 or 422.",
    cases=_private,
)
def _private_address(probe: BenchProbe, case: str) -> None:
    status(probe.send(probe.message("callHook", {"url": case})), 400, 422)


def _schemes(_: Service) -> Iterator[tuple[str, str]]:
    yield "file", "file:///etc/passwd"
    yield "ftp", "ftp://example.com/"
    yield "gopher", "gopher://127.0.0.1:6379/_INFO"
    yield "none", "//example.com/"
    yield "relative", "/health/live"
    yield "empty", ""
    yield "no-host", "http:///"
    yield "control", "http://example.com/\r\nX-Injected: 1"


@OUTBOUND.check("guard-scheme", "house", _OWASP, "What is no URL of HTTP is refused with 400 or 422.", cases=_schemes)
def _scheme(probe: BenchProbe, case: str) -> None:
    status(probe.send(probe.message("callHook", {"url": case})), 400, 422)
