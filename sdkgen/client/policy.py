"""How an operation is called: one record for each, made from the contract, the same for every language.

An SDK does nothing but follow these records, so that callers in all languages wait, retry, page and sign alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

from sdkgen.load import Node
from sdkgen.model import Contract, MediaType, Operation, Parameter, Response
from sdkgen.naming import attribute, module_name, snake_case, unique

Retry: TypeAlias = Literal["safe", "with-key", "never"]
CONNECT, READ, TOTAL = 5.0, 30.0, 60.0
"""Seconds that an SDK waits where neither the contract nor the caller says otherwise."""

_REPEATABLE = frozenset(("GET", "HEAD", "OPTIONS", "PUT", "DELETE"))
"""Repeating these has no further effect (RFC 9110, section 9.2.2)."""
_TAKEN = ("body",)


@dataclass(frozen=True, slots=True)
class Argument:
    """A parameter: how it is called in code, and how its value is written into the request (OpenAPI, `style`)."""

    argument: str
    name: str
    location: str
    style: str
    explode: bool
    json: bool
    """Written as JSON text, because the contract declares it by `content`."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to be connected, between two pieces of the response, and for the call with all its attempts."""

    connect: float = CONNECT
    read: float = READ
    total: float = TOTAL


@dataclass(frozen=True, slots=True)
class Pagination:
    """How pages are turned: the arguments in code, and the properties of the response by their names in JSON."""

    cursor: str
    limit: str | None
    items: str
    next: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem type (RFC 9457) that an error response documents, and the status of that response."""

    type: str
    status: int | None


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything about one operation that is behaviour and not a type."""

    operation: str
    """The operationId as the contract has it."""
    module: str
    name: str
    """Module and function in code, as the contract gate names them."""
    method: str
    path: str
    """Below the server's URL; the span's `url.template`."""
    arguments: tuple[Argument, ...]
    accept: tuple[str, ...]
    """The media types of its responses, those of success first."""
    security: tuple[dict[str, tuple[str, ...]], ...]
    """Alternatives of schemes with their scopes; an empty one lets anybody in. None at all: nothing is declared."""
    timeouts: Timeouts
    retry: Retry
    idempotency_key: str | None
    """The argument that carries the idempotency key, where the contract declares one."""
    pagination: Pagination | None
    deprecated: bool
    sunset: str | None
    problems: tuple[Problem, ...]

    def as_json(self) -> dict[str, Any]:
        """The record as a JSON value, for whatever is not written in Python."""
        return asdict(self)


def policies(contract: Contract) -> tuple[Policy, ...]:
    """One record for each operation, in the order of the contract."""
    return tuple(_policy(contract, operation) for operation in contract.operations)


def _policy(contract: Contract, operation: Operation) -> Policy:
    arguments = tuple(_arguments(operation.parameters))
    named = {(one.location, one.name): one.argument for one in arguments}
    key = operation.idempotency_key
    return Policy(
        operation=operation.id,
        module=module_name(operation.tags[0] if operation.tags else "default"),
        name=snake_case(operation.id),
        method=operation.method,
        path=operation.path,
        arguments=arguments,
        accept=_accepted(operation.responses),
        security=_security(contract, operation),
        timeouts=Timeouts(total=operation.timeout or TOTAL),
        retry=_retry(operation),
        idempotency_key=named[key.location, key.name] if key else None,
        pagination=_pagination(operation, named),
        deprecated=operation.deprecated,
        sunset=operation.sunset,
        problems=tuple(dict.fromkeys(_problems(contract, operation))),
    )


def _arguments(parameters: tuple[Parameter, ...]) -> Iterator[Argument]:
    taken = set(_TAKEN)
    for parameter in parameters:
        name = unique(attribute(parameter.name), taken)
        taken.add(name)
        yield Argument(
            argument=name,
            name=parameter.name,
            location=parameter.location,
            style=parameter.style,
            explode=parameter.explode,
            json=parameter.media_type is not None and "json" in parameter.media_type,
        )


def _accepted(responses: tuple[Response, ...]) -> tuple[str, ...]:
    ordered = sorted(responses, key=lambda response: not response.status.startswith("2"))
    chosen = [media for response in ordered if (media := represented(response.content))]
    return tuple(dict.fromkeys(media.essence for media in chosen))


def represented(content: tuple[MediaType, ...]) -> MediaType | None:
    """Of several representations of one body the one that an SDK reads: JSON where there is any, then text."""
    ranks = [(0 if media.is_json else 1 if media.essence.startswith("text/") else 2) for media in content]
    return content[ranks.index(min(ranks))] if content else None


def _security(contract: Contract, operation: Operation) -> tuple[dict[str, tuple[str, ...]], ...]:
    declared = operation.node.get("security") or contract.documents.node.get("security")
    if declared is None:
        return ()
    if not declared.value:
        return ({},)
    return tuple({name: tuple(scopes) for name, scopes in one.value.items()} for _, one in declared.items())


def _retry(operation: Operation) -> Retry:
    if operation.method in _REPEATABLE:
        return "safe"
    if operation.idempotency_key is not None:
        return "with-key"
    return "safe" if _paved(operation).get("idempotent") is True else "never"


def _pagination(operation: Operation, named: dict[tuple[str, str], str]) -> Pagination | None:
    declared = _paved(operation).get("pagination")
    cursor = named.get(("query", declared["cursor"])) if declared else None
    if declared is None or cursor is None:
        return None
    limit = named.get(("query", declared["limit"])) if "limit" in declared else None
    return Pagination(cursor, limit, declared["items"], declared["next"])


def _paved(operation: Operation) -> dict[str, Any]:
    found = operation.node.value.get("x-paved")
    return found if isinstance(found, dict) else {}


def _problems(contract: Contract, operation: Operation) -> Iterator[Problem]:
    for response in operation.responses:
        if response.status.startswith(("4", "5")) or response.status == "default":
            status = int(response.status) if response.status.isdigit() else None
            for media in response.content:
                if media.essence == "application/problem+json":
                    yield from (Problem(found, status) for found in _types(contract, media.node))


def _types(contract: Contract, media: Node) -> Iterator[str]:
    """The values of `type` in the examples of a problem, and those its schema names."""
    documents = contract.documents
    examples = [media.value.get("example")]
    examples += [documents.follow(node).value.get("value") for _, node in media.members("examples")]
    for example in examples:
        if isinstance(example, dict) and isinstance(example.get("type"), str):
            yield example["type"]
    schema = media.get("schema")
    properties = documents.follow(schema).get("properties") if schema else None
    declared = properties.get("type") if properties else None
    if declared is not None and isinstance(declared.value, dict):
        values = [declared.value.get("const"), *declared.value.get("enum", ())]
        yield from (value for value in values if isinstance(value, str))
