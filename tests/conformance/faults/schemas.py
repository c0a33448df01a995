"""Faults in what is held against the contract's schemas."""

from __future__ import annotations

from tests.conformance.faults.fault import Fault

_READ = "json.loads(self._path.read_bytes())"

_KEPT = "schema-boundary answer-body"
"""What was let in is kept, and shown to others."""


def _schema(name: str, old: str, new: str, noticed_by: str = "schema-boundary") -> Fault:
    """The service reads its schemas with another text in place of one."""
    return Fault(
        name, "validation.py", _READ, f"json.loads(self._path.read_text('utf-8').replace({old!r}, {new!r}))", noticed_by
    )


SCHEMAS = (
    _schema("minimums are not looked at", '"minimum"', '"x-minimum"', f"{_KEPT} errors-server-failure"),
    _schema("a maximum is one too high", '"maximum":120', '"maximum":121', _KEPT),
    _schema("a maximum is one too low", '"maximum":120', '"maximum":119'),
    _schema("greatest lengths are not looked at", '"maxLength"', '"x-maxLength"', _KEPT),
    _schema("patterns are not looked at", '"pattern"', '"x-pattern"', _KEPT),
    _schema("listed values are not looked at", '"enum"', '"x-enum"', "schema-pointer"),
    _schema(
        "undeclared members are accepted",
        '"additionalProperties":false',
        '"additionalProperties":true',
        "schema-pointer",
    ),
    _schema("true is a number", '"type":"integer"', '"type":["integer","boolean"]'),
    Fault(
        "formats are not looked at",
        "validation.py",
        "validate_formats=True",
        "validate_formats=False",
        "schema-boundary",
    ),
    Fault(
        "parameters are not held against the contract",
        "dispatch.py",
        "faults = faults or self._schemas.parameter_faults(operation.id, parameters)",
        "pass",
        "schema-* errors-server-failure",
    ),
    Fault(
        "places are named with dots",
        "validation.py",
        '"".join("/" + _escape(str(step)) for step in path)',
        '".".join(map(str, path))',
        "schema-pointer error-pointers",
    ),
    Fault(
        "every success is 200",
        "responses.py",
        "status = response.status or response.code",
        "status = 200",
        "answer-status answer-to-good-request",
    ),
    Fault(
        "answers are of another media type",
        "responses.py",
        "return Reply(status, media_type, headers, body)",
        'return Reply(status, "text/json", headers, body)',
        "answer-media-type answer-to-good-request",
    ),
    Fault(
        "answers are not what the contract says",
        "dispatch.py",
        '        if self._settings.app_env == "dev":\n            self._check(operation, reply)',
        "        reply.body = reply.body.replace(b'\"state\"', b'\"stage\"')",
        "answer-body answer-to-good-request",
    ),
    Fault(
        "fields are left out",
        "responses.py",
        "if (value := getattr(response, attribute)) is not None",
        "if (value := getattr(response, attribute)) is False",
        "answer-fields answer-to-good-request",
    ),
)
