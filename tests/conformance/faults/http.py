"""Faults in how requests are read."""

from __future__ import annotations

from tests.conformance.faults.fault import Fault

HTTP = (
    Fault(
        "duplicate members are accepted",
        "strict_json.py",
        "object_pairs_hook=_unique, ",
        "",
        "json-duplicate-member json-duplicate-escaped-member token-duplicate-claim "
        "token-duplicate-escaped-claim token-duplicate-header",
    ),
    Fault(
        "constants that are not JSON are accepted",
        "strict_json.py",
        "object_pairs_hook=_unique, parse_float=_finite, parse_constant=_refuse",
        "object_pairs_hook=_unique, parse_float=_finite",
        "json-nan json-infinity json-minus-infinity",
    ),
    Fault(
        "numbers beyond a double are accepted",
        "strict_json.py",
        "object_pairs_hook=_unique, parse_float=_finite, parse_constant=_refuse",
        "object_pairs_hook=_unique, parse_constant=_refuse",
        "json-number-out-of-range",
    ),
    Fault(
        "lone surrogates are accepted",
        "strict_json.py",
        'if b"\\\\u" in text:',
        "if False:",
        "json-lone-surrogate errors-server-failure",
    ),
    Fault(
        "a byte order mark is skipped",
        "strict_json.py",
        '.decode("utf-8"))',
        '.decode("utf-8-sig"))',
        "json-byte-order-mark",
    ),
    Fault(
        "nesting is not bounded",
        "strict_json.py",
        "> MAX_DEPTH:",
        "> 10**9:",
        "json-nested-object token-deep-claims token-deep-header",
    ),
    Fault(
        "a body begins with a brace",
        "dispatch.py",
        "        return strict_json.parse(body)\n",
        '        if body[:1] != b"{":\n'
        '            raise MalformedRequest("no brace")\n'
        "        return strict_json.parse(body)\n",
        "json-whitespace body-array body-null error-contract-violation",
    ),
    Fault(
        "a fraction is no integer, even of zero",
        "dispatch.py",
        "        return strict_json.parse(body)\n",
        '        if b".0" in body:\n'
        '            raise MalformedRequest("no integer")\n'
        "        return strict_json.parse(body)\n",
        "body-integral-fraction",
    ),
    Fault(
        "any Content-Type will do",
        "dispatch.py",
        'media_types.declared(fields.get(b"content-type", b"").decode("latin-1"), body.media_types)',
        "body.media_types[0]",
        "content-type-* !content-type-case error-unsupported-media-type",
    ),
    Fault(
        "media types have a case",
        "media_types.py",
        "text.lower().split",
        "text.split",
        "content-type-case",
    ),
    Fault("ranges are not understood", "media_types.py", 'in (essence, "*/*")', "in (essence,)", "accept-any"),
    Fault(
        "a violation makes the service fail",
        "dispatch.py",
        "        if faults:\n            raise ContractViolation(errors=faults)\n",
        '        if faults:\n            raise TypeError("a violation")\n',
        "body-* !body-integral-fraction !body-after-token json-surrogate-pair query-twice error-contract-violation "
        "error-pointers errors-server-failure",
    ),
    Fault("any charset will do", "media_types.py", '!= "utf-8"', '== "none"', "content-type-charset"),
    Fault("compressed bodies are read as they are", "dispatch.py", '!= b"identity"', '== b"none"', "content-encoding"),
    Fault(
        "Accept is ignored",
        "dispatch.py",
        "if accept and ",
        "if False and ",
        "accept-none accept-quality-zero error-not-acceptable",
    ),
    Fault("quality is ignored", "media_types.py", 'q.get("q", "1")', '"1"', "accept-quality-zero"),
    Fault(
        "bodies are not held against the contract",
        "dispatch.py",
        'faults += self._schemas.body_faults(operation.id, media_type, values["body"])',
        "pass",
        "body-string-for-integer body-boolean-for-integer json-surrogate-pair error-pointers errors-server-failure",
    ),
    Fault(
        "a length that is too large is believed",
        "limits.py",
        "or int(content_length) > max_bytes:",
        "or False:",
        "content-length-too-large error-content-too-large",
    ),
    Fault(
        "a body has no bound", "limits.py", "if len(body) + len(chunk) > max_bytes:", "if False:", "chunked-too-large"
    ),
    Fault(
        "a head has no bound",
        "server.py",
        "MAX_HEADER_BYTES = 32_768\nMAX_FIELDS = 1000\n",
        "MAX_HEADER_BYTES = MAX_FIELDS = 10**6\n",
        "field-too-large fields-too-many error-headers-too-large",
    ),
    Fault(
        "a target has no bound",
        "server.py",
        "MAX_TARGET_BYTES = 8192",
        "MAX_TARGET_BYTES = 10**6",
        "target-too-long error-uri-too-long",
    ),
    Fault(
        "a target has too little room",
        "server.py",
        "MAX_TARGET_BYTES = 8192",
        "MAX_TARGET_BYTES = 4096",
        "target-of-8000",
    ),
    Fault("two Host fields are accepted", "server.py", "if len(hosts) > 1 or ", "if ", "host-twice"),
    Fault("a Host is not needed", "server.py", '(not hosts and version == "1.1")', "False", "host-missing"),
    Fault(
        "a Host may be anything",
        "server.py",
        "if hosts and not _HOST",
        "if False and not _HOST",
        "head-host-with-path head-host-with-space",
    ),
    Fault("any version will do", "server.py", 'version not in ("1.0", "1.1")', "False", "head-version-missing"),
    Fault(
        "Allow is left out",
        "app.py",
        'MethodNotAllowed(headers={"allow": resource.allow})',
        "MethodNotAllowed",
        "method-not-allowed",
    ),
    Fault("HEAD is not served", "routing.py", 'if method == "HEAD" else None', "if False else None", "method-head"),
    Fault(
        "a slash at the end does not matter",
        "app.py",
        '.decode("latin-1"))',
        '.decode("latin-1").rstrip("/"))',
        "path-trailing-slash",
    ),
    Fault(
        "bad escapes are read as they are",
        "parameters.py",
        "if _BAD_ESCAPE.search(text):",
        "if False:",
        "path-bad-escape path-parameter-bad-escape query-bad-escape",
    ),
    Fault("a NUL is text", "parameters.py", 'if "\\0" in text:', "if False:", "path-parameter-nul"),
    Fault(
        "the last of two values counts",
        "parameters.py",
        '    if len(texts) > 1:\n        raise Violation("is given more than once")\n    [text] = texts',
        "    text = texts[-1]",
        "query-twice",
    ),
)
