"""Is a body read as what it says it is, held against its schema, and answered in a form that was asked for?"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import Any

from paviour.verify.registry import Group, NotApplicable
from paviour.verify.service import Probe
from sdkgen.load import Node

HTTP = Group("http")


def _unsupported(probe: Probe, content_type: str) -> None:
    probe.refused(probe.writer(content_type=content_type), 415)


for _name, _content_type, _rule in (
    ("text", "text/plain", "JSON that is sent as text is refused with 415."),
    ("form", "application/x-www-form-urlencoded", "JSON that is sent as a form is refused with 415."),
    ("charset", "application/json; charset=utf-16", "A charset other than UTF-8 is refused with 415."),
    ("malformed", "json", "A `Content-Type` that is no media type is refused with 415."),
    ("empty", "", "An empty `Content-Type` is refused with 415."),
):
    HTTP.add(
        f"content-type-{_name}",
        "house",
        "RFC 9110 section 15.5.16",
        _rule,
        partial(_unsupported, content_type=_content_type),
    )


@HTTP.check(
    "content-type-missing", "house", "RFC 9110 section 8.3", "A body without `Content-Type` is refused with 415."
)
def _content_type_missing(probe: Probe) -> None:
    probe.refused(probe.writer().without("Content-Type"), 415)


@HTTP.check("content-type-twice", "house", "RFC 9110 section 5.3", "Two `Content-Type` fields are refused.")
def _content_type_twice(probe: Probe) -> None:
    message = probe.writer()
    other = ("Content-Type", "text/plain")
    for fields in ((*message.fields, other), (message.fields[0], other, *message.fields[1:])):
        probe.refused(replace(message, fields=fields), 400, 415)


@HTTP.check("content-type-case", "must", "RFC 9110 section 8.3.1", "A media type is read whatever its case.")
def _content_type_case(probe: Probe) -> None:
    request = probe.service.writing()
    probe.accepted(probe.writer(content_type=str(request.media_type).upper() + ";CHARSET=UTF-8"), request)


@HTTP.check(
    "content-encoding", "house", "RFC 9110 section 8.4", "A compressed body that nobody offered to read gets 415."
)
def _content_encoding(probe: Probe) -> None:
    probe.refused(probe.writer(content_encoding="gzip"), 415)


@HTTP.check("accept-none", "house", "RFC 9110 section 12.5.1", "A caller that takes only images gets 406.")
def _accept_none(probe: Probe) -> None:
    probe.refused(probe.reader(accept="image/png"), 406)


@HTTP.check("accept-quality-zero", "house", "RFC 9110 section 12.4.2", "A media type of quality 0 is not acceptable.")
def _accept_quality_zero(probe: Probe) -> None:
    probe.refused(probe.reader(accept="*/*;q=0"), 406)


@HTTP.check("accept-any", "must", "RFC 9110 section 12.5.1", "A range like `*/*` among others is accepted.")
def _accept_any(probe: Probe) -> None:
    probe.accepted(probe.reader(accept="image/png, */*;q=0.1"), probe.service.reading())


@HTTP.check("body-missing", "house", "OpenAPI 3.1 section 4.8.13", "A required body that is missing is refused.")
def _body_missing(probe: Probe) -> None:
    body = probe.service.writing().operation.body
    if body is None or not body.required:
        raise NotApplicable("the body is not required")
    probe.refused(probe.writer(b""), 400, 422)


def _violates(probe: Probe, body: Any) -> None:
    probe.refused(probe.writer(json.dumps(body).encode()), 422)


@HTTP.check("body-array", "house", "JSON Schema 2020-12 Validation section 6.1.1", "An array for an object gets 422.")
def _body_array(probe: Probe) -> None:
    _violates(probe, [probe.service.writing().body])


@HTTP.check("body-null", "house", "JSON Schema 2020-12 Validation section 6.1.1", "`null` for an object gets 422.")
def _body_null(probe: Probe) -> None:
    _violates(probe, None)


@HTTP.check(
    "body-unknown-member",
    "house",
    "JSON Schema 2020-12 Core section 10.3.2.3",
    "A member that the contract does not declare is refused with 422.",
)
def _body_unknown_member(probe: Probe) -> None:
    schema = _schema_of_body(probe)
    if schema.get("additionalProperties", False) is not False:
        raise NotApplicable("the contract opens the object")
    _violates(probe, {**probe.service.writing().body, "x_not_declared": 1})


@HTTP.check(
    "body-required-member",
    "house",
    "JSON Schema 2020-12 Validation section 6.5.3",
    "A body without a required member gets 422.",
)
def _body_required_member(probe: Probe) -> None:
    required = _schema_of_body(probe).get("required")
    if not required:
        raise NotApplicable("no member is required")
    body = probe.service.writing().body
    _violates(probe, {name: value for name, value in body.items() if name != required[0]})


def _coerced(probe: Probe, change: Any) -> None:
    body = probe.service.writing().body
    name = _declared_integer(probe)
    _violates(probe, {**body, name: change(body[name])})


for _name, _what, _change in (
    ("string-for-integer", 'A number in a string, like `"36"`,', str),
    ("fraction-for-integer", "A fraction for an integer", lambda value: value + 0.5),
    ("boolean-for-integer", "`true` for an integer", bool),
    ("null-for-integer", "`null` for an integer", lambda _: None),
):
    HTTP.add(
        f"body-{_name}",
        "house",
        "JSON Schema 2020-12 Validation section 6.1.1",
        f"{_what} is not coerced: 422.",
        partial(_coerced, change=_change),
    )


@HTTP.check(
    "body-integral-fraction",
    "must",
    "JSON Schema 2020-12 Validation section 6.1.1",
    "A number with a zero fraction, like 36.0, is an integer.",
)
def _body_integral_fraction(probe: Probe) -> None:
    request, name = probe.service.writing(), _declared_integer(probe)
    probe.accepted(probe.writer(json.dumps({**request.body, name: float(request.body[name])}).encode()), request)


def _schema_of_body(probe: Probe) -> dict[str, Any]:
    node = _body_node(probe)
    return node.value if node is not None and isinstance(node.value, dict) else {}


def _body_node(probe: Probe) -> Node | None:
    body = probe.service.writing().operation.body
    schema = next(media.schema for media in body.content if media.is_json) if body else None
    return probe.service.contract.documents.follow(schema) if schema else None


def _declared_integer(probe: Probe) -> str:
    """A member of the example whose own schema says integer, and nothing else."""
    body, node = probe.service.writing().body, _body_node(probe)
    properties = node.get("properties") if node is not None else None
    for name, schema in properties.items() if properties else []:
        declared = probe.service.contract.documents.follow(schema).value
        if isinstance(declared, dict) and declared.get("type") == "integer" and type(body.get(name)) is int:
            return name
    raise NotApplicable("the example has no integer")
