"""Faults as they are made in JavaScript, for the platform in TypeScript, several at a time."""

from __future__ import annotations

from tests.conformance.faults.fault import Fault

_TEXT = (
    Fault(
        "JSON.parse knows best",
        "strict-json.ts",
        "if (survey.members !== colons(text)) {",
        "if (survey.members > colons(text)) {",
        "json-duplicate-member json-duplicate-escaped-member token-duplicate-claim token-duplicate-escaped-claim "
        "token-duplicate-header",
    ),
    Fault(
        "Infinity is a number",
        "strict-json.ts",
        "if (!Number.isFinite(value)) {",
        "if (Number.isNaN(value)) {",
        "json-number-out-of-range json-huge-integer",
    ),
    Fault(
        "TextDecoder takes a byte order mark away",
        "strict-json.ts",
        "{ fatal: true, ignoreBOM: true }",
        "{ fatal: true }",
        "json-byte-order-mark",
    ),
    Fault(
        "an escape has a capital",
        "strict-json.ts",
        'new Survey(text.includes("\\\\u"))',
        'new Survey(text.includes("\\\\U"))',
        "json-lone-surrogate",
    ),
    Fault(
        "nesting has room",
        "strict-json.ts",
        "MAX_DEPTH = 64;",
        "MAX_DEPTH = 10_000;",
        "json-nested-object json-deep-object token-deep-*",
    ),
    Fault(
        "TextDecoder replaces what is no UTF-8",
        "parameters.ts",
        "{ fatal: true, ignoreBOM: true }",
        "{ ignoreBOM: true }",
        "path-parameter-invalid-utf-8 path-parameter-overlong-utf-8 query-invalid-utf-8",
    ),
    Fault(
        "a NUL is text",
        "parameters.ts",
        'if (decoded.includes("\\0")) {',
        'if (decoded === "\\0\\0") {',
        "path-parameter-nul",
    ),
    Fault(
        "the first of two values counts",
        "parameters.ts",
        '    if (texts.length > 1) {\n        throw new Violation("is given more than once");\n    }\n    let text',
        "    let text",
        "query-twice",
    ),
    Fault(
        "a missing charset is compared as undefined",
        "media-types.ts",
        '(parameters.get("charset") ?? "utf-8") !== "utf-8"',
        'parameters.get("charset") === "utf8"',
        "content-type-charset",
    ),
    Fault("media types have a case", "media-types.ts", "text.toLowerCase().split", "text.split", "content-type-case"),
    Fault(
        "any quality is one",
        "media-types.ts",
        '/[^0.]/.test(decisive.parameters.get("q") ?? "1")',
        'Boolean(decisive.parameters.get("q") ?? "1")',
        "accept-quality-zero",
    ),
)
_HEAD = (
    Fault(
        "a host needs no end",
        "server.ts",
        "(?::[0-9]*)?$/;",
        "(?::[0-9]*)?/;",
        "head-host-with-path head-host-with-space head-target-with-user",
    ),
    Fault(
        "any other expectation is Node's to refuse",
        "server.ts",
        '    server.on("checkExpectation", listener);\n',
        "",
        "errors-media-type errors-members errors-documented errors-trace-id headers-nosniff headers-no-store-failures",
    ),
    Fault("a target needs no end", "server.ts", "/^[/*][^#]*$/", "/^[/*][^#]*/", "head-target-fragment"),
    Fault(
        "a target needs no host",
        "server.ts",
        "https?:\\/\\/([^/?]+)",
        "https?:\\/\\/([^/?]*)",
        "head-target-without-host",
    ),
    Fault(
        "any transfer coding will do",
        "server.ts",
        '.toLowerCase() !== "chunked"',
        '.toLowerCase().startsWith("x")',
        "framing-other-coding",
    ),
    Fault(
        "a version is a number",
        "server.ts",
        'if (httpVersion !== "1.1" && httpVersion !== "1.0") {',
        "if (Number(httpVersion) > 1.9) {",
        "head-version-missing",
    ),
    Fault(
        "paths are looked up as they are written",
        "routing.ts",
        'segment.includes("%") ? unquoted(segment) : segment',
        "segment",
        "path-encoded-letter",
    ),
    Fault(
        "HEAD is a method like others",
        "routing.ts",
        '(method === "HEAD" ? this.methods.get("GET") : undefined)',
        "undefined",
        "method-head",
    ),
    Fault(
        "what is not allowed is not told",
        "listener.ts",
        "throw new MethodNotAllowed(undefined, { headers: { allow: resource.allow } });",
        "throw new MethodNotAllowed();",
        "method-not-allowed",
    ),
)
_TOKENS = (
    Fault(
        "a header that is false is none",
        "auth.ts",
        "REFUSED_HEADERS.some((name) => name in header)",
        "REFUSED_HEADERS.some((name) => header[name])",
        "token-b64-false",
    ),
    Fault(
        "Buffer reads base64 kindly",
        "auth.ts",
        'if (value.toString("base64url") !== segment) {',
        "if (value.length === 0) {",
        "token-not-canonical token-payload-not-canonical",
    ),
    Fault(
        "a date is what can be made a number",
        "auth.ts",
        "!Number.isSafeInteger(value)",
        "!Number.isSafeInteger(Number(value))",
        "token-exp-string token-nbf-string",
    ),
    Fault(
        "a claim is there",
        "auth.ts",
        'typeof claims[name] === "string" && claims[name] !== ""',
        "name in claims",
        "token-sub-number token-sub-empty",
    ),
    Fault(
        "an issuer begins like ours",
        "auth.ts",
        "claims.iss !== issuer ||",
        "!String(claims.iss).startsWith(issuer) ||",
        "token-iss-longer token-iss-with-slash token-iss-list",
    ),
    Fault(
        "an audience is part of ours",
        "auth.ts",
        "!named.includes(self)",
        "!named.some((one) => String(self).includes(String(one)))",
        "token-aud-shorter",
    ),
    Fault(
        "a type has no case",
        "auth.ts",
        "types.includes(header.typ.toLowerCase())",
        'header.typ.includes("jwt")',
        "token-of-logout token-dpop-proof",
    ),
    Fault(
        "a scheme has a case",
        "auth.ts",
        'scheme.toLowerCase() !== "bearer"',
        'scheme !== "Bearer"',
        "token-scheme-case",
    ),
    Fault(
        "what is too long is a token",
        "auth.ts",
        "token.length <= MAX_TOKEN_BYTES ? COMPACT.exec(token) : null",
        "COMPACT.exec(token)",
        "token-too-large",
    ),
    Fault(
        "some scope will do", "auth.ts", "required.every((scope)", "required.some((scope)", "scope-alone scope-missing"
    ),
    Fault(
        "a bad token is told its fault",
        "auth.ts",
        "new TokenInvalid(undefined,",
        "new TokenInvalid(String(cause),",
        "error-tokens-alike",
    ),
    Fault(
        "a key is for any algorithm",
        "jwks.ts",
        "key.algorithm === algorithm && (kid",
        "(kid",
        "token-alg-none-signed token-alg-other-than-signed token-alg-unknown",
    ),
)
_SIGNATURES = (
    Fault(
        "a check that is not awaited holds",
        "auth.ts",
        "!keys.some((key) => key.verifies(input, signature))",
        "!keys.some(async (key) => key.verifies(input, signature))",
        "token-another-signer token-signature-* !token-signature-empty !token-signature-missing token-pkcs1-* "
        "token-rsa-* token-claims-exchanged",
    ),
)
_PSS = (
    Fault(
        "a token ends anywhere",
        "auth.ts",
        "([A-Za-z0-9_-]+)$/;",
        "([A-Za-z0-9_-]+)/;",
        "token-padding token-comma-behind token-four-parts token-five-parts token-twice-in-a-field "
        "token-letter-outside-ascii token-in-two-fields",
        algorithm="PS256",
    ),
    Fault(
        "OpenSSL knows the length of a signature",
        "jwks.ts",
        "signature.length !== Math.ceil(bits / 8)",
        "signature.length > Math.ceil(bits / 8)",
        "token-signature-zero-stripped",
        algorithm="PS256",
    ),
    Fault(
        "OpenSSL knows the length of a salt",
        "jwks.ts",
        "constants.RSA_PSS_SALTLEN_DIGEST",
        "constants.RSA_PSS_SALTLEN_AUTO",
        "token-pss-*-salt",
        algorithm="PS256",
    ),
)
_STATE = (
    Fault(
        "two fingerprints are two objects",
        "idempotency.ts",
        "if (!Buffer.from(own).equals(found.fingerprint)) {",
        "if (own === found.fingerprint) {",
        "idempotency-other-payload",
    ),
    Fault(
        "keys are everybody's",
        "idempotency.ts",
        'digest(tenant === null ? "" : `+${tenant}`, client, given.operation, given.key)',
        'digest(tenant === null ? "" : `+${tenant}`, given.operation, given.key)',
        "idempotency-other-client",
    ),
    Fault(
        "weak tags are strong",
        "preconditions.ts",
        "(weakly || !(weak || found[1] !== undefined))",
        "(weakly || !(weak && found[1] !== undefined))",
        "if-match-weak",
    ),
    Fault(
        "a star is a tag",
        "preconditions.ts",
        "/^[ \\t]*\\*[ \\t]*$/",
        "/^[ \\t]*\\*\\*[ \\t]*$/",
        "if-match-any if-none-match-any",
    ),
    Fault(
        "a tag ends anywhere",
        "preconditions.ts",
        "found[2] === opaque",
        "found[2]?.startsWith(opaque.slice(0, -1))",
        "if-match-longer if-none-match-longer",
    ),
    Fault(
        "an origin ends anywhere",
        "cors.ts",
        "this.#origins.has(origin)",
        "[...this.#origins].some((own) => origin.startsWith(own))",
        "cors-suffix cors-other-port cors-slash cors-credentials cors-two",
    ),
    Fault(
        "caches are not told of origins",
        "cors.ts",
        'const headers: Headers = [["vary", "Origin"]];',
        "const headers: Headers = [];",
        "cors-vary",
    ),
    Fault(
        "health may be kept",
        "app.ts",
        'const headers: Headers = [["cache-control", "no-store"]];',
        "const headers: Headers = [];",
        "health-fresh headers-no-store",
    ),
    Fault("an error has no title", "problems.ts", "            title: this.title,\n", "", "errors-members"),
    Fault("an error has no trace", "problems.ts", "            trace_id: traceId,\n", "", "errors-trace-id"),
    Fault("what is found is missing", "problems.ts", 'slug = "not-found"', 'slug = "missing"', "error-not-found"),
    Fault(
        "a deprecation is in milliseconds",
        "dispatch.ts",
        "Math.floor(moment(operation.deprecation) / 1000)",
        "moment(operation.deprecation)",
        "deprecation-field deprecation-date deprecation-of-failures sunset-after-deprecation",
    ),
)
_LIMITS = (
    Fault(
        "a length has 32 bits",
        "limits.ts",
        "Number(contentLength) > maxBytes",
        "(Number(contentLength) | 0) > maxBytes",
        "content-length-too-large error-content-too-large",
    ),
    Fault(
        "what is left is never less",
        "limits.ts",
        "Math.max(0, Math.round(-missing / this.#interval))",
        "Math.round(this.#window / this.#interval)",
        "rate-remaining",
    ),
    Fault(
        "a caller is told to come back in a fraction of a second",
        "limits.ts",
        "String(Math.max(1, Math.ceil(missing)))",
        "String(missing)",
        "rate-retry-after",
    ),
    Fault(
        "callers are one object",
        "dispatch.ts",
        "`${principal.tenant}/${principal.clientId}`",
        "`${{ ...principal }}`",
        "rate-of-another-client",
    ),
)
_CALLERS = (
    Fault(
        "a scope begins like another",
        "auth.ts",
        "principal.scopes.has(scope)",
        "[...principal.scopes].some((own) => own.startsWith(scope.slice(0, -1)))",
        "scope-similar",
    ),
    Fault(
        "a tenant is what can be made text",
        "auth.ts",
        'if (tenant !== null && typeof tenant !== "string") {',
        'if (tenant !== null && String(tenant) === "") {',
        "tenant-of-a-wrong-type",
    ),
    Fault(
        "null is one origin of many",
        "cors.ts",
        "this.#origins.has(origin)",
        '(this.#origins.has(origin) || origin === "null")',
        "cors-null",
    ),
    Fault(
        "no method of a resource is told",
        "cors.ts",
        '["access-control-allow-methods", methods]',
        '["access-control-allow-methods", "GET"]',
        "cors-preflight",
    ),
    Fault(
        "a status is not held",
        "responses.ts",
        "return { status, mediaType, headers, body };",
        'return { status, mediaType: "text/json", headers, body };',
        "answer-media-type answer-to-good-request",
    ),
)
_SCHEMAS = (
    Fault("a uuid has a case", "formats.ts", "[0-9a-f]{12}$/i", "[0-9a-f]{12}$/", "schema-boundary"),
    Fault(
        "a pointer is a path",
        "validation.ts",
        "let pointer = error.instancePath;",
        'let pointer = error.instancePath.replaceAll("/", ".");',
        "schema-pointer error-pointers answer-body",
    ),
)

TYPESCRIPT = {
    "limits": _LIMITS,
    "callers": _CALLERS,
    "schemas": _SCHEMAS,
    "text": _TEXT,
    "heads": _HEAD,
    "tokens": _TOKENS,
    "signatures": _SIGNATURES,
    "RSASSA-PSS": _PSS,
    "state": _STATE,
}
"""By what they are about."""

_OUTBOUND = (
    Fault(
        "a date is in milliseconds",
        "outbound/resilient.ts",
        "(moment - Date.now()) / 1000",
        "moment - Date.now()",
        "outbound-retry-after-date",
    ),
    Fault(
        "who asks for long is obeyed",
        "outbound/resilient.ts",
        "asked <= Math.min(this.#limits.longestWait, left) &&",
        "asked < Infinity &&",
        "outbound-retry-after-long",
    ),
    Fault(
        "fetch follows redirects",
        "outbound/resilient.ts",
        'redirect: "manual"',
        'redirect: "follow"',
        "outbound-redirect",
    ),
    Fault(
        "a key is looked up as it is written",
        "outbound/resilient.ts",
        'call.headers.has("idempotency-key")',
        '"Idempotency-Key" in call.headers',
        "outbound-retried-key",
    ),
    Fault(
        "retries have no budget",
        "outbound/resilient.ts",
        " &&\n                this.#budget.withdraw();",
        ";",
        "outbound-retry-budget",
    ),
    Fault(
        "a breaker is asked for nothing",
        "outbound/resilient.ts",
        "if (!this.#breaker.allow()) {",
        "if (!this.#breaker) {",
        "outbound-breaker-opens",
    ),
    Fault(
        "each caller fetches a token", "outbound/oauth2.ts", "this.#fetching ??= ", "this.#fetching = ", "oauth2-once"
    ),
    Fault("encodeURIComponent is RFC 3986", "outbound/sigv4.ts", "/[!'()*]/g", "/[!]/g", "sigv4-signature"),
    Fault("a scheme is fetch's to know", "outbound/public.ts", "!/^https?:$/.test(protocol) ||", "", "guard-scheme"),
)
_KEYS = (
    Fault(
        "find finds a key",
        "jwks.ts",
        "found.length === 1 ? found : []",
        "found.length === 1 ? found.slice(0, 1) : []",
        "key-duplicate-id",
    ),
    Fault("a key that is not secret any more is taken", "jwks.ts", '"d", "p", ', '"p", ', "key-ignored"),
)

_TELEMETRY = (
    Fault(
        "of two traceparents the first counts",
        "telemetry/trace-context.ts",
        "parents.length === 1 ?",
        "parents.length > 0 ?",
        "trace-restarted",
    ),
    Fault(
        "no trace is random",
        "telemetry/trace-context.ts",
        "getValue(IS_RANDOM) === false ? 0 : RANDOM",
        "getValue(IS_RANDOM) === false ? RANDOM : 0",
        "trace-random trace-flags",
    ),
    Fault("a list has room", "telemetry/trace-context.ts", "MAX_MEMBERS = 32;", "MAX_MEMBERS = 320;", "state-dropped"),
    Fault(
        "who is let in is not audited",
        "dispatch.ts",
        '        audit("authorize", "allowed", exchange, "granted");\n',
        "",
        "audit-event log-trace",
    ),
)
BENCH_TYPESCRIPT = {"outbound": _OUTBOUND, "keys": _KEYS, "telemetry": _TELEMETRY}
"""Those that the bench notices."""
