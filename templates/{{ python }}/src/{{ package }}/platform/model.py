"""What the generated models are made of.

The contract's own JSON Schemas give the verdict on a body; a model only gives it Python names and types. So a model
accepts all that its schema accepts, and writes back what it was given.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Self, TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    ModelWrapValidatorHandler,
    PlainSerializer,
    PlainValidator,
    model_validator,
)

Number: TypeAlias = int | float
"""A JSON number as it was written: `1` stays an int."""


class Model(BaseModel):
    """A JSON object of the contract. Undeclared properties of an open schema stay on the instance."""

    model_config = ConfigDict(
        extra="allow",
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        defer_build=True,
        protected_namespaces=(),
        hide_input_in_errors=True,
    )

    @model_validator(mode="wrap")
    @classmethod
    def _unset_what_was_not_given(cls, data: Any, validate: ModelWrapValidatorHandler[Self]) -> Self:
        # Pydantic holds a field for set, too, where an undeclared property has the field's Python name.
        made = validate(data)
        if made is not data and made.model_extra and isinstance(data, dict):
            for name in made.model_extra.keys() & cls.model_fields.keys():
                if cls.model_fields[name].validation_alias not in data:
                    made.__pydantic_fields_set__.discard(name)
        return made


def wire(name: str) -> Any:
    """The name a property has in JSON, where it can't be a Python name."""
    return Field(validation_alias=name, serialization_alias=name)


def optional(name: str | None = None) -> Any:
    """A property that is left out of the JSON when it is None, because its schema does not allow null."""
    return Field(validation_alias=name, serialization_alias=name, exclude_if=_is_none)


def _is_none(value: object) -> bool:
    return value is None


class Timestamp(datetime):
    """A date-time of the wire that remembers how it was written, so that it leaves as it came."""

    text: str

    @classmethod
    def parse(cls, text: str) -> Timestamp:
        """Read an RFC 3339 date-time.

        A leap second (`23:59:60`) has no place in `datetime` and becomes the second before it; `text` keeps it.

        Raises ValueError where the text is no date-time or has no offset.
        """
        leap_second = text[17:19] == "60"
        moment = datetime.fromisoformat((text[:17] + "59" + text[19:] if leap_second else text).upper())
        if moment.tzinfo is None:
            raise ValueError("a date-time needs an offset from UTC (RFC 3339)")
        stamp = cls.combine(moment.date(), moment.timetz())
        stamp.text = text
        return stamp


def _to_datetime(value: Any) -> datetime:
    if isinstance(value, str):
        return Timestamp.parse(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value
    raise ValueError("expected a date-time with an offset from UTC")


def _to_text(value: datetime) -> str:
    return getattr(value, "text", None) or value.isoformat().replace("+00:00", "Z")


DateTime: TypeAlias = Annotated[
    datetime, PlainValidator(_to_datetime), PlainSerializer(_to_text, return_type=str, when_used="json")
]


def discriminated(property_name: str, mapping: Mapping[str, str], otherwise: str | None = None) -> Discriminator:
    """Choose a member of a union by the discriminator of OpenAPI.

    `mapping` leads from the property's value to the name of the class, which is also the member's tag. A value that is
    not mapped gives `otherwise`, the base class, where the contract leaves the hierarchy open.
    """

    def choose(value: Any) -> str | None:
        if isinstance(value, BaseModel):
            return type(value).__name__
        tag = value.get(property_name) if isinstance(value, dict) else None
        return mapping.get(tag, otherwise) if isinstance(tag, str) else otherwise

    return Discriminator(choose)
