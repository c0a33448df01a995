"""A contract as the projections see it: its operations with everything inherited already in place.

Schemas stay where they stand, as `Node`s; references in them are followed lazily by whoever walks them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from sdkgen.findings import Finding, Waivers
from sdkgen.load import Documents, Node
from sdkgen.metaschema import Version

Location = Literal["path", "query", "header", "cookie"]
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter object. `media_type` is set where it is declared by `content` instead of `schema`."""

    node: Node
    name: str
    location: Location
    required: bool
    style: str
    explode: bool
    schema: Node | None
    media_type: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class MediaType:
    """One entry of a `content` object. `name` is the media type as written, parameters included."""

    node: Node
    name: str
    schema: Node | None

    @property
    def essence(self) -> str:
        """The type without its parameters, in lower case (RFC 9110, section 8.3.1)."""
        return self.name.split(";")[0].strip().lower()

    @property
    def is_json(self) -> bool:
        return self.essence == "application/json" or self.essence.endswith("+json")


@dataclass(frozen=True, slots=True)
class RequestBody:
    node: Node
    required: bool
    content: tuple[MediaType, ...]


@dataclass(frozen=True, slots=True)
class Header:
    node: Node
    name: str
    required: bool
    schema: Node | None


@dataclass(frozen=True, slots=True)
class Response:
    """One response of an operation. `status` is a code, a range like `4XX`, or `default`.

    `component` is the name under `components/responses` where the operation refers to one.
    """

    node: Node
    status: str
    description: str
    headers: tuple[Header, ...]
    content: tuple[MediaType, ...]
    component: str | None = None


@dataclass(frozen=True, slots=True)
class Security:
    """Who may call an operation: one of the alternatives, each a set of scopes that must all be held.

    No alternative at all means nobody, because the contract only names schemes the service can't verify.
    """

    public: bool
    alternatives: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Operation:
    node: Node
    id: str
    method: str
    path: str
    summary: str | None
    description: str | None
    tags: tuple[str, ...]
    deprecated: bool
    parameters: tuple[Parameter, ...]
    body: RequestBody | None
    responses: tuple[Response, ...]
    security: Security
    deprecation: str | None = None
    """Since when it is deprecated."""
    sunset: str | None = None
    rate: tuple[int, float] | None = None
    """Requests, and the seconds in which a caller may send them."""
    timeout: float | None = None
    """Seconds."""

    @property
    def idempotency_key(self) -> Parameter | None:
        """The `Idempotency-Key` header, where the contract declares it for a method that is not idempotent anyway."""
        if self.method in ("GET", "HEAD", "OPTIONS", "TRACE"):
            return None
        for parameter in self.parameters:
            if parameter.location == "header" and parameter.name.lower() == "idempotency-key":
                return parameter
        return None


@dataclass(slots=True)
class Contract:
    documents: Documents
    openapi: Version
    title: str
    version: str
    base_path: str
    """The path of the first server's URL without a slash at its end; usually empty."""
    operations: tuple[Operation, ...] = ()
    schemas: dict[str, Node] = field(default_factory=dict)
    """`components/schemas` of the first file, by name."""
    findings: list[Finding] = field(default_factory=list)
    waivers: Waivers = field(default_factory=Waivers)

    def report(self, id: str, node: Node, message: str) -> None:
        """Note once what a projection can't carry over."""
        if not any(finding.id == id and finding.node.key == node.key for finding in self.findings):
            self.findings.append(Finding(id, node, message, self.waivers.reason(id, node)))
