"""Faults in how failures are answered."""

from __future__ import annotations

from tests.conformance.faults.fault import Fault

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
