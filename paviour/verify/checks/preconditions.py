"""Are conditional requests evaluated as RFC 9110, section 13, says, and in its order?"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from uuid import uuid4

from paviour.verify.registry import Failed, Group, Level, NotApplicable
from paviour.verify.resource import Resource, takes
from paviour.verify.service import Probe

PRECONDITIONS = Group("preconditions")
_OTHER = '"paviour-verify-other"'
_RFC = "RFC 9110 section"


def _tagged(probe: Probe) -> tuple[Resource, str]:
    """Something with its entity tag. Raises NotApplicable where none is to be expected, Failed where none is sent."""
    resource = Resource.create(probe)
    responses = resource.collection.reading.operation.responses
    if resource.entity_tag is not None:
        return resource, resource.entity_tag
    if not any(header.name.lower() == "etag" for response in responses for header in response.headers):
        raise NotApplicable("what can be created and read has no ETag, and the contract declares none")
    raise Failed("there is no ETag, which the contract declares")


@PRECONDITIONS.check("etag-syntax", "must", f"{_RFC} 8.8.3", "An `ETag` is an entity tag: text in quotes.")
def _syntax(probe: Probe) -> None:
    tag = _tagged(probe)[1]
    if not re.fullmatch(r'(W/)?"[\x21\x23-\x7e\x80-\xff]*"', tag):
        raise Failed(f"ETag is {tag}")


@PRECONDITIONS.check("etag-stable", "must", f"{_RFC} 8.8.1", "What has not changed keeps its entity tag.")
def _stable(probe: Probe) -> None:
    resource, tag = _tagged(probe)
    again = probe.send(resource.message(resource.collection.reading)).fields.get("etag")
    if again != tag:
        raise Failed(f"first {tag}, then {again}")


@PRECONDITIONS.check("etag-changes", "must", f"{_RFC} 8.8.1", "What has changed has another entity tag.")
def _changes(probe: Probe) -> None:
    resource, tag = _tagged(probe)
    answer = probe.send(resource.message(resource.collection.changing()))
    if answer.status >= 300:
        raise Failed(f"the change got {answer.status}")
    now = probe.send(resource.message(resource.collection.reading))
    if now.body != resource.shown.body and now.fields.get("etag") == tag:
        raise Failed(f"ETag is {tag} still")


# If-None-Match


def _not_modified(probe: Probe, make: Callable[[str], str], method: str = "GET") -> None:
    resource, tag = _tagged(probe)
    message = resource.message(resource.collection.reading).having(if_none_match=make(tag))
    answer = probe.refused(replace(message, method=method), 304)
    if answer.fields.get("etag") != tag:
        raise Failed(f"ETag is {answer.fields.get('etag', 'missing')}, and was {tag}")
    if answer.body or answer.fields.get("content-length", "0") not in ("0", str(len(resource.shown.body))):
        raise Failed("304 has a body")


def _opaque(tag: str) -> str:
    return tag.removeprefix("W/")


_SAME: tuple[tuple[str, Level, str, str, Callable[[str], str]], ...] = (
    ("same", "must", "13.1.2", "With its entity tag", lambda tag: tag),
    ("any", "must", "13.1.2", "With `*`", lambda _: "*"),
    ("list", "must", "13.1.2", "With its entity tag among others", lambda tag: f"{_OTHER}, {tag}"),
    ("comma", "must", "8.8.3", "With its entity tag behind one that has a comma", lambda tag: f'"a,b", {tag}'),
    ("weak", "must", "8.8.3.2", "With its entity tag as a weak one", lambda tag: f"W/{_opaque(tag)}"),
)

for _id, _level, _section, _what, _make in _SAME:
    PRECONDITIONS.add(
        f"if-none-match-{_id}",
        _level,
        f"{_RFC} {_section}",
        f"{_what} in `If-None-Match`, reading gets 304 with the `ETag` and without a body.",
        partial(_not_modified, make=_make),
    )

PRECONDITIONS.add(
    "if-none-match-head",
    "must",
    f"{_RFC} 13.1.2",
    "HEAD with its entity tag in `If-None-Match` gets 304, too.",
    partial(_not_modified, make=lambda tag: tag, method="HEAD"),
)


def _modified(probe: Probe, make: Callable[[str], str]) -> None:
    resource, tag = _tagged(probe)
    probe.refused(resource.message(resource.collection.reading).having(if_none_match=make(tag)), 200)


for _id, _what, _make in (
    ("other", "Another entity tag", lambda _: _OTHER),
    ("longer", "An entity tag that begins like its own", lambda tag: f'{tag[:-1]}x"'),
    ("inside", "Its entity tag as a part of another's text", lambda tag: f'"a,{_opaque(tag)[1:-1]},b"'),
):
    PRECONDITIONS.add(
        f"if-none-match-{_id}",
        "must",
        f"{_RFC} 13.1.2",
        f"{_what} in `If-None-Match` is none of its own: reading gets 200.",
        partial(_modified, make=_make),
    )


# If-Match


def _change(probe: Probe, make: Callable[[str], str], status: int) -> None:
    resource, tag = _tagged(probe)
    message = resource.message(resource.collection.changing()).having(if_match=make(tag))
    if status == 412:
        probe.refused(message, 412)
        if probe.send(resource.message(resource.collection.reading)).body != resource.shown.body:
            raise Failed("it was changed all the same")
        return
    answer = probe.send(message)
    if answer.status >= 300:
        raise Failed(f"expected success, got {answer.status}")


_MATCHES: tuple[tuple[str, str, str, Callable[[str], str], int], ...] = (
    ("same", "13.1.1", "With its entity tag in `If-Match` something is changed.", lambda tag: tag, 200),
    ("any", "13.1.1", "With `If-Match: *` what exists is changed.", lambda _: "*", 200),
    ("list", "13.1.1", "With its entity tag among others it is changed.", lambda tag: f"{_OTHER}, {tag}", 200),
    ("other", "13.1.1", "With another entity tag in `If-Match`: 412, and nothing changes.", lambda _: _OTHER, 412),
    ("weak", "8.8.3.2", "A weak entity tag never matches `If-Match`: 412.", lambda tag: f"W/{_opaque(tag)}", 412),
    ("longer", "13.1.1", "An entity tag that begins like its own: 412.", lambda tag: f'{tag[:-1]}x"', 412),
)

for _id, _section, _rule, _make, _status in _MATCHES:
    PRECONDITIONS.add(
        f"if-match-{_id}", "must", f"{_RFC} {_section}", _rule, partial(_change, make=_make, status=_status)
    )


@PRECONDITIONS.check("if-match-missing", "should", "RFC 6585 section 3", "Without the `If-Match` that is needed: 428.")
def _missing(probe: Probe) -> None:
    resource, _ = _tagged(probe)
    request = resource.collection.changing()
    required = any(p.required and p.name.lower() == "if-match" for p in request.operation.parameters)
    if not required and not any(response.status == "428" for response in request.operation.responses):
        raise NotApplicable("the contract neither requires If-Match nor declares 428")
    probe.refused(resource.message(request).without("If-Match"), 428)


@PRECONDITIONS.check("if-match-outdated", "must", f"{_RFC} 13.1.1", "The entity tag before a change: 412 after it.")
def _outdated(probe: Probe) -> None:
    resource, _ = _tagged(probe)
    for status in (200, 412):
        probe.refused(resource.message(resource.collection.changing()), status)


# Their order


@PRECONDITIONS.check(
    "if-match-before-if-none-match", "must", f"{_RFC} 13.2.2", "`If-Match` is looked at first: 412, not 304."
)
def _order(probe: Probe) -> None:
    resource, tag = _tagged(probe)
    reading = resource.collection.reading
    if not takes(reading.operation, "If-Match"):
        raise NotApplicable("the contract has no If-Match for reading")
    probe.refused(resource.message(reading).having(if_match=_OTHER, if_none_match=tag), 412)
    probe.refused(resource.message(reading).having(if_match=tag, if_none_match=tag), 304)


@PRECONDITIONS.check("precondition-after-token", "must", f"{_RFC} 13.2.1", "Who has no token gets 401, not 412.")
def _after_token(probe: Probe) -> None:
    resource, _ = _tagged(probe)
    message = resource.message(resource.collection.changing()).having(if_match=_OTHER)
    probe.refused(message.without("Authorization"), 401)
    probe.refused(message.having(authorization=f"Bearer {resource.caller.token(())}"), 403)


@PRECONDITIONS.check("precondition-after-validation", "must", f"{_RFC} 13.2.1", "A wrong body gets 422, not 412.")
def _after_validation(probe: Probe) -> None:
    resource, _ = _tagged(probe)
    request = resource.collection.changing()
    if not request.has_object_body:
        raise NotApplicable("the change has no body")
    message = replace(resource.message(request).having(if_match=_OTHER), body=b"[]")
    probe.refused(message, 422)
    if not any(p.required and p.name.lower() == "if-match" for p in request.operation.parameters):
        probe.refused(message.without("If-Match"), 422)


@PRECONDITIONS.check("precondition-of-nothing", "must", f"{_RFC} 13.2.1", "What does not exist gets 404, not 412.")
def _of_nothing(probe: Probe) -> None:
    resource, _ = _tagged(probe)
    request = resource.collection.changing()
    for field in (_OTHER, "*"):
        probe.refused(resource.message(request, id=str(uuid4())).having(if_match=field), 404)


@PRECONDITIONS.check(
    "if-none-match-malformed", "house", f"{_RFC} 13.1.2", "A field without quotes is refused, and never matches."
)
def _malformed(probe: Probe) -> None:
    resource, tag = _tagged(probe)
    message = resource.message(resource.collection.reading).having(if_none_match=_opaque(tag)[1:-1])
    probe.refused(message, 400, 422)
