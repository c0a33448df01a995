"""Do all failures look alike, say what they are, and say nothing of the inside?"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from paviour.verify.message import Message
from paviour.verify.registry import Failed, Group, Level, NotApplicable
from paviour.verify.service import Exchange, Probe, Service
from paviour.verify.wire import Answer

ERRORS = Group("errors")
TYPE_BASE = "https://paviour.github.io/paviour/standards/problems#"
_MEDIA_TYPE = "application/problem+json"
_TRACE_ID = re.compile(r"(?!0{32})[0-9a-f]{32}")
_INTERNAL = re.compile(
    r"Traceback|\bat [\w.$<>]+\(|\.(?:py|ts|js|cs)\b[:\"]|\b\w+(?:Error|Exception)\b|line \d+ column \d+"
    r"|\b(?:SELECT|INSERT|UPDATE|DELETE) .+ (?:FROM|INTO|SET)\b|/(?:usr|home|app|srv|opt)/\w"
)


# One documented type for each failure


def _typed(probe: Probe, status: int, slug: str, make: Callable[[Probe], Message | bytes]) -> None:
    answer = probe.refused(make(probe), status)
    type_ = _problem(answer).get("type")
    if type_ != TYPE_BASE + slug:
        raise Failed(f"expected the type {slug}, got {type_}")


def _without_key(probe: Probe) -> Message:
    key = probe.service.writing().operation.idempotency_key
    if key is None or not key.required:
        raise NotApplicable("the operation requires no idempotency key")
    return probe.writer().without(key.name)


def _without_scope(probe: Probe) -> Message:
    request = probe.service.protected()
    if not all(request.operation.security.alternatives):
        raise NotApplicable("the operation needs no scope")
    return probe.service.bare(request).having(authorization=f"Bearer {probe.service.token(())}")


def _target(probe: Probe, suffix: str) -> Message:
    message = probe.reader()
    return replace(message, target=message.target.partition("?")[0] + suffix)


_TYPES: tuple[tuple[str, int, Callable[[Probe], Message | bytes]], ...] = (
    ("malformed-request", 400, lambda probe: probe.writer(b"{")),
    ("idempotency-key-missing", 400, _without_key),
    ("token-missing", 401, lambda probe: probe.service.bare(probe.service.protected())),
    (
        "token-invalid",
        401,
        lambda probe: probe.service.bare(probe.service.protected()).having(authorization="Bearer no.to.ken"),
    ),
    ("insufficient-scope", 403, _without_scope),
    ("not-found", 404, lambda probe: _target(probe, "/not/there")),
    ("method-not-allowed", 405, lambda probe: replace(probe.reader(), method="TRACE")),
    ("not-acceptable", 406, lambda probe: probe.reader(accept="image/png")),
    ("content-too-large", 413, lambda probe: probe.writer().having(content_length=str(2**40)).head()),
    ("uri-too-long", 414, lambda probe: _target(probe, f"?x={'x' * 65_536}")),
    ("unsupported-media-type", 415, lambda probe: probe.writer(content_type="text/plain")),
    ("contract-violation", 422, lambda probe: probe.writer(b"[]")),
    ("headers-too-large", 431, lambda probe: probe.reader(x_large="x" * 131_072)),
)

for _slug, _status, _make in _TYPES:
    ERRORS.add(
        f"error-{_slug}",
        "house",
        "RFC 9457 section 3.1.1",
        f"The failure has the type `{_slug}`, with {_status}.",
        partial(_typed, status=_status, slug=_slug, make=_make),
    )


@ERRORS.check("error-malformed-head", "house", "RFC 9457 section 3.1.1", "The server's own refusal has a type, too.")
def _malformed_head(probe: Probe) -> None:
    _typed(probe, 400, "malformed-request", lambda _: b"NONSENSE\r\n\r\n")


@ERRORS.check(
    "error-pointers",
    "house",
    "RFC 9457 section 3.2",
    "A violation of the contract names each fault's place by a JSON Pointer.",
)
def _pointers(probe: Probe) -> None:
    body = probe.service.writing().body
    names = list(body)[:2]
    answer = probe.refused(probe.writer(json.dumps({**body, **{name: {"x": [0]} for name in names}}).encode()), 422)
    errors = _problem(answer).get("errors")
    found = {e.get("pointer", "") for e in errors if isinstance(e, dict)} if isinstance(errors, list) else set()
    missing = [name for name in names if not any(str(pointer).startswith(f"/{name}") for pointer in found)]
    if missing:
        raise Failed(f"nothing points to /{missing[0]}")


@ERRORS.check(
    "error-no-code-without-token",
    "should",
    "RFC 6750 section 3.1",
    "Who sent no token is told no error code in the challenge.",
)
def _no_code(probe: Probe) -> None:
    answer = probe.refused(probe.service.bare(probe.service.protected()), 401)
    if "error" in answer.fields.get("www-authenticate", ""):
        raise Failed(f"WWW-Authenticate is {answer.fields['www-authenticate']}")


@ERRORS.check(
    "error-invalid-token-code",
    "should",
    "RFC 6750 section 3.1",
    "Who sent a bad token is told `invalid_token` in the challenge.",
)
def _invalid_token(probe: Probe) -> None:
    bare = probe.service.bare(probe.service.protected())
    answer = probe.refused(bare.having(authorization="Bearer no.to.ken"), 401)
    if 'error="invalid_token"' not in answer.fields.get("www-authenticate", ""):
        raise Failed(f"WWW-Authenticate is {answer.fields.get('www-authenticate', 'missing')}")


@ERRORS.check("error-tokens-alike", "house", "RFC 8725 section 3.2", "A bad token is not told which rule it broke.")
def _tokens_alike(probe: Probe) -> None:
    request, minter = probe.service.protected(), probe.service.minter
    seen = set()
    for token in (minter.mint(claims={"exp": 1}), minter.mint(claims={"iss": "other"}), "no.to.ken", "garbage"):
        answer = probe.refused(probe.service.bare(request).having(authorization=f"Bearer {token}"), 401)
        members = {**_problem(answer), "trace_id": "", "instance": ""}
        seen.add((json.dumps(members, sort_keys=True), answer.fields.get("www-authenticate")))
    if len(seen) > 1:
        raise Failed(f"{len(seen)} different answers to four bad tokens")


# What holds for all answers of the whole run


def _all_failures(service: Service) -> Iterator[tuple[Exchange, Answer]]:
    for exchange in service.exchanges:
        if exchange.answer is not None and exchange.answer.status >= 400 and not exchange.sent.startswith(b"HEAD "):
            yield exchange, exchange.answer


def _of_all(probe: Probe, fault: Callable[[Answer], str]) -> None:
    """No failure of the whole run has this fault; with no other check selected, one failure is made."""
    if not probe.service.exchanges:
        probe.send(probe.service.absent())
    for exchange, answer in _all_failures(probe.service):
        found = fault(answer)
        if found:
            probe.exchanges.append(exchange)
            raise Failed(found)


def _media_type(answer: Answer) -> str:
    found = answer.fields.get("content-type", "")
    return "" if found.partition(";")[0].strip().lower() == _MEDIA_TYPE else f"Content-Type is {found or 'missing'}"


def _members(answer: Answer) -> str:
    try:
        problem = _problem(answer)
    except Failed as error:
        return str(error)
    if problem.get("status") != answer.status:
        return f"the member status is {problem.get('status')}, the status {answer.status}"
    for name in ("type", "title"):
        if not isinstance(problem.get(name), str):
            return f"the member {name} is no string"
    return ""


def _documented(answer: Answer) -> str:
    return "" if TYPE_BASE.encode() in answer.body else "the type is none that is documented"


def _traced(answer: Answer) -> str:
    found = re.search(rb'"trace_id":\s*"([^"]*)"', answer.body)
    return "" if found and _TRACE_ID.fullmatch(found[1].decode("latin-1")) else "there is no trace_id of 32 hex digits"


def _internal(answer: Answer) -> str:
    found = _INTERNAL.search(answer.body.decode("utf-8", "replace"))
    return f"it says {found[0]!r}" if found else ""


def _server_failure(answer: Answer) -> str:
    return f"got {answer.status}" if answer.status >= 500 and answer.status not in (501, 505) else ""


def _challenged(answer: Answer) -> str:
    missing = answer.status == 401 and "www-authenticate" not in answer.fields
    return "WWW-Authenticate is missing" if missing else ""


_OF_ALL: tuple[tuple[str, Level, str, str, Callable[[Answer], str]], ...] = (
    ("media-type", "should", "RFC 9457 section 3", "Every failure is `application/problem+json`.", _media_type),
    ("members", "should", "RFC 9457 section 3.1", "Every failure has `type`, `title`, and its own `status`.", _members),
    ("documented", "house", "RFC 9457 section 3.1.1", "Every failure has a type that is documented.", _documented),
    ("trace-id", "house", "W3C Trace Context section 3.2.2.3", "Every failure has a `trace_id`.", _traced),
    ("internals", "house", "RFC 9457 section 5", "No failure tells of the inside.", _internal),
    (
        "server-failure",
        "must",
        "RFC 9110 section 15.6",
        "Nothing that a caller sends makes the service fail.",
        _server_failure,
    ),
    ("challenge", "must", "RFC 9110 section 15.5.2", "Every 401 has a `WWW-Authenticate`.", _challenged),
)

for _id, _level, _standard, _rule, _fault in _OF_ALL:
    ERRORS.add(f"errors-{_id}", _level, _standard, _rule, partial(_of_all, fault=_fault), when="afterwards")


def _problem(answer: Answer) -> dict[str, Any]:
    """Raises Failed where the body is no JSON object."""
    try:
        found = json.loads(answer.body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Failed("the body is no JSON object")
    return found
