"""Resources that the contract lets a caller create, so that there is something to read, change and guard."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote, urlsplit

from paviour.verify.message import Message
from paviour.verify.registry import Failed, NotApplicable
from paviour.verify.requests import GoodRequest
from paviour.verify.service import Caller, Probe, Service
from paviour.verify.wire import Answer
from sdkgen.model import Operation

_PARAMETER = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Collection:
    """A path that a POST adds to, with what the contract offers there and on what was added."""

    create: GoodRequest
    listing: GoodRequest | None
    reading: GoodRequest
    members: tuple[GoodRequest, ...]
    """All operations on a member, `reading` too."""

    @classmethod
    def of(cls, service: Service) -> Collection:
        """The first that the contract has. Raises NotApplicable."""
        usable = [request for request in service.requests.values() if request.flaw is None]
        for create in usable:
            members = tuple(r for r in usable if _is_below(r.operation, create.operation))
            reading = next((r for r in members if r.operation.method == "GET" and r.operation.path.endswith("}")), None)
            if create.operation.method == "POST" and reading is not None:
                same = (r for r in usable if r.operation.path == create.operation.path and r.operation.method == "GET")
                return cls(create, next(same, None), reading, members)
        raise NotApplicable("the contract has no POST to a path whose members can be read, with examples")

    def changing(self) -> GoodRequest:
        """An operation that changes a member, and takes `If-Match`. Raises NotApplicable."""
        for request in self.members:
            if request.operation.method != "GET" and takes(request.operation, "If-Match"):
                return request
        raise NotApplicable("the contract has no operation that changes something and takes If-Match")

    def count(self, probe: Probe, caller: Caller) -> int:
        """How many members the caller is shown. Raises NotApplicable where the contract has no list of them."""
        if self.listing is None:
            raise NotApplicable("the contract has no list of what is created")
        found = json.loads(probe.accepted(caller.good(self.listing), self.listing).body)
        lists = [found] if isinstance(found, list) else [part for part in found.values() if isinstance(part, list)]
        if len(lists) != 1:
            raise NotApplicable("the list has no one array")
        return len(lists[0])


@dataclass(frozen=True, slots=True)
class Resource:
    """A member that a caller has added."""

    collection: Collection
    caller: Caller
    id: str
    entity_tag: str | None
    shown: Answer
    """How it is read."""

    @classmethod
    def create(cls, probe: Probe, caller: Caller | None = None) -> Resource:
        """Raises NotApplicable where the service does not offer what the contract says, or is not written yet."""
        caller = caller or probe.service.caller()
        collection = Collection.of(probe.service)
        answer = probe.send(caller.good(collection.create))
        if answer.status == 501:
            raise NotApplicable(f"{collection.create.operation.id} is not implemented yet")
        if answer.status not in (200, 201):
            raise Failed(f"{collection.create.operation.id} should have created something, and got {answer.status}")
        id = identity(answer)
        shown = probe.send(caller.good(_at(collection.reading, id)))
        if shown.status != 200:
            raise Failed(f"what was created can't be read: {shown.status}")
        return cls(collection, caller, id, shown.fields.get("etag"), shown)

    def message(self, request: GoodRequest, caller: Caller | None = None, id: str | None = None) -> Message:
        """The good request for this member (or another `id`), with its entity tag where the operation wants one."""
        message = (caller or self.caller).good(_at(request, id or self.id))
        wants = takes(request.operation, "If-Match") and request.operation.method != "GET"
        return message.having(if_match=self.entity_tag) if wants and self.entity_tag else message


def identity(answer: Answer) -> str:
    """The id of what was created, by its `Location` or else its member `id`. Raises NotApplicable."""
    location = answer.fields.get("location")
    if location:
        return unquote(urlsplit(location).path.rpartition("/")[2])
    id = _member(answer.body, "id")
    if not isinstance(id, str | int):
        raise NotApplicable("what was created has neither a Location nor an id")
    return str(id)


def takes(operation: Operation, header: str) -> bool:
    return any(p.location == "header" and p.name.lower() == header.lower() for p in operation.parameters)


def _member(body: bytes, name: str) -> Any:
    try:
        found = json.loads(body)
    except ValueError:
        return None
    return found.get(name) if isinstance(found, dict) else None


def _is_below(operation: Operation, create: Operation) -> bool:
    rest = operation.path.removeprefix(create.path)
    return rest != operation.path and _PARAMETER.match(rest, 1) is not None and operation.path.count("{") == 1


def _at(request: GoodRequest, id: str) -> GoodRequest:
    [name] = _PARAMETER.findall(request.operation.path)
    return replace(request, required={**request.required, "path": {name: id}})
