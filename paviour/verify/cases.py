"""The requests that a contract's schemas make: each differs from a good one at one place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from paviour.verify.boundaries import Boundary, boundaries
from paviour.verify.message import Message
from paviour.verify.parameters import UNCLEAR, Values, as_read, can_stand
from paviour.verify.places import Place, at, places, replaced, types
from paviour.verify.requests import GoodRequest
from paviour.verify.samples import variants
from paviour.verify.schemas import Path, Pointer, Schemas, blamed
from sdkgen.errors import pointer_text

_HOLE = "\ue000"
_OF_HTTP = ("accept", "authorization", "content-type")
"""Fields that OpenAPI leaves to HTTP (Parameter Object, `name`)."""


@dataclass(frozen=True, slots=True)
class Case:
    """A request, and what the schema says of it."""

    request: GoodRequest
    where: str
    """The part of the request that differs: `body`, or the location of a parameter."""
    parameters: Values | None
    body: bytes | None
    sample: Any
    """What that part was before."""
    is_json: bool
    """Whether it can be read at all (RFC 8259)."""
    is_valid: bool
    blamed: frozenset[str]
    """JSON Pointers into that part, one of which a refusal has to name."""

    def message(self, prefix: str, host: str) -> Message:
        found = self.request.message(prefix, host, self.parameters)
        return found if self.body is None else replace(found, body=self.body)

    def unchanged(self) -> Case:
        """The good request that it was made from."""
        if self.where == "body":
            return replace(self, body=json.dumps(self.sample, ensure_ascii=False).encode())
        return replace(self, parameters=self.sample)


def cases(schemas: Schemas, request: GoodRequest, most: int) -> dict[str, Case]:
    """By the part, the place, the keyword and the side; so many at most, of each keyword about as many."""
    found: dict[str, dict[str, _Change]] = {}
    for change in chain(_of_parameters(schemas, request), _of_body(schemas, request)):
        found.setdefault(change.boundary.keyword, {}).setdefault(change.id, change)
    in_turn = (change for turn in zip_longest(*(of.values() for of in found.values())) for change in turn if change)
    chosen: dict[str, Case] = {}
    sent: set[tuple[str, bytes | None]] = set()
    for change in in_turn:
        case = change.case(schemas)
        same = (json.dumps(case.parameters) if change.where != "body" else "", case.body)
        if same not in sent:
            sent.add(same)
            chosen[change.id] = case
        if len(chosen) == most:
            break
    return chosen


@dataclass(frozen=True, slots=True)
class _Change:
    """A boundary at a place of a part of a request."""

    request: GoodRequest
    root: Pointer
    whole: Any
    place: Place
    boundary: Boundary
    where: str

    @property
    def path(self) -> Path:
        name = self.boundary.name
        return self.place.path if name is None else (*self.place.path, name)

    @property
    def id(self) -> str:
        way = self.path if self.where == "body" else self.path[1:]
        pointer = pointer_text([str(token) for token in way]) if way else ""
        return f"{self.where}{quote(pointer, safe='/~@$')}/{self.boundary.keyword}/{self.boundary.side}"

    def case(self, schemas: Schemas) -> Case:
        boundary = self.boundary
        value = _without(self.whole, self.path) if boundary.is_removed else self._with(boundary.value)
        if boundary.text is not None:
            value = self._with(float(boundary.text))
        errors = list(schemas.errors(self.root, value)) if boundary.text != "1e400" else []
        places = {self.path}.union(*map(blamed, errors))
        depth = 0 if self.where == "body" else 1
        pointers = frozenset(_pointer(place[depth:]) for place in places if len(place) >= depth)
        is_body = self.where == "body"
        return Case(
            request=self.request,
            where=self.where,
            parameters=None if is_body else value,
            body=self._encoded(value) if is_body else None,
            sample=self.whole,
            is_json=boundary.text != "1e400",
            is_valid=not errors,
            blamed=pointers,
        )

    def _with(self, value: Any) -> Any:
        return replaced(self.whole, self.path, value)

    def _encoded(self, value: Any) -> bytes:
        if self.boundary.text is None:
            return json.dumps(value, ensure_ascii=False).encode()
        return json.dumps(self._with(_HOLE), ensure_ascii=False).replace(f'"{_HOLE}"', self.boundary.text).encode()


def _of_body(schemas: Schemas, request: GoodRequest) -> Iterator[_Change]:
    root = request.body_schema
    if request.media_type is None or schemas.at(root) is None:
        return
    for whole in variants(schemas, root, request.body):
        for place in places(schemas, root, whole):
            for boundary in boundaries(place):
                yield _Change(request, root, whole, place, boundary, "body")


def _of_parameters(schemas: Schemas, request: GoodRequest) -> Iterator[_Change]:
    """One parameter at a time, beside those that are required."""
    root = request.parameters_schema
    for where, samples in request.samples.items():
        for name, sample in samples.items():
            if isinstance(sample, dict) or (where == "header" and name in _OF_HTTP):
                continue
            whole = _once({**request.required, where: {**request.required.get(where, {}), name: sample}}, request)
            if not schemas.is_valid(root, whole):
                continue
            for place in places(schemas, root, whole):
                if place.path == (where, name):
                    kinds = types(schemas, (*root, "properties", where, "properties", name))
                    for boundary in boundaries(place):
                        written = _as_written(place, kinds, boundary)
                        if written is not None and can_stand(where, written.value):
                            yield _Change(request, root, whole, place, written, where)
            if name in request.required.get(where, {}) and where != "path" and not _has_a_status(request, where, name):
                absent = Boundary("required", "absent", name=name, is_removed=True)
                yield _Change(request, root, whole, Place((where,), whole[where], (), ()), absent, where)


def _once(values: Values, request: GoodRequest) -> dict[str, Mapping[str, Any]]:
    """With an idempotency key of its own, so that a request is not taken for the one before."""
    fields = {
        name: str(uuid4()) if _is_key(request, "header", name) else value
        for name, value in values.get("header", {}).items()
    }
    return {**values, "header": fields} if fields else dict(values)


def _is_key(request: GoodRequest, where: str, name: str) -> bool:
    key = request.operation.idempotency_key
    return key is not None and where == "header" and name == key.name.lower()


def _has_a_status(request: GoodRequest, where: str, name: str) -> bool:
    """Whether there is a status of its own for a request without it: 400 for the key, 428 for `If-Match`."""
    return _is_key(request, where, name) or (where == "header" and name == "if-match")


def _as_written(place: Place, kinds: set[str], boundary: Boundary) -> Boundary | None:
    """With the value that a reader gets from its text; None where that is not clear."""
    if boundary.text is not None or isinstance(boundary.value, list) is not isinstance(place.value, list):
        return None
    value = as_read(boundary.value, kinds)
    return None if value is UNCLEAR else replace(boundary, value=value)


def _without(value: Any, path: Path) -> Any:
    holder = at(value, path[:-1])
    return replaced(value, path[:-1], {name: member for name, member in holder.items() if name != path[-1]})


def _pointer(path: Path) -> str:
    return "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in path)
