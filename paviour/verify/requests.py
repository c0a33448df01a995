"""For each operation of the contract a request that it must accept."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from paviour.verify.message import Message
from paviour.verify.parameters import Values, key, write
from paviour.verify.schemas import Pointer, Schemas
from paviour.verify.sunset import is_over
from sdkgen import examples
from sdkgen.model import Contract, MediaType, Operation, Parameter, Response


@dataclass(frozen=True, slots=True)
class GoodRequest:
    """What the contract's own examples and schemas make of an operation."""

    operation: Operation
    required: Values
    """The values of the parameters that it needs."""
    samples: Values
    """A value for each parameter, required or not."""
    media_type: str | None
    body: Any
    flaw: str | None
    """Why the contract refuses it after all: no example fits. Then nothing is said of what must be accepted."""

    @property
    def has_object_body(self) -> bool:
        return self.media_type is not None and isinstance(self.body, dict) and self.flaw is None

    @property
    def body_schema(self) -> Pointer:
        """Where the schemas have that of the body."""
        return ("operations", self.operation.id, "body", self.media_type or "")

    @property
    def parameters_schema(self) -> Pointer:
        return ("operations", self.operation.id, "parameters")

    def message(self, prefix: str, host: str, parameters: Values | None = None) -> Message:
        """The request, with an idempotency key of its own where the operation takes one.

        `parameters` stand in place of those that it needs.
        """
        written = write(self.operation, self.required if parameters is None else parameters)
        fields = [("Host", host), ("Connection", "close"), *written.fields]
        once = self.operation.idempotency_key
        if once is not None and parameters is None:
            fields = [entry for entry in fields if entry[0] != once.name] + [(once.name, str(uuid4()))]
        body = None
        if self.media_type is not None:
            fields.append(("Content-Type", self.media_type))
            body = json.dumps(self.body, ensure_ascii=False).encode()
        target = prefix + written.path + (f"?{written.query}" if written.query else "")
        return Message(self.operation.method, target, tuple(fields), body)


def good_requests(contract: Contract) -> dict[str, GoodRequest]:
    """By the operation's id, in the contract's order."""
    samples = _samples(contract)
    schemas = Schemas(contract)
    return {operation.id: _request(operation, samples[operation.id], schemas) for operation in contract.operations}


def _request(operation: Operation, sample: dict[str, Any], schemas: Schemas) -> GoodRequest:
    required: dict[str, dict[str, Any]] = {}
    samples: dict[str, dict[str, Any]] = {}
    for parameter in operation.parameters:
        value = sample[_key(parameter)]
        samples.setdefault(parameter.location, {})[key(parameter)] = value
        if parameter.required:
            required.setdefault(parameter.location, {})[key(parameter)] = value
    media = _json(operation)
    request = GoodRequest(operation, required, samples, media.name if media else None, sample.get(""), None)
    flaw = "its sunset has passed" if is_over(operation) else None
    flaw = flaw or _flaw(schemas, request.parameters_schema, required)
    if media is not None:
        flaw = flaw or _flaw(schemas, request.body_schema, request.body)
    elif operation.body is not None and operation.body.required:
        flaw = "its body is not JSON"
    return replace(request, flaw=flaw)


def _key(parameter: Parameter) -> str:
    return f"{parameter.location} {parameter.name}"


def _json(operation: Operation) -> MediaType | None:
    return next((media for media in operation.body.content if media.is_json), None) if operation.body else None


def _samples(contract: Contract) -> dict[str, dict[str, Any]]:
    """A value for each parameter by its key, and for the body by the empty one.

    Examples are made for answers: so each value is asked for as the content of the answer of an operation of its own.
    """
    asked: dict[str, tuple[str, str]] = {}
    operations = []
    for operation in contract.operations:
        contents = {_key(p): MediaType(p.node, "application/json", p.schema) for p in operation.parameters}
        body = _json(operation)
        contents |= {"": body} if body else {}
        for name, content in contents.items():
            id = str(len(asked))
            asked[id] = (operation.id, name)
            answer = Response(operation.node, "200", "", (), (replace(content, name="application/json"),))
            operations.append(replace(operation, id=id, responses=(answer,)))
    found: dict[str, dict[str, Any]] = {operation.id: {} for operation in contract.operations}
    for id, made in examples.examples(replace(contract, operations=tuple(operations))).items():
        operation_id, name = asked[id]
        found[operation_id][name] = made["body"] if made else None
    return found


def _flaw(schemas: Schemas, schema: Pointer, value: Any) -> str | None:
    if schemas.at(schema) is None:
        return None
    error = next(schemas.errors(schema, value), None)
    return None if error is None else f"the contract's example does not fit its own schema: {error.message[:200]}"
