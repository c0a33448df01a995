"""Are calls to other services made with the right credentials?"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import parse_qs, unquote_plus

from botocore.auth import SigV4Auth  # type: ignore[import-untyped]
from botocore.awsrequest import AWSRequest  # type: ignore[import-untyped]
from botocore.credentials import Credentials  # type: ignore[import-untyped]

from tests.conformance.checks.registry import OUTBOUND
from tests.conformance.surroundings import AWS_KEY, AWS_SECRET, CLIENT_ID, CLIENT_SECRET, BenchProbe, expect, status
from tests.support.sink import Act, Received, Sink, late, reply, sinking


def _token(name: str, **members: object) -> Act:
    return reply(200, json.dumps({"access_token": name, "token_type": "Bearer", **members}).encode())


@contextmanager
def _protected(token: Act) -> Iterator[Sink]:
    """An upstream with its token endpoint."""
    with sinking() as sink:
        sink.by_path["/token"] = token
        yield sink


def _asked(sink: Sink) -> int:
    return len(sink.of("/token"))


def _calls(sink: Sink) -> list[str]:
    return [request["authorization"] for request in sink.requests if request.target != "/token"]


@OUTBOUND.check(
    "oauth2-request",
    "must",
    "RFC 6749 section 4.4.2",
    "A token is asked for by client credentials, with HTTP Basic of the form-encoded id and secret, and then sent.",
)
def _request(probe: BenchProbe) -> None:
    with _protected(_token("one", expires_in=3600)) as sink:
        status(probe.call(sink.url, credentials="oauth2"), 200)
        [asked] = sink.of("/token")
        scheme, _, encoded = asked["authorization"].partition(" ")
        name, _, secret = base64.b64decode(encoded).decode().partition(":")
        expect((asked.method, scheme) == ("POST", "Basic"), "the token was not asked for in a POST with HTTP Basic")
        expect(
            (unquote_plus(name), unquote_plus(secret)) == (CLIENT_ID, CLIENT_SECRET),
            "the client's id and secret are not form-encoded (RFC 6749 section 2.3.1)",
        )
        expect(parse_qs(asked.body.decode()).get("grant_type") == ["client_credentials"], "the grant is another")
        expect(_calls(sink) == ["Bearer one"], f"the call was made with {_calls(sink)}")


@OUTBOUND.check(
    "oauth2-once", "house", "RFC 6749 section 4.4", "20 calls at once that need a token ask for one, and keep it."
)
def _once(probe: BenchProbe) -> None:
    with _protected(late(_token("one", expires_in=3600))) as sink, ThreadPoolExecutor(20) as pool:
        answers = pool.map(lambda _: probe.call(sink.url, credentials="oauth2").status, range(20))
        expect(set(answers) == {200}, "a call failed")
        expect(_asked(sink) == 1, f"20 calls asked for {_asked(sink)} tokens")
        status(probe.call(sink.url, credentials="oauth2"), 200)
        expect(_asked(sink) == 1, "a token that is still good was asked for again")
        expect(_calls(sink) == ["Bearer one"] * 21, "a call had another token")


@OUTBOUND.check(
    "oauth2-refused", "house", "RFC 6750 section 3.1", "A token that is refused with 401 is replaced once, and no more."
)
def _refused(probe: BenchProbe) -> None:
    with sinking(reply(401), reply(200), reply(401)) as sink:
        tokens = iter((_token("one"), _token("two"), _token("three"), _token("four")))
        sink.by_path["/token"] = lambda *told: next(tokens)(*told)
        answer = status(probe.call(sink.url, credentials="oauth2"), 200)
        expect(b"200" in answer.body, f"a token that was refused was not replaced: {answer.body.decode()}")
        expect(_calls(sink) == ["Bearer one", "Bearer two"], f"the calls were made with {_calls(sink)}")
        answer = status(probe.call(sink.url, credentials="oauth2"), 200)
        expect(b"401" in answer.body, f"expected 401 to be handed on, got {answer.body.decode()}")
        expect(_asked(sink) == 3, f"{_asked(sink)} tokens were asked for")


@OUTBOUND.check(
    "oauth2-expiry", "must", "RFC 6749 section 5.1", "A token is no longer used when it has expired (`expires_in`)."
)
def _expiry(probe: BenchProbe) -> None:
    with _protected(_token("one", expires_in=1)) as sink:
        status(probe.call(sink.url, credentials="oauth2"), 200)
        time.sleep(1.1)
        status(probe.call(sink.url, credentials="oauth2"), 200)
        expect(_asked(sink) == 2, "a token was used after it had expired")


@OUTBOUND.check(
    "oauth2-failure",
    "house",
    "RFC 6749 section 5.2",
    "Without a token there is no call, and whoever needs it gets 503.",
)
def _failure(probe: BenchProbe) -> None:
    for act in (reply(400, b'{"error": "invalid_client"}'), reply(200, b"{}"), reply(200, b"<html>")):
        with _protected(act) as sink:
            answer = probe.call(sink.url, credentials="oauth2")
            expect(answer.status == 503, f"expected 503, got {answer.status}")
            expect(_calls(sink) == [], "a call was made without a token")


@OUTBOUND.check(
    "sigv4-signature",
    "must",
    "AWS Signature Version 4",
    "A request is signed as AWS's own library signs it: method, path, query, host, type, time, and body.",
)
def _signature(probe: BenchProbe) -> None:
    with sinking() as sink:
        for url in (
            "/",
            "/quotes?b=2&a=1&a=0&empty",
            "/a%20b/%C3%A9~/c?x=%2F%20+y",
            "/a//b/./c/../d/",
            # The query is encoded already: AWS's library signs it as it stands, its servers as RFC 3986 has it.
            "/a(b)*!?c=%28d%29%2A%21",
        ):
            status(probe.call(sink.url, url=url, method="POST", credentials="sigv4", content="a b"), 200)
        status(probe.call(sink.url, credentials="sigv4"), 200)
        for request in sink.requests:
            expected = _signed_by_aws(sink, request)
            expect(request["authorization"] == expected, f"{request.target} has another signature than AWS gives it")


def _signed_by_aws(sink: Sink, request: Received) -> str:
    """The Authorization field that AWS's library gives the request, with the fields and the time that it has."""
    names = request["authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
    expect({"host", "x-amz-date"} <= set(names), f"the fields that are signed are {names}")
    copy = AWSRequest(request.method, f"{sink.url}{request.target}", data=request.body)
    for name in names:
        copy.headers[name] = request[name]
    copy.context["timestamp"] = request["x-amz-date"]
    signer = SigV4Auth(Credentials(AWS_KEY, AWS_SECRET), "execute-api", "eu-west-1")
    canonical = signer.canonical_request(copy)
    signature = signer.signature(signer.string_to_sign(copy, canonical), copy)
    scope = signer.scope(copy)
    return f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={';'.join(names)}, Signature={signature}"
