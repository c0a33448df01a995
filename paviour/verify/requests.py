"""For each operation of the contract a request that it must accept."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import jsonschema_rs

from paviour.verify.message import Message
from sdkgen import examples, validation
from sdkgen.model import Contract, MediaType, Operation, Parameter, Response


@dataclass(frozen=True, slots=True)
class GoodRequest:
    """What the contract's own examples and schemas make of an operation."""

    operation: Operation
    path: str
    query: tuple[tuple[str, str], ...]
    query_samples: tuple[tuple[str, Any], ...]
    """A value for each query parameter, required or not."""
    fields: tuple[tuple[str, str], ...]
    media_type: str | None
    body: Any
    flaw: str | None
    """Why the contract refuses it after all: no example fits. Then nothing is said of what must be accepted."""

    @property
    def has_object_body(self) -> bool:
        return self.media_type is not None and isinstance(self.body, dict) and self.flaw is None

    def message(self, prefix: str, host: str) -> Message:
        """The request, with an idempotency key of its own where the operation takes one."""
        query = "&".join(f"{quote(name, safe='')}={quote(text, safe='')}" for name, text in self.query)
        fields = [("Host", host), ("Connection", "close"), *self.fields]
        key = self.operation.idempotency_key
        if key is not None:
            fields = [entry for entry in fields if entry[0] != key.name] + [(key.name, str(uuid4()))]
        body = None
        if self.media_type is not None:
            fields.append(("Content-Type", self.media_type))
            body = json.dumps(self.body, ensure_ascii=False).encode()
        target = prefix + self.path + (f"?{query}" if query else "")
        return Message(self.operation.method, target, tuple(fields), body)


def good_requests(contract: Contract) -> dict[str, GoodRequest]:
    """By the operation's id, in the contract's order."""
    samples = _samples(contract)
    schemas = validation.schemas(contract)
    return {operation.id: _request(operation, samples[operation.id], schemas) for operation in contract.operations}


def _request(operation: Operation, sample: dict[str, Any], schemas: dict[str, Any]) -> GoodRequest:
    path, query, fields = operation.path, [], []
    located: dict[str, dict[str, Any]] = {}
    for parameter in _needed(operation):
        value = sample[_key(parameter)]
        text = _text(value)
        name = parameter.name.lower() if parameter.location == "header" else parameter.name
        located.setdefault(parameter.location, {})[name] = value
        match parameter.location:
            case "path":
                path = path.replace("{" + parameter.name + "}", quote(text, safe=""))
            case "query":
                query.append((parameter.name, text))
            case "header":
                fields.append((parameter.name, text))
            case "cookie":
                fields.append(("Cookie", f"{parameter.name}={text}"))
    media = _json(operation)
    flaw = _flaw(schemas, ("operations", operation.id, "parameters"), located) if located else None
    if media is not None:
        flaw = flaw or _flaw(schemas, ("operations", operation.id, "body", media.name), sample[""])
    elif operation.body is not None and operation.body.required:
        flaw = "its body is not JSON"
    media_type = media.name if media else None
    samples = tuple((p.name, sample[_key(p)]) for p in operation.parameters if p.location == "query")
    return GoodRequest(operation, path, tuple(query), samples, tuple(fields), media_type, sample.get(""), flaw)


def _needed(operation: Operation) -> list[Parameter]:
    return [parameter for parameter in operation.parameters if parameter.required]


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


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(_text, value)) if isinstance(value, list) else str(value)


def _flaw(schemas: dict[str, Any], place: tuple[str, ...], value: Any) -> str | None:
    found: Any = schemas
    for name in place:
        found = found.get(name) if isinstance(found, dict) else None
    if found is None:
        return None
    pointer = "/".join(name.replace("~", "~0").replace("/", "~1") for name in place)
    validator = jsonschema_rs.Draft202012Validator({**schemas, "$ref": f"#/{pointer}"})
    error = next(validator.iter_errors(value), None)
    return None if error is None else f"the contract's example does not fit its own schema: {error.message[:200]}"
