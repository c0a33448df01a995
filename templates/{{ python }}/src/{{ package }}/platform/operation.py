"""The records that the generated `contract/` package is made of, and that the platform executes."""

from __future__ import annotations

from collections.abc import AsyncIterable
from dataclasses import dataclass, field
from typing import ClassVar, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

Location: TypeAlias = Literal["path", "query", "header", "cookie"]
ScalarType: TypeAlias = Literal["null", "boolean", "integer", "number", "string"]
Stream: TypeAlias = bytes | AsyncIterable[bytes]


class Request(BaseModel):
    """What an operation receives: one attribute for each parameter, and `body` where there is one."""

    model_config = ConfigDict(frozen=True, defer_build=True, protected_namespaces=(), hide_input_in_errors=True)


@dataclass(frozen=True, slots=True)
class Response:
    """One response the contract declares: its status is the class's, its headers are its fields.

    Where the contract declares a range (`4XX`) or the default, `status` is 0 and the handler gives a field `code`.
    Where it declares several media types, a field `content_type` says which one this is.
    """

    status: ClassVar[int]
    media_type: ClassVar[str | None] = None
    headers: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Pairs of a field's name and the header it is sent as."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """How the text of a parameter becomes a JSON value: the first type that fits its grammar."""

    types: tuple[ScalarType, ...] = ("string",)


@dataclass(frozen=True, slots=True)
class Array:
    items: Scalar = Scalar()


@dataclass(frozen=True, slots=True)
class Object:
    properties: dict[str, Scalar] = field(default_factory=dict)
    additional: Scalar = Scalar()


Shape: TypeAlias = Scalar | Array | Object


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter object of OpenAPI: where it stands, how it is written, which attribute receives it."""

    name: str
    location: Location
    field: str
    shape: Shape = Scalar()
    style: str = "simple"
    explode: bool = False
    media_type: str | None = None
    """Set where the parameter is declared by `content`: its text is of this media type."""


@dataclass(frozen=True, slots=True)
class Body:
    """A request body: the media types it may have, most specific first."""

    media_types: tuple[str, ...]
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of the contract, with all the platform needs to serve it."""

    id: str
    method: str
    path: str
    handler: str
    """The method of the team's `Operations` that serves it."""
    request: type[Request]
    responses: tuple[type[Response], ...]
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    public: bool = False
    """True where the contract says that no token is needed (`security: []`, or `{}` among its alternatives)."""
    scopes: tuple[tuple[str, ...], ...] = ((),)
    """Alternatives; all scopes of one must be held. No alternative: nobody may call it."""
    idempotency_key: Literal["none", "optional", "required"] = "none"
    deprecated: bool = False
    deprecation: str | None = None
    """Since when it is deprecated, where the contract says so (`x-paved.deprecation`)."""
    sunset: str | None = None
    rate: tuple[int, float] | None = None
    """Requests, and the seconds in which a caller may send them, where the contract says so (`x-paved.rate`)."""
    timeout: float | None = None
    """Seconds the handler may take, where the contract says so (`x-paved.timeout`)."""
