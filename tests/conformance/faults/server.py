"""Faults in how the head of a request is read, and in where its target leads."""

from __future__ import annotations

from tests.conformance.faults.fault import Fault

SERVER = (
    Fault(
        "the server refuses with success",
        "server.py",
        "status = HTTPStatus(problem.status)",
        "status = HTTPStatus.OK",
        "framing-* head-* host-* method-unknown method-lower-case method-connect path-backslash target-too-long "
        "field-too-large fields-too-many error-headers-too-large error-malformed-head error-uri-too-long",
    ),
    Fault(
        "an empty line is no request",
        "server.py",
        "        self._unset_keepalive_if_required()\n",
        '        if data.startswith(b"\\r\\n"):\n'
        "            self._refuse(self._refusal)\n"
        "            return\n"
        "        self._unset_keepalive_if_required()\n",
        "empty-line-before",
    ),
    Fault(
        "lines that end in LF alone are too long",
        "server.py",
        "        self._unset_keepalive_if_required()\n",
        '        if b"\\r\\n" not in data:\n'
        "            self._refuse(UriTooLong())\n"
        "            return\n"
        "        self._unset_keepalive_if_required()\n",
        "line-feeds",
    ),
    Fault(
        "folded fields are too large",
        "server.py",
        "        self._unset_keepalive_if_required()\n",
        '        if b"\\r\\n " in data:\n'
        "            self._refuse(HeadersTooLarge())\n"
        "            return\n"
        "        self._unset_keepalive_if_required()\n",
        "folded-field head-first-field-folded token-folded json-whitespace",
    ),
    Fault(
        "an offered upgrade is the end of HTTP",
        "server.py",
        "except httptools.HttpParserUpgrade as offered:",
        "except KeyError as offered:",
        "upgrade-offered upgrade-with-content",
    ),
    Fault(
        "a request that offers an upgrade has no content",
        "server.py",
        'if name != b"upgrade")',
        'if name not in (b"upgrade", b"content-length"))',
        "upgrade-with-content",
    ),
    Fault(
        "an expectation that nobody knows is an error",
        "server.py",
        "        super().on_header(name,",
        '        if name.lower() == b"expect":\n'
        "            self._fail(MalformedRequest())\n"
        "        super().on_header(name,",
        "expectation-unknown",
    ),
    Fault("values end in whitespace", "server.py", 'value.rstrip(b" \\t")', "value", "field-whitespace"),
    Fault("a fragment does not matter", "server.py", ' or b"#" in self.url', "", "head-target-fragment"),
    Fault(
        "a target may be of any scheme, and anybody's",
        "server.py",
        'if not self.url.startswith((b"/", b"*")) or ',
        "if ",
        "head-target-of-other-scheme head-target-with-user",
    ),
    Fault(
        "a target needs no host",
        "server.py",
        "https?://([^/?]+)",
        "https?://([^/?]*)",
        "head-target-without-host",
    ),
    Fault(
        "any transfer coding will do",
        "server.py",
        'value.lower() != b"chunked"',
        'b"chunked" not in value.lower()',
        "framing-other-coding",
    ),
    Fault(
        "a target begins with a slash",
        "server.py",
        "        if len(self.url) > MAX_TARGET_BYTES:",
        '        if not self.url.startswith(b"/"):\n'
        "            self._fail(MalformedRequest())\n"
        "        if len(self.url) > MAX_TARGET_BYTES:",
        "absolute-form",
    ),
    Fault("HTTP/1.0 is not served", "server.py", 'version not in ("1.0", "1.1")', 'version != "1.1"', "version-1-0"),
    Fault(
        "paths are tidied before they are looked up",
        "app.py",
        'scope["raw_path"].decode("latin-1")',
        '__import__("posixpath").normpath(\n'
        '            "/" + __import__("urllib.parse").parse.unquote(scope["raw_path"].decode("latin-1"))\n'
        '            .replace("\\\\", "/").partition(";")[0].lower().lstrip("/"))',
        "path-trailing-slash path-double-slash path-encoded-slash path-other-case path-dot-segments path-encoded-dots "
        "path-parameters path-parameter-invalid-utf-8 path-parameter-overlong-utf-8",
    ),
    Fault(
        "paths go on as they like",
        "app.py",
        'found = self._router.match(scope["raw_path"].decode("latin-1"))',
        'found = self._router.match("/" + "/".join(scope["raw_path"].decode("latin-1").split("/")[1:2]))',
        "path-unknown path-bad-escape path-trailing-slash path-parameter-* error-not-found",
    ),
    Fault(
        "letters are not decoded in paths",
        "routing.py",
        'unquote(segment) if "%" in segment else segment',
        "segment",
        "path-encoded-letter",
    ),
    Fault(
        "what is no UTF-8 is replaced",
        "parameters.py",
        'unquote_to_bytes(text).decode("utf-8")',
        'unquote_to_bytes(text).decode("utf-8", "replace")',
        "path-parameter-invalid-utf-8 path-parameter-overlong-utf-8 query-invalid-utf-8",
    ),
    Fault(
        "nobody is told the methods",
        "app.py",
        'elif scope["method"] == "OPTIONS":',
        "elif False:",
        "method-options",
    ),
    Fault(
        "what is no method is GET",
        "app.py",
        'resource.target(scope["method"])',
        'resource.target(scope["method"]) or resource.target("GET")',
        "method-not-allowed method-options method-trace error-method-not-allowed",
    ),
    Fault(
        "a field is the method",
        "app.py",
        'resource.target(scope["method"])',
        'resource.target(dict(scope["headers"]).get(b"x-http-method-override", scope["method"].encode()).decode())',
        "method-override",
    ),
    Fault(
        "no answer is as declared",
        "dispatch.py",
        "        if writer is None:\n",
        "        if writer:\n",
        "good-request absolute-form accept-any body-integral-fraction content-type-case empty-line-before "
        "errors-server-failure expectation-unknown field-whitespace json-* !json-surrogate-pair method-override "
        "path-encoded-letter upgrade-offered upgrade-with-content version-1-0",
    ),
    Fault(
        "a NUL makes the service fail",
        "parameters.py",
        'raise MalformedRequest("The request target has a NUL.")',
        'raise ValueError("The request target has a NUL.")',
        "path-parameter-nul query-nul errors-server-failure",
    ),
)
