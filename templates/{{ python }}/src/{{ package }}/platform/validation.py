"""The contract's own JSON Schemas, executed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache, cached_property
from itertools import islice
from pathlib import Path
from typing import Any, cast

from jsonschema_rs import Draft202012, Draft202012Validator, Registry, ValidationError, ValidationErrorKind

from .problems import Fault, Where

MAX_FAULTS = 20
MAX_TEXT = 300
# More are not looked at, however many there may be.
_MAX_ERRORS = 100
_DOCUMENT = "urn:contract"


class Schemas:
    """The schemas of the contract's operations; a validator is compiled when its operation is first called."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._validator = cache(self._compile)

    @cached_property
    def _document(self) -> dict[str, Any]:
        return cast(dict[str, Any], json.loads(self._path.read_bytes()))

    @cached_property
    def _registry(self) -> Registry:
        return Registry([(_DOCUMENT, self._document)], draft=Draft202012)

    def parameter_faults(self, operation_id: str, parameters: dict[str, dict[str, Any]]) -> list[Fault]:
        """The violations in `{location: {name: value}}`."""
        return self._faults(("operations", operation_id, "parameters"), parameters, None)

    def body_faults(self, operation_id: str, media_type: str, body: Any) -> list[Fault]:
        """The violations in a request's JSON body."""
        return self._faults(("operations", operation_id, "body", media_type), body, "body")

    def response_faults(self, operation_id: str, status: int, media_type: str, body: Any) -> list[Fault]:
        """The violations in a response's JSON body, by the most specific declaration of its status."""
        declared = self._document["operations"][operation_id].get("responses", {})
        key = next((k for k in (str(status), f"{status // 100}XX", "default") if k in declared), None)
        if key is None:
            return []
        return self._faults(("operations", operation_id, "responses", key, media_type), body, "body")

    def _compile(self, path: tuple[str, ...]) -> Draft202012Validator | None:
        place = self._document
        for name in path:
            if name not in place:
                return None
            place = place[name]
        reference = _DOCUMENT + "#/" + "/".join(map(_escape, path))
        return Draft202012Validator(
            {"$ref": reference}, registry=self._registry, validate_formats=True, offline=True, mask="value"
        )

    def _faults(self, path: tuple[str, ...], instance: Any, where: Where | None) -> list[Fault]:
        validator = self._validator(path)
        if validator is None or validator.is_valid(instance):
            return []
        errors = _meant(list(islice(validator.iter_errors(instance), _MAX_ERRORS)))
        return list(islice((fault for error in errors for fault in _faults_of(error, where)), MAX_FAULTS))


def _meant(errors: list[ValidationError]) -> list[ValidationError]:
    """Without what only follows from other errors.

    A part of a schema that fails leaves the properties it has unevaluated (JSON Schema Core, section 7.7.1.2), and
    each of them would be blamed for another's fault.
    """
    faulty: set[tuple[str | int, ...]] = set()
    for error in errors:
        path = tuple(error.instance_path)
        faulty.update(path[:end] for end in range(len(path) + (not _is_unevaluated(error))))
    return [error for error in errors if not (_is_unevaluated(error) and tuple(error.instance_path) in faulty)]


def _is_unevaluated(error: ValidationError) -> bool:
    return isinstance(error.kind, ValidationErrorKind.UnevaluatedProperties)


def _faults_of(error: ValidationError, where: Where | None) -> Iterator[Fault]:
    path = error.instance_path
    match error.kind:
        case ValidationErrorKind.Required(property=name):
            yield _fault("is required", [*path, name], where)
        case ValidationErrorKind.AdditionalProperties() | ValidationErrorKind.UnevaluatedProperties() as kind:
            for name in kind.unexpected:
                yield _fault("is not a property of this object", [*path, name], where)
        case _:
            yield _fault(error.message.removeprefix("value "), path, where)


def _fault(detail: str, path: list[str | int], where: Where | None) -> Fault:
    if where is None:
        where, path = cast(Where, path[0]), path[1:]
    pointer = "".join("/" + _escape(str(step)) for step in path)
    return Fault(detail[:MAX_TEXT], where, pointer[:MAX_TEXT])


def _escape(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")
