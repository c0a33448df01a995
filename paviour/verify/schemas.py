"""The contract's own JSON Schemas as the judge of what is sent and what comes back."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from jsonschema_rs import Draft202012, Draft202012Validator, Registry, ValidationError, ValidationErrorKind

from sdkgen import validation
from sdkgen.errors import pointer_tokens
from sdkgen.model import Contract

Pointer = tuple[str, ...]
Path = tuple[str | int, ...]
"""The way to a value inside of another."""

_DOCUMENT = "urn:contract"


class Schemas:
    """A document of schemas; a validator is compiled when it is first needed."""

    def __init__(self, contract: Contract) -> None:
        self._document = validation.schemas(contract)
        self._validators: dict[Pointer, Draft202012Validator] = {}

    @cached_property
    def _registry(self) -> Registry:
        return Registry([(_DOCUMENT, self._document)], draft=Draft202012)

    def at(self, pointer: Pointer) -> Any:
        """What stands there; None where nothing does."""
        found: Any = self._document
        for token in pointer:
            if isinstance(found, list):
                found = found[int(token)]
            elif isinstance(found, dict) and token in found:
                found = found[token]
            else:
                return None
        return found

    def target(self, reference: str) -> Pointer:
        return pointer_tokens(reference.removeprefix("#").replace("%25", "%"))

    def is_valid(self, pointer: Pointer, value: Any) -> bool:
        return self._validator(pointer).is_valid(value)

    def errors(self, pointer: Pointer, value: Any) -> Iterator[ValidationError]:
        return self._validator(pointer).iter_errors(value)

    def _validator(self, pointer: Pointer) -> Draft202012Validator:
        if pointer not in self._validators:
            tokens = (token.replace("~", "~0").replace("/", "~1").replace("%", "%25") for token in pointer)
            reference = f"{_DOCUMENT}#/{'/'.join(tokens)}"
            self._validators[pointer] = Draft202012Validator(
                {"$ref": reference}, registry=self._registry, validate_formats=True, offline=True
            )
        return self._validators[pointer]


def blamed(error: ValidationError) -> set[Path]:
    """The places that a fault may be said to be at; what is missing or not declared has a place of its own."""
    path = tuple(error.instance_path)
    match error.kind:
        case ValidationErrorKind.Required(property=name):
            return {path, (*path, name)}
        case ValidationErrorKind.AdditionalProperties() | ValidationErrorKind.UnevaluatedProperties() as kind:
            return {path, *((*path, name) for name in kind.unexpected)}
        case _:
            return {path}
