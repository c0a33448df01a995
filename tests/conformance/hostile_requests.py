"""Requests that any service can be sent and that no schema makes: what one parser reads kindly, and another does not.

They are beside those of the checks in `paviour verify`. Each is all that is sent on a connection, and its last request
ends it. None is so large that its answer could be lost while it is still being sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from paviour.verify.message import Message
from paviour.verify.service import Service

_TARGETS: tuple[str, ...] = (
    # Asterisk and authority form, and absolute form with all that a URI may have
    "*", "example.com:443", "http://elsewhere.example{path}", "https://elsewhere.example{path}",
    "HTTP://ELSEWHERE.example{path}", "http://[::1]:80{path}", "http://elsewhere.example",
    "http://elsewhere.example?a=b",
    "http://a:b:c{path}", "http://a@b{path}", "http://{path}", "http:{path}", "http://a/not/there", "http://a{path}#b",
    "ftp://a{path}", "file:///etc/passwd", "mailto:a@b",
    # Delimiters
    "{path}#a", "{path}?a#b", "{path}%23a", "{path}%3Fa=b", "{path}?", "{path}??", "{path}?&&&", "{path};a=b",
    "/;a{path}",
    "{path}?a=b;c=d", "{path}?=", "{path}?=a", "{path}?a==b", "{path}?[]=1", "{path}?a[b]=1",
    # Slashes and dots
    "/", "//", "/{path}", "//a{path}", "{path}/", "{path}//", "{path}/.", "{path}/x/..", "/..{path}", "/.{path}",
    "{path}%2F", "{path}%2f", "{path}%5c", "{path}\\", "/%2e{path}", "/a/%2e%2e{path}",
    # Escapes and characters
    "{path}%", "{path}%2", "{path}%u0041", "{path}%c0%af", "{path}%ed%a0%80", "{path}%00", "{path}%20", "/%20{path}",
    "{path}+", "{path}\u00e9", "{path}\udce9", "{path}\x7f", "{path}?\x7f", "{path}?a=\u00e9", "{path}?a=\udce9",
    '{path}"<>|^`{{}}', '{path}?"<>|^`{{}}', "{path}?a\\b", "{path}?%zz=1", "{path}?x_none=%zz", "{path}?x_none=%ff",
    "{path}?%ff=1", "{path}?%00=1", "{path}?__proto__=1&constructor=2&__proto__[a]=b", "{path}?x_none=1",
    # The platform's own paths
    "/health/live", "/health/live/", "//health/live", "/health%2Flive", "/%68ealth/live", "/Health/Live",
    "/a/../health/live", "/health/live;a=b", "/health\\live", "/health/live?x=%zz", "http://a/health/live",
    "/health/live#a",
    "/openapi.yaml", "/openapi.json", "/redoc", "/.contract", "/__proto__", "/constructor/prototype", "/favicon.ico",
)  # fmt: skip
_METHODS: tuple[str, ...] = (
    "HEAD", "OPTIONS", "TRACE", "CONNECT", "QUERY", "PURGE", "M-SEARCH", "SOURCE", "LINK", "PRI", "ANNOUNCE", "PATCHX",
    "Get", "", "A" * 100,
)  # fmt: skip
_FIELDS: tuple[bytes, ...] = (
    # Lines
    b"X-A:", b"X-A:b", b"X-A:\t b \t", b"X-A: \xe9", b"X-A: \xc3\xa9", b"X-A: \x7f", b"X-A: \x01", b"X-A: a\x1bb",
    b"X-A: a\x0bb", b"X-A: a\nX-B: b", b"X-A: a\r\n\tb", b"X_A: b", b"X\tA: b", b"X-\xc3\xa9: b", b"X/A: b", b'X"A: b',
    b"X!#$%&'*+-.^_`|~: b", b"__proto__: b", b"constructor: b", b"X-A: " + b"x" * 30_000, b"X-A: " + b"x" * 33_000,
    b"X" * 33_000 + b": a", b"\r\n".join(b"X-%d: a" % at for at in range(990)),
    b"\r\n".join(b"X-%d: a" % at for at in range(1001)), b"\r\n".join([b"X-A: b"] * 2000),
    # Negotiation
    b"Accept:", b"Accept: image/png\r\nAccept: */*", b"Accept: " + b"a/b," * 2000, b"Accept: ///;;q=x",
    b"Accept: application/json;q=0, */*", b"Accept: application/problem+json", b"Accept: application/*",
    b"Accept: APPLICATION/JSON", b"Accept: application/json;version=2", b"Accept: application/json;q=9",
    b"Accept: application/json;q=a", b"Accept: application/json;q=-1", b"Accept: application/json ; q=0",
    b"Accept: application/json;Q=0", b"Accept: application/json;q=0.0001", b"Accept: application/json;q=0.",
    b'Accept: application/json;a="b,c;q=0"', b"Accept-Encoding: gzip", b"Accept-Encoding: identity;q=0",
    b"Content-Type: text/plain", b"Content-Encoding: gzip", b"Range: bytes=0-1", b"Range: bytes=a-b",
    # What one hop says to the next
    b"TE: trailers", b"TE: chunked;q=2", b"Trailer: X-A", b"Proxy-Connection: keep-alive", b"Keep-Alive: timeout=5",
    b"Max-Forwards: 0", b"Expect: 100-continue", b"Expect: nothing", b"Expect:", b"X-Forwarded-For: 192.0.2.1",
    b"X-Forwarded-Proto: https", b"X-HTTP-Method-Override: DELETE", b"Upgrade: h2c",
    b"HTTP2-Settings: AAMAAABkAAQAAP__",
    # Conditions, context, cookies, origins
    b"If-None-Match: *", b"If-Match: bad", b"If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT",
    b"traceparent: 00-0-0-00",
    b"traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", b"baggage: " + b"a=b," * 3000,
    b"Cookie: __proto__=1; constructor=2; a", b"Origin: null", b"Origin: https://shop.example",
    b"Origin: https://SHOP.example", b"Origin: https://shop.example/", b"Origin: https://shop.example.evil.example",
    b"Origin: https://shop.example\r\nOrigin: https://shop.example",
    b"Origin: https://shop.example\r\nAccess-Control-Request-Method: GET",
)  # fmt: skip
_HOSTS: tuple[bytes, ...] = (
    b"", b"elsewhere.example", b"a:b", b"a:999999", b"a:", b"[::1]:80", b"[::1", b"[fe80::1%25eth0]", b"a@b", b"a, b",
    b"http://a", b"\xc3\xa9", b"a%41", b"a%4", b"a" * 5000,
)  # fmt: skip
_CREDENTIALS: tuple[bytes, ...] = (
    b"", b"Basic YTpi", b"Bearer", b"Bearer  %s", b"Bearer\t%s", b"bEaReR %s", b"Bearer %s,a", b"Bearer %s \t",
    b"Bearer \xe9",
    b"Bearer %s\r\nAuthorization: Bearer %s", b"Bearer %s, Basic YTpi", b"Bearer =", b"%s",
)  # fmt: skip
_LINES: tuple[tuple[bytes, bytes], ...] = (
    (b"GET ", b"GET  "), (b" HTTP/1.1", b"  HTTP/1.1"), (b" HTTP/1.1", b"\tHTTP/1.1"), (b"GET ", b" GET "),
    (b" HTTP/1.1", b" HTTP/1.1 "), (b"GET ", b"\n GET "), (b"GET ", b"\r\n\r\n\r\nGET "), (b" HTTP/1.1", b" http/1.1"),
    (b" HTTP/1.1", b" HTTP/1.2"), (b" HTTP/1.1", b" HTTP/2.0"), (b" HTTP/1.1", b" HTTP/0.9"),
    (b" HTTP/1.1", b" ICE/1.0"),
    (b" HTTP/1.1", b" HTTP/1.0"), (b"Host:", b"HOST:"), (b"Connection: close", b"connection: CLOSE"),
    (b"Connection: close", b"Connection: close, Authorization"), (b"Connection: close", b"Connection: TE, close"),
    (b"Connection: close", b"Connection: close, Upgrade\r\nUpgrade: h2c"),
    (b"Connection: close", b"Connection: close, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13"),
)  # fmt: skip
_CHUNKED: tuple[bytes, ...] = (
    b"%(size)x\r\n%(body)s\r\n0\r\n\r\n", b"%(size)X\r\n%(body)s\r\n000\r\n\r\n",
    b"0000%(size)x\r\n%(body)s\r\n0\r\n\r\n",
    b"%(size)x;a=b\r\n%(body)s\r\n0;c\r\n\r\n", b'%(size)x;a="b;c"\r\n%(body)s\r\n0\r\n\r\n',
    b"%(size)x;a\x01\r\n%(body)s\r\n0\r\n\r\n", b"%(size)x;a\n%(body)s\r\n0\r\n\r\n",
    b"%(size)x;\r\n%(body)s\r\n0\r\n\r\n",
    b"%(size)x ;a=b\r\n%(body)s\r\n0\r\n\r\n", b" %(size)x\r\n%(body)s\r\n0\r\n\r\n",
    b"0x%(size)x\r\n%(body)s\r\n0\r\n\r\n",
    b"\r\n%(body)s\r\n0\r\n\r\n", b"1_0\r\n%(body)s\r\n0\r\n\r\n", b"%(size)x\n%(body)s\n0\n\n",
    b"%(size)x\r\n%(body)s\n0\r\n\r\n", b"%(size)x\r\n%(body)s\r0\r\n\r\n", b"%(size)x\r\n%(body)s0\r\n\r\n",
    b"%(size)x\r\n%(body)s\r\n0\r\nX-A: b\r\n\r\n", b"%(size)x\r\n%(body)s\r\n0\r\nContent-Length: 3\r\n\r\n",
    b"%(size)x\r\n%(body)s\r\n0\r\nX A: b\r\n\r\n", b"0\r\n\r\n",
)  # fmt: skip
_CODINGS: tuple[bytes, ...] = (
    b"Chunked", b"identity", b"chunked, gzip", b"", b"xchunked", b"chunked;a=b", b", chunked", b"chunked,",
    b'"chunked"',
    b"\tchunked", b"chunked\r\nTransfer-Encoding: chunked", b"gzip\r\nTransfer-Encoding: chunked",
    b"chunked\r\nTransfer-Encoding: identity", b"chunked\r\nContent-Length: 0",
)  # fmt: skip
_LENGTHS: tuple[bytes, ...] = (
    b"000%d", b" %d \t", b"-0", b"%d.0", b"1e1", b"", b"%d\r\nContent-Length: %d", b"%d, %d", b"1 2",
    "١٢".encode(), b"1_0",
    b"9999999999999999999", b"9223372036854775808", b"18446744073709551616", b"0", b"00",
)  # fmt: skip
_CONTENT: tuple[dict[str, str], ...] = (
    *({"content_type": f"application/json{rest}"} for rest in (
        '; charset="utf-8"', "; Charset=UTF-8", "; charset=utf8", "; charset=", "; charset=utf-8; charset=latin1",
        ";", ";;;",
        "; a=b", "; a", ", text/plain", "\udce9",
    )),
    {"content_type": "application/x+json"}, {"content_type": "*/*"}, {"content_type": "application / json"},
    *({"content_encoding": coding} for coding in ("identity", "Identity", "", "identity, gzip")),
    *({"idempotency_key": key} for key in ("", "\udce9", "x" * 256, "a, b")),
    *({"expect": expectation} for expectation in ("100-continue", "100-Continue", "200-ok", "100-continue, x", "")),
    {"content_length": "99999999999", "expect": "100-continue"},
    {"content_type": "text/plain", "expect": "100-continue"},
    {"authorization": "Bearer a.b.c", "expect": "100-continue"},
    {"connection": "close, Upgrade", "upgrade": "h2c"},
)  # fmt: skip
_ALONE: tuple[bytes, ...] = (
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\r\n\r\n", b"GET /\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET http://a/ HTTP/1.1\r\n\r\n",
)  # fmt: skip


def hostile_requests(service: Service) -> Iterator[tuple[str, bytes]]:
    """By what is odd about each."""
    reading, writing = service.reading(), service.writing()
    good = service.good(reading)
    path = good.target.partition("?")[0]
    for target in _TARGETS:
        yield f"target {target}", Message("GET", target.format(path=path), good.fields).head()
    for method in _METHODS:
        for target in (good.target, "/health/live", "/openapi.yaml", "/not/there"):
            yield f"{method[:10]} {target}", Message(method, target, good.fields).head()
    yield "OPTIONS *", Message("OPTIONS", "*", good.fields).head()
    yield "CONNECT example.com:443", Message("CONNECT", "example.com:443", good.fields).head()
    for line in (*_FIELDS, *(b"Authorization: Bearer %s" % bad for bad in (b"a", b"a.b.c"))):
        yield f"field {line[:60]!r}", good.head().replace(b"\r\nHost:", b"\r\n" + line + b"\r\nHost:", 1)
    for host in _HOSTS:
        yield f"host {host[:30]!r}", re.sub(rb"Host: [^\r]*", b"Host: " + host.replace(b"\\", b"\\\\"), good.head())
    for old, new in _LINES:
        yield f"{new!r} for {old!r}", good.head().replace(old, new, 1)
    for data in _ALONE:
        yield repr(data), data
    yield "length 8192", Message("GET", f"{path}?".ljust(8192, "x"), good.fields).head()
    yield "length 8193", Message("GET", f"{path}?".ljust(8193, "x"), good.fields).head()

    token = re.search(rb"Bearer ([^\r]*)", good.head())
    if token is not None:
        for credentials in _CREDENTIALS:
            yield f"credentials {credentials!r}", good.head().replace(token[0], credentials.replace(b"%s", token[1]))

    def content(head: bytes, body: bytes | None = None) -> bytes:
        """Content with another frame, by somebody new."""
        message = service.good(writing).without("Content-Length")
        return message.head()[:-2] + head + b"\r\n\r\n" + (message.body or b"" if body is None else body)

    size = len(service.good(writing).body or b"")
    values = {b"size": size, b"body": service.good(writing).body}
    for chunks in _CHUNKED:
        yield f"chunks {chunks!r}", content(b"Transfer-Encoding: chunked", chunks % values)
    for coding in _CODINGS:
        yield f"coding {coding!r}", content(b"Transfer-Encoding: " + coding, _CHUNKED[0] % values)
    for length in _LENGTHS:
        body = None if length.strip(b"0") else b""
        yield f"length {length!r}", content(b"Content-Length: " + length.replace(b"%d", b"%d" % size), body)
    yield (
        "HTTP/1.0 with chunks",
        content(b"Transfer-Encoding: chunked", _CHUNKED[0] % values).replace(b"1.1", b"1.0", 1),
    )
    for fields in _CONTENT:
        message = service.good(writing).having(**fields)
        yield f"content with {fields}", message.head() + b"{}" if "content_length" in fields else message.encode()
    yield (
        "HTTP/1.0 that expects",
        service.good(writing).having(expect="100-continue").encode().replace(b"1.1", b"1.0", 1),
    )

    keeping = good.having(connection="keep-alive")
    for name, first in {
        "a request": keeping.head(),
        "one that is missing": Message("GET", "/not/there", keeping.fields).head(),
        "one with content": service.good(writing).having(connection="keep-alive").encode(),
        "one without a token": service.bare(writing).having(connection="keep-alive").encode(),
        "one with content nobody reads": keeping.having(content_length="5").head() + b"hello",
        "one with chunks nobody reads": keeping.having(transfer_encoding="chunked").head() + b"1\r\na\r\n0\r\n\r\n",
        "one with less content than comes": keeping.having(content_length="2").head() + b"{}",
    }.items():
        yield f"{name}, and another", first + good.head()
