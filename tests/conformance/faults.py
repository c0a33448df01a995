"""Faults that a service might have, each with the checks that must notice it, and no others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Fault:
    """One text of a platform file replaced by another."""

    name: str
    file: str
    old: str
    new: str
    noticed_by: str
    """The ids of checks, separated by spaces: with a `*` all that begin so, but for those with a `!`."""

    def seed(self, service: Path) -> None:
        """Put the fault into a copy of the service."""
        path = service / "src" / "quotes" / "platform" / self.file
        text = path.read_text("utf-8")
        assert text.count(self.old) == 1, f"{self.file} has {text.count(self.old)} times: {self.old}"
        path.write_text(text.replace(self.old, self.new), "utf-8")


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
        ", parse_constant=_refuse",
        "",
        "json-nan json-infinity json-minus-infinity",
    ),
    Fault(
        "numbers beyond a double are accepted",
        "strict_json.py",
        "parse_float=_finite, ",
        "",
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
        "MAX_HEADER_BYTES = 32_768",
        "MAX_HEADER_BYTES = 10**6",
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

TOKENS = (
    Fault(
        "the audience is not looked at",
        "auth.py",
        "if profile.audience:",
        "if False:",
        "token-aud-missing token-aud-other token-aud-others token-aud-empty-list token-aud-longer "
        "token-aud-shorter token-aud-object error-tokens-alike",
    ),
    Fault(
        "a beginning of the audience is enough",
        "auth.py",
        "if self._audience not in (audience if isinstance(audience, list) else [audience]):",
        "if not str(self._audience).startswith(str(audience)):",
        "token-aud-shorter token-aud-list",
    ),
    Fault("the issuer is not looked at", "auth.py", 'claims.get("iss") != self._issuer or ', "", "token-iss-*"),
    Fault(
        "tokens don't expire",
        "auth.py",
        "if expires is None or expires <= now:",
        "if expires is None:",
        "token-exp-past token-exp-an-hour-ago error-tokens-alike",
    ),
    Fault(
        "a token may be used before its time",
        "auth.py",
        "max(starts) > now + CLOCK_SKEW_SECONDS",
        "False",
        "token-nbf-tomorrow token-iat-tomorrow",
    ),
    Fault("nbf is not looked at", "auth.py", 'for name in ("iat", "nbf")', 'for name in ("iat",)', "token-nbf-*"),
    Fault(
        "any type of token will do",
        "auth.py",
        "if self._profile.types and ",
        "if False and ",
        "token-typ-other token-typ-missing token-of-logout token-dpop-proof",
    ),
    Fault("crit is ignored", "auth.py", '{"crit", "b64", ', '{"b64", ', "token-crit-*"),
    Fault(
        "keys in the header are ignored",
        "auth.py",
        '"jwk", "jku", ',
        "",
        "token-key-embedded-by-issuer token-key-elsewhere-by-issuer",
    ),
    Fault(
        "the algorithm is the token's choice",
        "jwks.py",
        "key.algorithm == algorithm and ",
        "",
        "token-alg-none-signed token-alg-other-than-signed token-alg-unknown",
    ),
    Fault(
        "a signature may be anything",
        "auth.py",
        "if not any(key.verifies(",
        "if not any(True or key.verifies(",
        "token-another-signer token-signature-flipped token-signature-short token-signature-of-zeros "
        "token-claims-exchanged",
    ),
    Fault("a token has no bound", "auth.py", "MAX_TOKEN_BYTES = 8192", "MAX_TOKEN_BYTES = 10**6", "token-too-large"),
    Fault(
        "base64url has many spellings",
        "auth.py",
        'if base64.urlsafe_b64encode(value).rstrip(b"=") != segment:',
        "if False:",
        "token-not-canonical",
    ),
    Fault(
        "a token needs no id",
        "auth.py",
        'required=("sub", "client_id", "jti"),\n        client="client_id",\n        '
        'tenant="tenant",\n        scopes=("scope",),\n        types',
        'required=("sub", "client_id"),\n        client="client_id",\n        tenant="tenant",\n        '
        'scopes=("scope",),\n        types',
        "token-jti-missing",
    ),
    Fault(
        "the last Authorization counts",
        "dispatch.py",
        'fields[name] + b"," + value if name in fields else value',
        "value",
        "token-in-two-fields token-beside-another content-type-twice",
    ),
    Fault(
        "any scheme will do", "auth.py", 'if scheme.lower() != b"bearer":', "if not token:", "token-of-another-scheme"
    ),
    Fault(
        "the scheme has one spelling",
        "auth.py",
        'if scheme.lower() != b"bearer":',
        'if scheme != b"Bearer":',
        "token-scheme-case",
    ),
    Fault(
        "a date may be a string",
        "auth.py",
        "if isinstance(value, bool) or not isinstance(value, int | float)",
        "value = float(str(value)) if isinstance(value, str) else value\n    if isinstance(value, bool) or "
        "not isinstance(value, int | float)",
        "token-exp-string token-nbf-string",
    ),
)

AUTHORIZATION = (
    Fault(
        "one scope of several is enough",
        "auth.py",
        "any(required <= principal.scopes for",
        "any(required & principal.scopes for",
        "scope-missing scope-alone",
    ),
    Fault(
        "scopes are not looked at",
        "auth.py",
        "    if any(required <= principal.scopes for required in alternatives):\n        return",
        "    return",
        "scope-* error-insufficient-scope",
    ),
    Fault(
        "a beginning of a scope is enough",
        "auth.py",
        "any(required <= principal.scopes for",
        "any(all(any(given.startswith(scope) for given in principal.scopes) for scope in required) for",
        "scope-similar",
    ),
    Fault(
        "scopes have no case",
        "auth.py",
        "any(required <= principal.scopes for",
        "any(required <= {scope.lower() for scope in principal.scopes} for",
        "scope-similar",
    ),
    Fault(
        "nobody is asked for a token",
        "dispatch.py",
        "if operation.public and credentials is None:",
        "if credentials is None:",
        "token-required body-after-token token-in-cookie token-in-form token-in-proxy-field token-in-query "
        "error-no-code-without-token error-token-missing errors-server-failure",
    ),
    Fault(
        "the body is looked at first",
        "dispatch.py",
        "        await self._admit(exchange, record)",
        "        self._negotiate(exchange)\n        await self._admit(exchange, record)",
        "body-after-token",
    ),
)

ERRORS = (
    Fault(
        "an error quotes its exception",
        "dispatch.py",
        '    except strict_json.NotJson:\n        raise MalformedRequest("The request body is not JSON '
        '(RFC 8259).") from None',
        "    except strict_json.NotJson as error:\n        raise MalformedRequest(repr(error.__cause__)) from None",
        "errors-internals",
    ),
    Fault(
        "what is no JSON makes the service fail",
        "dispatch.py",
        "    except strict_json.NotJson:\n        raise Malformed",
        "    except KeyError:\n        raise Malformed",
        "json-* !json-whitespace !json-surrogate-pair error-malformed-request errors-server-failure",
    ),
    Fault(
        "a bad token is told its fault",
        "auth.py",
        "raise invalid_token() from error",
        'raise TokenInvalid(str(error), headers={"www-authenticate": \'Bearer error="invalid_token"\'}) from error',
        "error-tokens-alike",
    ),
    Fault(
        "errors are plain JSON",
        "problems.py",
        'MEDIA_TYPE = "application/problem+json"',
        'MEDIA_TYPE = "application/json"',
        "errors-media-type",
    ),
    Fault("errors have no trace id", "problems.py", 'members["trace_id"] = trace_id', "pass", "errors-trace-id"),
    Fault("errors have no title", "problems.py", '"title": self.title, ', "", "errors-members"),
    Fault(
        "a type is not documented",
        "problems.py",
        'slug, status, title = "not-found"',
        'slug, status, title = "missing"',
        "error-not-found",
    ),
    Fault(
        "types are of another place",
        "problems.py",
        "https://paviour.github.io/paviour/standards/problems#",
        "about:blank#",
        "error-* !error-invalid-token-code !error-no-code-without-token !error-pointers "
        "!error-tokens-alike errors-documented",
    ),
    Fault(
        "a bad token gets no challenge",
        "auth.py",
        'TokenInvalid(headers={"www-authenticate": \'Bearer error="invalid_token"\'})',
        "TokenInvalid()",
        "error-invalid-token-code errors-challenge",
    ),
    Fault(
        "who has no token is told of an error",
        "auth.py",
        'headers={"www-authenticate": "Bearer"}',
        'headers={"www-authenticate": \'Bearer error="invalid_token"\'}',
        "error-no-code-without-token",
    ),
    Fault("faults have no place", "problems.py", '"pointer": e.pointer', '"pointer": ""', "error-pointers"),
    Fault(
        "the server's own refusal is text",
        "server.py",
        "content = problem.content(trace_id)",
        'content = b"Invalid HTTP request received."',
        "error-malformed-head error-headers-too-large error-uri-too-long errors-documented errors-members "
        "errors-trace-id",
    ),
)

SLOW = (
    Fault("a head may take for ever", "server.py", "HEADER_SECONDS = 10.0", "HEADER_SECONDS = 1000.0", "slow-head"),
    Fault("a body may take for ever", "limits.py", "asyncio.timeout(seconds)", "asyncio.timeout(None)", "slow-body"),
)
