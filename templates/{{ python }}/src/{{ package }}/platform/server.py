"""The HTTP server: uvicorn, whose own refusals are problems too, and which stops without losing a request."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import secrets
import signal
from collections.abc import Iterator
from functools import partial
from http import HTTPStatus
from types import FrameType
from typing import Any

import httptools
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .lifecycle import Lifecycle
from .problems import MEDIA_TYPE, HeadersTooLarge, MalformedRequest, Problem, RequestTimeout, UriTooLong
from .settings import PlatformSettings

MAX_TARGET_BYTES = 8192
MAX_HEADER_BYTES = 32_768
MAX_FIELDS = 1000
HEADER_SECONDS = 10.0
# RFC 3986, section 3.2.2, with a port; empty where the target has no authority.
_HOST = re.compile(rb"(?:\[[0-9A-Fa-f:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)(?::[0-9]*)?", re.ASCII)
# RFC 9112, section 3.2.2: what is behind the host is a target in origin form, or its path is empty.
_ABSOLUTE = re.compile(rb"https?://([^/?]+)(.*)", re.ASCII | re.DOTALL | re.IGNORECASE)
_LOGGER = logging.getLogger(__name__)


class Protocol(HttpToolsProtocol):
    """HTTP/1.1 with bounds on the head of a request, and problems where uvicorn answers by itself."""

    def __init__(self, *args: Any, lifecycle: Lifecycle, **options: Any) -> None:
        super().__init__(*args, **options)
        self._lifecycle = lifecycle
        self._refusal: Problem = MalformedRequest()
        self._in_head = True
        self._head_bytes = 0
        self._field_bytes = 0
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._begin_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._refusal = MalformedRequest("This is not an HTTP/1.1 request (RFC 9112).")
        self._unset_keepalive_if_required()
        try:
            self._feed(data)
        except httptools.HttpParserError:
            self._refuse(self._refusal)
            return
        # A field that never ends reaches no callback, so the bytes of an unfinished head are counted here.
        if self._in_head and not self.transport.is_closing():
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEADER_BYTES + MAX_TARGET_BYTES:
                self._refuse(_headers_too_large())

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._begin_head()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > MAX_TARGET_BYTES:
            self._fail(UriTooLong(f"A request target may have {MAX_TARGET_BYTES} bytes."))

    def on_header(self, name: bytes, value: bytes) -> None:
        # The parser leaves the whitespace behind a value, which is no part of it (RFC 9112, section 5.1).
        super().on_header(name, value.rstrip(b" \t"))
        self._field_bytes += len(name) + len(value)
        if self._field_bytes > MAX_HEADER_BYTES or len(self.headers) > MAX_FIELDS:
            self._fail(_headers_too_large())

    def on_headers_complete(self) -> None:
        self._stop_timer()
        self._in_head, self._head_bytes = False, 0
        version = self.parser.get_http_version()
        if version not in ("1.0", "1.1") or self.parser.get_method() == b"CONNECT":
            self._fail(MalformedRequest("This is not an HTTP/1.1 request (RFC 9112)."))
        if self.parser.should_upgrade():
            return
        self._check_fields(version)
        self._check_target()
        if version == "1.0":
            self.expect_100_continue = False  # RFC 9110, section 10.1.1
        super().on_headers_complete()
        if self._lifecycle.stopping:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        if not self.parser.should_upgrade():
            super().on_message_complete()

    def _feed(self, data: bytes) -> None:
        """Parse, and ignore what upgrade is offered (RFC 9110, section 7.8).

        The parser takes an offer for the end of HTTP on this connection, and a body for what comes after it. So another
        one is told the head again, without the offer.
        """
        rest = memoryview(data)
        while rest:
            try:
                self.parser.feed_data(rest)
            except httptools.HttpParserUpgrade as offered:
                head = self._head_without_offer()
                self.parser = httptools.HttpRequestParser(self)
                # As uvicorn has it: what comes after the last request is no reason not to answer it.
                self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
                self.parser.feed_data(head)
                rest = rest[offered.args[0] :]
            else:
                return

    def _head_without_offer(self) -> bytes:
        line = b"%s %s HTTP/%s\r\n" % (self.parser.get_method(), self.url, self.parser.get_http_version().encode())
        kept = (b"%s: %s\r\n" % (name, value) for name, value in self.headers if name != b"upgrade")
        return b"".join((line, *kept, b"\r\n"))

    def _check_fields(self, version: str) -> None:
        hosts = [value for name, value in self.headers if name == b"host"]
        if len(hosts) > 1 or (not hosts and version == "1.1"):
            self._fail(MalformedRequest("A request has one Host field (RFC 9112, section 3.2)."))
        if hosts and not _HOST.fullmatch(hosts[0]):
            self._fail(MalformedRequest("The Host field names no host (RFC 9110, section 7.2)."))
        if any(name == b"transfer-encoding" and value.lower() != b"chunked" for name, value in self.headers):
            self._fail(MalformedRequest("The only transfer coding is chunked (RFC 9112, section 6.1)."))

    def _check_target(self) -> None:
        """Bring the target into origin form (RFC 9112, section 3.2)."""
        absolute = _ABSOLUTE.fullmatch(self.url)
        if absolute and _HOST.fullmatch(absolute[1]):
            self.url = absolute[2] if absolute[2].startswith(b"/") else b"/" + absolute[2]
        if not self.url.startswith((b"/", b"*")) or b"#" in self.url:
            self._fail(MalformedRequest("The request target is none (RFC 9112, section 3.2)."))

    def _begin_head(self) -> None:
        self._stop_timer()
        self._in_head, self._head_bytes, self._field_bytes = True, 0, 0
        self._head_timer = self.loop.call_later(HEADER_SECONDS, self._head_late)

    def _head_late(self) -> None:
        if self._in_head and not self.transport.is_closing():
            self._refuse(RequestTimeout())

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _fail(self, problem: Problem) -> None:
        self._refusal = problem
        raise problem

    def _refuse(self, problem: Problem) -> None:
        """Answer outside of the application, and close: what follows on the connection can't be trusted."""
        trace_id = secrets.token_hex(16)
        _LOGGER.info("A request was refused by the server: %s (%s)", problem.slug, trace_id)
        content = problem.content(trace_id)
        status = HTTPStatus(problem.status)
        fields = [(name.decode(), value.decode()) for name, value in self.server_state.default_headers]
        fields += [("content-type", MEDIA_TYPE), ("content-length", str(len(content)))]
        fields += [("cache-control", "no-store"), ("connection", "close")]
        head = "".join(f"{name}: {value}\r\n" for name, value in fields)
        self.transport.write(f"HTTP/1.1 {status.value} {status.phrase}\r\n{head}\r\n".encode() + content)
        self.transport.close()


def _headers_too_large() -> HeadersTooLarge:
    return HeadersTooLarge(f"There may be {MAX_FIELDS} header fields of {MAX_HEADER_BYTES} bytes in all.")


class Server(uvicorn.Server):
    """Stops in order: not ready, then, when the load balancer has had time to see it, closed and drained."""

    def __init__(self, config: uvicorn.Config, lifecycle: Lifecycle, announce_seconds: float) -> None:
        super().__init__(config)
        self._lifecycle = lifecycle
        self._announce_seconds = announce_seconds

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Unlike uvicorn's own, does not raise the signal again: a service that was told to stop has not failed."""
        signals = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in signals}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """SIGTERM stops after the announcement, SIGINT and a second signal at once."""
        again, self._lifecycle.stopping = self._lifecycle.stopping, True
        if sig == signal.SIGINT or again:
            self.should_exit = True
        else:
            loop = asyncio.get_running_loop()
            loop.call_soon_threadsafe(loop.call_later, self._announce_seconds, self._exit)

    def _exit(self) -> None:
        self.should_exit = True


def response_fields(settings: PlatformSettings) -> list[tuple[str, str]]:
    """What the head of every response has, whoever writes it: the handlers, the platform, or the server itself."""
    fields = [("X-Content-Type-Options", "nosniff")]
    if settings.app_env == "prod":
        # RFC 6797. A year; its sub-domains are not this service's to decide about.
        fields.append(("Strict-Transport-Security", "max-age=31536000"))
    return fields


def main(app: FastAPI, settings: PlatformSettings) -> None:
    """Serve until a signal says stop; what is still running `shutdown_grace_seconds` after it is cancelled."""
    lifecycle: Lifecycle = app.state.lifecycle
    announce_seconds = settings.shutdown_grace_seconds / 4
    protocol: Any = partial(Protocol, lifecycle=lifecycle)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=protocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        headers=response_fields(settings),
        proxy_headers=bool(settings.forwarded_allow_ips),
        forwarded_allow_ips=sorted(settings.forwarded_allow_ips),
        timeout_graceful_shutdown=max(1, int(settings.shutdown_grace_seconds - announce_seconds)),
    )
    Server(config, lifecycle, announce_seconds).run()
